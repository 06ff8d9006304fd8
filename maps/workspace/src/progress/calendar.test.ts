import { describe, expect, it } from "vitest";
import { type Entry, isLate, monthAfter, monthDays, weeksOf } from "./calendar";

const entry = (day: string, open: number): Entry => ({
  day,
  what: "report",
  code: "APRIL",
  label_zh: "报告",
  label_en: "report",
  due: 2,
  open,
  subjects: [],
  recipient: null,
  source: "",
});

describe("the sheet of a month", () => {
  it("begins on the Monday before the first day and ends on the Sunday after the last", () => {
    const weeks = weeksOf("2026-05", [entry("2026-05-20", 1)]);
    expect(weeks.map((week) => week[0]?.day)).toEqual([
      "2026-04-27",
      "2026-05-04",
      "2026-05-11",
      "2026-05-18",
      "2026-05-25",
    ]);
    expect(weeks[0]?.map(({ inside }) => inside)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(
      weeks
        .flat()
        .filter(({ entries }) => entries.length)
        .map(({ day }) => day),
    ).toEqual(["2026-05-20"]);
  });

  it.each([
    ["2026-12", 1, "2027-01"],
    ["2026-01", -1, "2025-12"],
  ])("of %s has %i months later %s", (month, months, later) => {
    expect(monthAfter(month, months)).toBe(later);
  });

  it("knows leap days", () => {
    expect(monthDays("2028-02")).toEqual(["2028-02-01", "2028-02-29"]);
  });

  it("says late only of what is open and over", () => {
    expect(isLate(entry("2026-05-20", 1), "2026-05-21")).toBe(true);
    expect(isLate(entry("2026-05-20", 0), "2026-05-21")).toBe(false);
    expect(isLate(entry("2026-05-20", 1), "2026-05-20")).toBe(false);
  });
});
