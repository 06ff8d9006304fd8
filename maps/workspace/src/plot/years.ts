/** The years that a plot may have, as `data/years.py` and the database have them. */
export const FIRST_YEAR = 1949;
export const LAST_YEAR = 2100;

/** The year that a text names; null when it is none of the range. */
export function yearOf(text: string): number | null {
  const year = /^\d{4}$/.test(text) ? Number(text) : NaN;
  return year >= FIRST_YEAR && year <= LAST_YEAR ? year : null;
}
