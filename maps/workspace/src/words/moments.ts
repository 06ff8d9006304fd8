/** Moments and days as people name them: Beijing's, whatever the clock of the machine is set to. */
const BEIJING_AHEAD_MS = 8 * 3_600_000; // one civil time (UTC+8) in the whole country, all year

/** `2026-11-22 10:35` in Beijing of an RFC 3339 text; the text itself where it is none. */
export function moment(text: string): string {
  const at = new Date(text).getTime();
  if (Number.isNaN(at)) return text;
  return new Date(at + BEIJING_AHEAD_MS).toISOString().slice(0, 16).replace("T", " ");
}

/** Today in Beijing, `2026-11-22`. */
export function today(): string {
  return moment(new Date().toISOString()).slice(0, 10);
}

/** Yesterday in Beijing. */
export function yesterday(): string {
  return moment(new Date(Date.now() - 86_400_000).toISOString()).slice(0, 10);
}

/** The year that it is in Beijing. */
export function thisYear(): number {
  return Number(today().slice(0, 4));
}
