import { afterEach, describe, expect, it } from "vitest";
import type { Ring } from "../geometry/shapes";
import { createI18n } from "vue-i18n";
import { clearMeasured, figureOf, keepMeasured, measured } from "./measured";
import { draw } from "./words";

const square: Ring = [
  [125, 43],
  [125.001, 43],
  [125.001, 43.001],
  [125, 43.001],
  [125, 43],
];

const i18n = createI18n({
  legacy: false,
  locale: "zh",
  messages: {
    zh: { draw: { mu: draw.mu[0], ha: draw.ha[0], no_area: draw.no_area[0] } },
  },
});
const say = (key: string, values: Record<string, unknown> = {}) => i18n.global.t(key, values);

describe("what was measured", () => {
  afterEach(clearMeasured);

  it("stays until it is cleared", () => {
    keepMeasured({ kind: "area", positions: square });
    keepMeasured({ kind: "length", positions: square.slice(0, 2) });
    expect(measured.map((one) => one.kind)).toEqual(["area", "length"]);
    clearMeasured();
    expect(measured).toEqual([]);
  });

  it("says a length in metres, an area in both units, and none of outlines that cross", () => {
    expect(figureOf({ kind: "length", positions: square.slice(0, 2) }, say)).toBe("81.5 m");
    expect(figureOf({ kind: "area", positions: square }, say)).toBe("13.59 亩\n0.9059 公顷");
    const [a, b, c, d] = square;
    const bow = [a, c, b, d, a] as Ring;
    expect(figureOf({ kind: "area", positions: bow }, say)).toBe("边界自相交，量不出面积");
  });
});
