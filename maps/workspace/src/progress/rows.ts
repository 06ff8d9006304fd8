/** The rows of the progress page: asked for, and what is shown of each. */
import type { components } from "../schema";

export type ProgressRow = components["schemas"]["ProgressOut"];
export type Level = "targets" | "province" | "city" | "county";

const BELOW: Partial<Record<string, Level>> = { province: "city", city: "county" };

/** The level below that of a row; null at the lowest. */
export const levelBelow = (level: string): Level | null => BELOW[level] ?? null;

export const keyOf = (row: ProgressRow): string =>
  [row.plan, row.indicator, row.level, row.code, row.target_id].join(" ");

/** An amount with its unit; a dash for none. */
export function amount(value: number | null, row: ProgressRow, english: boolean): string {
  if (value === null) return "—";
  const text = value.toLocaleString("en-US", { maximumFractionDigits: row.digits });
  return `${text} ${english ? row.measured_in_en : row.measured_in}`;
}

/** The target as papers write it: 2–3 条. */
export function target(row: ProgressRow, english: boolean): string {
  if (row.target_upper === null) return amount(row.target, row, english);
  return `${String(row.target ?? "")}–${amount(row.target_upper, row, english)}`;
}

/** A rate as a percentage, never clamped; a dash for none. */
export const percent = (rate: number | null): string =>
  rate === null ? "—" : `${(rate * 100).toLocaleString("en-US", { maximumFractionDigits: 1 })} %`;

export type Bar = { name: "reported" | "mapped" | "verified"; rate: number; width: number };

/** Bars of the three figures beside the target: the longest rate above the whole fills the width. */
export function bars(row: ProgressRow): Bar[] {
  const { target: whole } = row;
  if (!whole) return [];
  const names = ["reported", "mapped", "verified"] as const;
  const rates = names.flatMap((name) => {
    const value = row[name];
    return value === null ? [] : [{ name, rate: value / whole }];
  });
  const longest = Math.max(1, ...rates.map(({ rate }) => rate));
  return rates.map(({ name, rate }) => ({ name, rate, width: (100 * rate) / longest }));
}

/** How many rows stand in each state. */
export function tally(rows: readonly ProgressRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of rows) if (state) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

const DAY_MS = 86_400_000;

/** Days of a plan up to today: the first, and how many. */
export function daysOf(
  first: string,
  after: string,
  today: string,
): { first: string; days: number } {
  const end = Math.min(Date.parse(after) - DAY_MS, Date.parse(today));
  return { first, days: Math.max(0, Math.round((end - Date.parse(first)) / DAY_MS)) };
}

/** A day so many days after another, `2026-04-01`. */
export const dayAfter = (first: string, days: number): string =>
  new Date(Date.parse(first) + days * DAY_MS).toISOString().slice(0, 10);

const LATE: readonly string[] = ["behind", "overdue"];
const rateOf = (row: ProgressRow): number | null => row.reported_rate ?? row.mapped_rate;

/** What is behind or overdue, the longest overdue first, then the furthest from its target. */
export const urgent = (rows: readonly ProgressRow[]): ProgressRow[] =>
  rows
    .filter(({ state }) => state !== null && LATE.includes(state))
    .sort((a, b) => b.days_overdue - a.days_overdue || (rateOf(a) ?? 0) - (rateOf(b) ?? 0));

const AT_AN_END = 3;
export type Ends = { indicator: string; best: ProgressRow[]; worst: ProgressRow[] };

/** Of each indicator with ranked rows the first and the last three; nobody stands at both ends. */
export function ends(rows: readonly ProgressRow[]): Ends[] {
  const groups = new Map<string, ProgressRow[]>();
  for (const row of rows)
    if (row.rank !== null) groups.set(row.indicator, [...(groups.get(row.indicator) ?? []), row]);
  return [...groups].map(([indicator, group]) => {
    const order = group.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
    const last = Math.max(AT_AN_END, order.length - AT_AN_END);
    return { indicator, best: order.slice(0, AT_AN_END), worst: order.slice(last) };
  });
}
