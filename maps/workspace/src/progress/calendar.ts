/** Days of a month as a sheet of weeks, with what falls due on each. */
import type { components } from "../schema";

export type Entry = components["schemas"]["CalendarEntry"];
export type Day = { day: string; inside: boolean; entries: Entry[] };

const DAY_MS = 86_400_000;
const WEEK = 7;
const written = (moment: number): string => new Date(moment).toISOString().slice(0, 10);

/** The month so many after another, `2026-04`. */
export function monthAfter(month: string, months: number): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return written(Date.UTC(year, number - 1 + months, 1)).slice(0, 7);
}

/** The first and the last day of a month. */
export const monthDays = (month: string): [string, string] => [
  `${month}-01`,
  written(Date.parse(`${monthAfter(month, 1)}-01`) - DAY_MS),
];

/** The weeks that a month touches, from Monday to Sunday. */
export function weeksOf(month: string, entries: readonly Entry[]): Day[][] {
  const [first, last] = monthDays(month).map((day) => Date.parse(day)) as [number, number];
  const before = (new Date(first).getUTCDay() + WEEK - 1) % WEEK;
  const weeks: Day[][] = [];
  for (let monday = first - before * DAY_MS; monday <= last; monday += WEEK * DAY_MS) {
    weeks.push(
      Array.from({ length: WEEK }, (_, n) => {
        const day = written(monday + n * DAY_MS);
        const inside = day.startsWith(month);
        return { day, inside, entries: entries.filter((entry) => entry.day === day) };
      }),
    );
  }
  return weeks;
}

/** Whether something was due before a day and is not done. */
export const isLate = ({ day, open }: Entry, today: string): boolean => open > 0 && day < today;
