import { expect, test } from "vitest";
import { SquareCounter } from "./squares";
import { bubbleStyle, bubbleWidth, stepAside } from "./bubbles";

const row = { x: 0, y: 0, plots: 1, area_m2: 100, stage: 1, part: 1 };

test("plots of one square are counted together, their middle weighted by how many they are", () => {
  const counter = new SquareCounter();
  counter.add({ ...row, x: 10, y: 10, plots: 3, area_m2: 300, part: 1 });
  counter.add({ ...row, x: 30, y: 50, plots: 1, area_m2: 50, part: 2 });
  const [square, ...others] = counter.merged();
  expect(others).toEqual([]);
  expect([square?.x, square?.y]).toEqual([15, 20]);
  expect([square?.plots, square?.area_m2]).toEqual([4, 350]);
  expect([...(square?.parts ?? [])]).toEqual([
    [1, 3],
    [2, 1],
  ]);
});

test("the stages of a square stand apart, also after it took in another", () => {
  const counter = new SquareCounter();
  counter.add({ ...row, x: 70, plots: 2, area_m2: 200, stage: 2 });
  counter.add({ ...row, x: 74, plots: 1, area_m2: 100, stage: 1 });
  const [square, ...others] = counter.merged();
  expect(others).toEqual([]);
  expect(square?.sums.stages).toEqual([
    [1, { plots: 1, area_m2: 100 }],
    [2, { plots: 2, area_m2: 200 }],
  ]);
  expect(square?.sums.total).toEqual({ plots: 3, area_m2: 300 });
});

test("squares far enough from each other stay two, the one with most plots first", () => {
  const counter = new SquareCounter();
  counter.add({ ...row, x: 10, plots: 1 });
  counter.add({ ...row, x: 200, plots: 5 });
  expect(counter.merged().map(({ plots }) => plots)).toEqual([5, 1]);
});

test("a bubble grows with its area and always holds its text", () => {
  expect([0, 0.25, 1].map((share) => bubbleWidth("7", share))).toEqual([22, 29, 36]);
  expect(bubbleWidth("123456", 0)).toBe(62);
});

test("a bubble steps aside for a name, to the nearer side, and stays where there is none", () => {
  const names = [{ west: 0, north: 40, east: 100, south: 60 }];
  expect(stepAside({ x: 50, y: 45 }, 10, names)).toEqual({ x: 50, y: 30 });
  expect(stepAside({ x: 50, y: 55 }, 10, names)).toEqual({ x: 50, y: 70 });
  expect(stepAside({ x: 200, y: 45 }, 10, names)).toEqual({ x: 200, y: 45 });
});

test("the ring around a bubble shows the values in the order of the legend", () => {
  const counter = new SquareCounter();
  counter.add({ ...row, plots: 3, part: 2 });
  counter.add({ ...row, plots: 1, part: 0 });
  const [square] = counter.merged();
  const style = square === undefined ? "" : bubbleStyle(square, (part) => `colour${part}`);
  expect(style).toContain("conic-gradient(colour0 0deg 90deg, colour2 90deg 360deg)");
});
