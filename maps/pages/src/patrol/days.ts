/** The days that a map of patrols runs over; they are numbered from the first, which is 0. */
import type { DaysData } from "../data";
import { spoken } from "../language";
import { range } from "../lists";

export const STEPS = ["all", "month", "week", "day"] as const;
export type Step = (typeof STEPS)[number];

/** First and last day, both included. */
export type Span = readonly [from: number, to: number];

const MONDAY = 1;
const DAY_MS = 86_400_000;
const WEEKDAYS = {
  zh: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
  en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
} as const;

export class Days {
  readonly count: number;
  private readonly first_ms: number;

  constructor(data: DaysData) {
    this.count = data.count;
    // Days are counted in UTC, where none is an hour shorter.
    this.first_ms = Date.parse(`${data.first}T00:00:00Z`);
  }

  /** A day as ISO 8601. */
  iso(day: number): string {
    return this.date(day).toISOString().slice(0, 10);
  }

  /** A day with its weekday. */
  text(day: number): string {
    const weekday = WEEKDAYS[spoken()][this.date(day).getUTCDay()] ?? "";
    return spoken() === "zh" ? `${this.iso(day)}（${weekday}）` : `${this.iso(day)} (${weekday})`;
  }

  spanText([from, to]: Span): string {
    if (from === to) return this.text(from);
    return this.iso(from) + (spoken() === "zh" ? " 至 " : " to ") + this.iso(to);
  }

  get whole(): Span {
    return [0, this.count - 1];
  }

  /** The days cut into steps; weeks begin on Mondays, and the ends may be shorter than a step. */
  spans(step: Step): Span[] {
    if (step === "all") return [this.whole];
    const begins = range(this.count).filter((day) => day === 0 || this.begins(step, day));
    return begins.map((day, place) => [day, (begins[place + 1] ?? this.count) - 1]);
  }

  private begins(step: Step, day: number): boolean {
    if (step === "day") return true;
    const date = this.date(day);
    return step === "week" ? date.getUTCDay() === MONDAY : date.getUTCDate() === 1;
  }

  private date(day: number): Date {
    return new Date(this.first_ms + day * DAY_MS);
  }
}
