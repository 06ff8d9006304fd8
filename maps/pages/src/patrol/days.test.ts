import { expect, test } from "vitest";
import { speak } from "../language";
import { Days } from "./days";

/** The third quarter of 2026 begins on a Wednesday. */
const quarter = new Days({ first: "2026-07-01", count: 92 });

test("the whole period is one step", () => {
  expect(quarter.spans("all")).toEqual([[0, 91]]);
});

test("months begin on the first day", () => {
  const months = quarter.spans("month").map((span) => quarter.spanText(span));
  speak("zh");
  expect(quarter.spans("month")).toEqual([
    [0, 30],
    [31, 61],
    [62, 91],
  ]);
  expect(months).toHaveLength(3);
});

test("weeks begin on Mondays; the first and the last are shorter", () => {
  const weeks = quarter.spans("week");
  expect(weeks[0]).toEqual([0, 4]);
  expect(weeks[1]).toEqual([5, 11]);
  expect(weeks[weeks.length - 1]).toEqual([89, 91]);
});

test("steps follow each other without a gap and end with the period", () => {
  for (const step of ["month", "week", "day"] as const) {
    const spans = quarter.spans(step);
    expect(spans.slice(1).map(([from]) => from)).toEqual(
      spans.slice(0, -1).map(([, to]) => to + 1),
    );
    expect(spans[spans.length - 1]?.[1]).toBe(91);
  }
});

test("a day is told with its weekday, a step with both its ends", () => {
  speak("zh");
  expect(quarter.spanText([0, 0])).toBe("2026-07-01（周三）");
  expect(quarter.spanText([5, 11])).toBe("2026-07-06 至 2026-07-12");
  speak("en");
  expect(quarter.spanText([0, 0])).toBe("2026-07-01 (Wed)");
  expect(quarter.spanText([5, 11])).toBe("2026-07-06 to 2026-07-12");
});

test("a leap day and the end of a year are counted", () => {
  const days = new Days({ first: "2027-12-31", count: 62 });
  expect([1, 60, 61].map((day) => days.iso(day))).toEqual([
    "2028-01-01",
    "2028-02-29",
    "2028-03-01",
  ]);
});
