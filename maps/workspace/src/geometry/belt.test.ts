import { describe, expect, it } from "vitest";
import { beltOf } from "./belt";
import { crossesItself } from "./crossing";
import { lengthOf, sizeOf } from "./measure";
import type { Ring } from "./shapes";

describe("a belt along a line", () => {
  it("is as wide as asked for: its area is length times width", () => {
    const line: Ring = [
      [125.05, 43.05],
      [125.06, 43.055],
    ];
    const belt = beltOf(line, 20);
    expect(belt && sizeOf(belt).area_m2 / (20 * lengthOf(line))).toBeCloseTo(1, 4);
  });

  it("goes round bends without a crossing and keeps its width", () => {
    const line: Ring = [
      [125.05, 43.05],
      [125.053, 43.05],
      [125.053, 43.053],
      [125.056, 43.054],
    ];
    const belt = beltOf(line, 30);
    expect(belt && crossesItself(belt)).toBe(false);
    expect(belt && sizeOf(belt).area_m2 / (30 * lengthOf(line))).toBeCloseTo(1, 2);
  });

  it("is none of a point or without a width", () => {
    expect(beltOf([[125, 43]], 20)).toBeNull();
    expect(
      beltOf(
        [
          [125, 43],
          [125, 43],
        ],
        20,
      ),
    ).toBeNull();
    expect(
      beltOf(
        [
          [125, 43],
          [125.1, 43],
        ],
        0,
      ),
    ).toBeNull();
  });

  it("cuts the mitre of a line that turns back", () => {
    const line: Ring = [
      [125.05, 43.05],
      [125.06, 43.05],
      [125.05, 43.0501],
    ];
    const belt = beltOf(line, 20);
    const east = Math.max(...(belt?.coordinates[0]?.[0] ?? []).map(([lon]) => lon));
    expect(east).toBeLessThan(125.0605);
  });
});
