/** What the page has to say in passing: errors, and that something was done. */
import { reactive } from "vue";
import { Away, type ProblemSpot, Refusal } from "../api/problem";
import { i18n, t } from "../words";

export type Tone = "good" | "bad" | "plain";
export type Notice = { id: number; tone: Tone; text: string };

export const notices = reactive<Notice[]>([]);
const STAYS_MS = { good: 4_000, plain: 6_000, bad: 15_000 };
let last = 0;

/** Show a sentence for a while; one that stands there already stays longer, and not twice. */
export function tell(text: string, tone: Tone = "plain"): void {
  const before = notices.find((notice) => notice.text === text && notice.tone === tone);
  if (before) dismiss(before.id);
  const id = ++last;
  notices.push({ id, tone, text });
  if (notices.length > 4) notices.shift();
  setTimeout(() => dismiss(id), STAYS_MS[tone]);
}

export function dismiss(id: number): void {
  const place = notices.findIndex((one) => one.id === id);
  if (place >= 0) notices.splice(place, 1);
}

/** What a field of a request is called; null for one that the pages have no word for. */
function nameOf(field: string): string | null {
  const parts = field.split(".").filter((part) => !/^\d+$/.test(part));
  const name = parts.at(-1) ?? "";
  const key = [`parts.field_names.${name}`, `field.${name}`].find((one) => i18n.global.te(one));
  return key ? t(key) : null;
}

/** Fields that are written as they may not be, each by its name: the whole sentence is meant for programs. */
function ofFields(refusal: Refusal): string | null {
  if (refusal.code !== "invalid_request" || refusal.errors.length === 0) return null;
  return refusal.errors.map(ofField).join("\n");
}

function ofField({ field, message }: ProblemSpot): string {
  const name = nameOf(field ?? "") ?? field ?? "";
  return t("parts.field_wrong", { field: name, what: message ?? "" });
}

/** What went wrong, in words that say what to do. */
export function inWords(error: unknown): string {
  // What the service says of acknowledging is meant for programs; a person has read the warnings.
  if (error instanceof Refusal && error.code === "warnings") return t("shell.not_confirmed");
  if (error instanceof Refusal) return ofFields(error) ?? error.message;
  if (error instanceof Away) return error.said ?? t("shell.away");
  return t("shell.unexpected", { what: error instanceof Error ? error.message : String(error) });
}

/** Show what went wrong; a request that was given up says nothing. */
export function tellError(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  tell(inWords(error), "bad");
}
