/** What the service said against a field: verdicts while drawing, and why saving was refused. */
import { checkedOf } from "../draw/checking";
import { Refusal } from "../api/problem";
import { savingOf } from "../edits/edits";
import { selected } from "../state/selection";

/** Verdicts that are about an attribute rather than about the shape. */
const ABOUT: Record<string, string> = {
  declared_area_off: "declared_m2",
  planted_in_future: "planted_on",
};

export const fieldOf = (code: string): string | null => ABOUT[code] ?? null;

/** Sentences about one field of the plot that is looked at. */
export function errorsOf(field: string): string[] {
  const found: string[] = [];
  for (const one of checkedOf(selected.value)?.problems ?? [])
    if (fieldOf(one.code) === field) found.push(one.message);
  const { state, error } = (selected.value === null ? undefined : savingOf(selected.value)) ?? {};
  if (error instanceof Refusal && state !== "stale")
    for (const one of error.errors) {
      const at = one.field ?? "";
      if (at === `properties.${field}` || at.startsWith(`properties.${field}.`))
        found.push(one.message ?? error.message);
    }
  return [...new Set(found)];
}
