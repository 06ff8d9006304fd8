/** Everything is packed by Python itself (tests/maps/packed_cases.py), and must come back here. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { PackedLines, PackedShapes } from "./data";
import { at, range } from "./lists";
import { starts, unpack, unpackSigned } from "./packing";
import { boxOf, hasShape, unpackLines, unpackShapes } from "./shapes";
import type { Lines, Shapes } from "./shapes";

type Point = [x: number, y: number];

interface Case<Packed, Plain> {
  packed: Packed;
  plain: Plain;
}

interface Cases {
  numbers: Case<string, number[]>;
  signed: Case<string, number[]>;
  /** Of each feature polygons, rings, points. */
  polygons: Case<PackedShapes, Point[][][][]>;
  /** Of each line parts, points. */
  lines: Case<PackedLines, Point[][][]>;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const printed = execFileSync(`${ROOT}.venv/bin/python`, ["-m", "tests.maps.packed_cases"], {
  cwd: ROOT,
  encoding: "utf-8",
});
const cases = JSON.parse(printed) as Cases;

/** Everything between two places of a list of starts. */
const between = <T>(places: Float64Array, group: number, read: (place: number) => T): T[] =>
  range(at(places, group + 1) - at(places, group)).map((k) => read(at(places, group) + k));

const polygonsOf = (shapes: Shapes, feature: number): Point[][][] =>
  between(shapes.polygon, feature, (p) =>
    between(shapes.ring, p, (r) =>
      between(shapes.point, r, (i): Point => [at(shapes.x, i), at(shapes.y, i)]),
    ),
  );

const partsOf = (lines: Lines, line: number): Point[][] =>
  between(lines.part, line, (p) =>
    between(lines.point, p, (i): Point => [at(lines.x, i), at(lines.y, i)]),
  );

test("whole numbers come back, up to the largest that a browser counts", () => {
  expect([...unpack(cases.numbers.packed)]).toEqual(cases.numbers.plain);
});

test("signs come back", () => {
  expect([...unpackSigned(cases.signed.packed)]).toEqual(cases.signed.plain);
});

test("an empty text holds no number", () => {
  expect(unpack("")).toHaveLength(0);
});

test("sizes become the places where groups begin", () => {
  expect([...starts(Float64Array.of(2, 0, 3))]).toEqual([0, 2, 2, 5]);
});

test("polygons come back with their holes and parts, and without those that have no shape", () => {
  const shapes = unpackShapes(cases.polygons.packed);
  const features = range(shapes.count);
  expect(features.map((f) => polygonsOf(shapes, f))).toEqual(cases.polygons.plain);
  expect(features.filter((f) => !hasShape(shapes, f))).toEqual([1, 3]);
  expect(boxOf(shapes, 2)).toEqual({ west: 20, north: 0, east: 31.5, south: 6.25 });
});

test("lines come back with their parts", () => {
  const lines = unpackLines(cases.lines.packed);
  const all = range(lines.count);
  expect(all.map((line) => partsOf(lines, line))).toEqual(cases.lines.plain);
  expect(all.map((line) => hasShape(lines, line))).toEqual([true, false, true]);
});
