/** Reading lists at places that are there: what Python packed is complete, or the page is broken. */

/** The item at a place; throws where there is none. */
export function item<T>(list: readonly T[], place: number): T {
  const value = list[place];
  if (value === undefined) throw new RangeError(`no item ${place} in a list of ${list.length}`);
  return value;
}

/** The number at a place. Beyond the end it is NaN, which no comparison lets pass. */
export const at = (numbers: Float64Array, place: number): number => numbers[place] ?? NaN;

/** What a user's word leads to; a record that came as JSON also answers to "constructor". */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.prototype.hasOwnProperty.call(record, key) ? record[key] : undefined;
}

/** Whole numbers from 0 up to before `end`. */
export const range = (end: number): number[] => Array.from({ length: end }, (_, place) => place);

/** Places of the items that a condition holds for. */
export function places<T>(list: readonly T[], holds: (value: T) => boolean): number[] {
  const found: number[] = [];
  list.forEach((value, place) => {
    if (holds(value)) found.push(place);
  });
  return found;
}

/** How often each place from 0 to before `end` occurs. */
export function countPlaces(occurring: Float64Array, end: number): number[] {
  const counts = new Float64Array(end);
  for (const place of occurring) counts[place] = at(counts, place) + 1;
  return [...counts];
}
