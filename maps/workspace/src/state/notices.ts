/** What the page has to say in passing: errors, and that something was done. */
import { reactive } from "vue";
import { Away, Refusal } from "../api/problem";
import { t } from "../words";

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

/** What went wrong, in words that say what to do. */
export function inWords(error: unknown): string {
  // What the service says of acknowledging is meant for programs; a person has read the warnings.
  if (error instanceof Refusal && error.code === "warnings") return t("shell.not_confirmed");
  if (error instanceof Refusal) return error.message;
  if (error instanceof Away) return error.said ?? t("shell.away");
  return t("shell.unexpected", { what: error instanceof Error ? error.message : String(error) });
}

/** Show what went wrong; a request that was given up says nothing. */
export function tellError(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  tell(inWords(error), "bad");
}
