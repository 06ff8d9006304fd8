/** Moments as people read them, in the time of their own clock. */
const two = (n: number): string => String(n).padStart(2, "0");

/** `2026-11-22 10:35` of an RFC 3339 text; the text itself where it is none. */
export function moment(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Today, `2026-11-22`. */
export function today(): string {
  return moment(new Date().toISOString()).slice(0, 10);
}
