import { expect, test } from "vitest";
import { around, boxOfAll, contains, meets, passes } from "./shapes";
import type { Lines, Shapes } from "./shapes";

/** A square of 10 pixels with a hole of 2, and a feature without a shape. */
const square: Shapes = {
  count: 2,
  zoom: 10,
  polygon: Float64Array.of(0, 1, 1),
  ring: Float64Array.of(0, 2),
  point: Float64Array.of(0, 4, 8),
  x: Float64Array.of(0, 10, 10, 0, 4, 6, 6, 4),
  y: Float64Array.of(0, 0, 10, 10, 4, 4, 6, 6),
  box: Float64Array.of(0, 0, 10, 10, NaN, NaN, NaN, NaN),
};

/** One line of two parts: to the east, and far below to the south. */
const line: Lines = {
  count: 1,
  zoom: 10,
  part: Float64Array.of(0, 2),
  point: Float64Array.of(0, 2, 4),
  x: Float64Array.of(0, 10, 50, 50),
  y: Float64Array.of(0, 0, 50, 60),
  box: Float64Array.of(0, 0, 50, 60),
};

test("a point in the ground is inside; in the hole or beside it is not", () => {
  expect(contains(square, 0, { x: 2, y: 2 })).toBe(true);
  expect(contains(square, 0, { x: 5, y: 5 })).toBe(false);
  expect(contains(square, 0, { x: 11, y: 5 })).toBe(false);
});

test("a line passes near a point beside it, not beyond its end, nor between its parts", () => {
  expect(passes(line, 0, { x: 5, y: 2 }, 3)).toBe(true);
  expect(passes(line, 0, { x: 5, y: 4 }, 3)).toBe(false);
  expect(passes(line, 0, { x: 14, y: 0 }, 3)).toBe(false);
  expect(passes(line, 0, { x: 30, y: 25 }, 3)).toBe(false);
});

test("boxes meet where they touch; what has no shape meets nothing", () => {
  expect(meets(square, 0, around({ x: 13, y: 5 }, 3))).toBe(true);
  expect(meets(square, 0, around({ x: 14, y: 5 }, 3))).toBe(false);
  expect(meets(square, 1, around({ x: 5, y: 5 }, 1000))).toBe(false);
});

test("features without a shape do not widen a box, and alone have none", () => {
  expect(boxOfAll(square, [0, 1])).toEqual({ west: 0, north: 0, east: 10, south: 10 });
  expect(boxOfAll(square, [1])).toBeNull();
});
