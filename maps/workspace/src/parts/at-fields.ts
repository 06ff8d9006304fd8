/** What a refusal says of the fields of a form, told at each of them. */
import type { ProblemSpot } from "../api/problem";

/** The control or group that stands for a field of the body: `name`, or `data-field` of what is no control itself. */
const fieldIn = (form: HTMLElement, field: string): HTMLElement | null =>
  form.querySelector(`[name="${CSS.escape(field)}"], [data-field="${CSS.escape(field)}"]`);

/** What shows the sentence below a field: its label, or the group itself. */
const holderOf = (field: HTMLElement): HTMLElement => field.closest<HTMLElement>("label") ?? field;

/** What the form calls a field, without the star of what is needed. */
function nameOf(holder: HTMLElement): string {
  const words = [...holder.childNodes].find((one) => (one.textContent ?? "").trim() !== "");
  const said = (words?.textContent ?? "").replace(/[*\s]+$/, "").trim();
  return said || (holder.getAttribute("aria-label") ?? "");
}

/** What was told at the fields of a form, by their names, and what it has no field for. */
export interface Marked {
  named: Array<{ field: string; what: string }>;
  left: string[];
}

/** Forget what was told of the fields. */
export function unmarkFields(form: HTMLElement): void {
  for (const one of form.querySelectorAll<HTMLElement>("[data-fault]")) delete one.dataset["fault"];
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
}

/**
 * Tell each fault at its field, and lead to the first of them.
 * A member within a field (`rule.tolerance_m2`, `species.0`) belongs to it.
 */
export function markFields(form: HTMLElement, spots: readonly ProblemSpot[]): Marked {
  unmarkFields(form);
  const named: Marked["named"] = [];
  const left: string[] = [];
  let first: HTMLElement | null = null;
  for (const { field, message } of spots) {
    const words = message ?? "";
    if (words === "") continue;
    const found =
      fieldIn(form, field ?? "") ?? fieldIn(form, (field ?? "").split(".")[0] as string);
    if (found === null) {
      left.push(words);
      continue;
    }
    const holder = holderOf(found);
    named.push({ field: nameOf(holder), what: words });
    const before = holder.dataset["fault"];
    holder.dataset["fault"] = before === undefined ? words : `${before}\n${words}`;
    const control = found.matches("input, select, textarea")
      ? found
      : found.querySelector<HTMLElement>("input, select, textarea");
    control?.setAttribute("aria-invalid", "true");
    first ??= control;
  }
  first?.focus();
  return { named, left };
}
