import { describe, expect, it } from "vitest";
import {
  amount,
  bars,
  dayAfter,
  daysOf,
  levelBelow,
  percent,
  type ProgressRow,
  target,
} from "./rows";

const row = (given: Partial<ProgressRow>): ProgressRow =>
  ({
    target: 50,
    target_upper: null,
    reported: null,
    mapped: null,
    verified: null,
    measured_in: "万亩",
    measured_in_en: "10,000 mu",
    digits: 1,
    ...given,
  }) as ProgressRow;

describe("a row of progress", () => {
  it("shows rates above the whole as they are", () => {
    expect(percent(1.026)).toBe("102.6 %");
    expect(percent(3.7411)).toBe("374.1 %");
    expect(percent(null)).toBe("—");
  });

  it("writes amounts with their unit, and a range as papers do", () => {
    expect(amount(51.3, row({}), false)).toBe("51.3 万亩");
    expect(target(row({ target: 2, target_upper: 3, measured_in: "条" }), false)).toBe("2–3 条");
  });

  it("draws the longest bar over the whole width, and none without a target", () => {
    const drawn = bars(row({ reported: 100, mapped: 25 }));
    expect(drawn.map(({ name, width }) => [name, width])).toEqual([
      ["reported", 100],
      ["mapped", 25],
    ]);
    expect(bars(row({ target: 0, reported: 1 }))).toEqual([]);
    expect(bars(row({ mapped: 25 }))[0]?.width).toBe(50);
  });

  it("leads from a province to its cities and counties", () => {
    expect([levelBelow("province"), levelBelow("city"), levelBelow("county")]).toEqual([
      "city",
      "county",
      null,
    ]);
  });
});

describe("the slider", () => {
  it("runs over the days of the plan up to today", () => {
    expect(daysOf("2026-01-01", "2027-01-01", "2026-01-31").days).toBe(30);
    expect(daysOf("2023-01-01", "2024-01-01", "2026-01-31").days).toBe(364);
    expect(dayAfter("2026-01-01", 31)).toBe("2026-02-01");
  });
});
