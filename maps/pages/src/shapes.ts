/** Polygons and lines in pixels: the other half of maps/shapes.py and maps/lines.py. */
import type { PackedLines, PackedShapes } from "./data";
import { at } from "./lists";
import { starts, unpack, unpackSigned } from "./packing";

/** Places of all points in pixels at a zoom, x to the east and y to the south. */
interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** What polygons and lines have in common. */
export interface Drawn extends Points {
  readonly count: number;
  readonly zoom: number;
  /** West, north, east, south of each feature in pixels; NaN for a feature without points. */
  readonly box: Float64Array;
}

/**
 * Polygons. Feature f has the polygons from polygon[f] to before polygon[f + 1], these have the rings
 * from ring[p] on, and these the points from point[r] on.
 */
export interface Shapes extends Drawn {
  readonly polygon: Float64Array;
  readonly ring: Float64Array;
  readonly point: Float64Array;
}

/** Lines. Line f has the parts from part[f] to before part[f + 1], these the points from point[p] on. */
export interface Lines extends Drawn {
  readonly part: Float64Array;
  readonly point: Float64Array;
}

export interface PixelPoint {
  readonly x: number;
  readonly y: number;
}

/** Edges of a box in pixels. */
export interface PixelBox {
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
}

function unpackPoints(steps: Float64Array, subpixels: number): Points {
  const x = new Float64Array(steps.length / 2);
  const y = new Float64Array(steps.length / 2);
  let east = 0;
  let south = 0;
  for (let i = 0; i < x.length; i += 1) {
    east += at(steps, 2 * i);
    south += at(steps, 2 * i + 1);
    x[i] = east / subpixels;
    y[i] = south / subpixels;
  }
  return { x, y };
}

/** Boxes of features whose points lie between the places that `firstPoint` tells. */
function boxes(
  count: number,
  { x, y }: Points,
  firstPoint: (feature: number) => number,
): Float64Array {
  const box = new Float64Array(4 * count).fill(NaN);
  for (let feature = 0; feature < count; feature += 1) {
    const first = firstPoint(feature);
    const end = firstPoint(feature + 1);
    if (first === end) continue;
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = first; i < end; i += 1) {
      west = Math.min(west, at(x, i));
      east = Math.max(east, at(x, i));
      north = Math.min(north, at(y, i));
      south = Math.max(south, at(y, i));
    }
    box.set([west, north, east, south], 4 * feature);
  }
  return box;
}

export function unpackShapes(packed: PackedShapes): Shapes {
  const points = unpackPoints(unpackSigned(packed.xy), packed.subpixels);
  const polygon = starts(unpack(packed.polygons));
  const ring = starts(unpack(packed.rings));
  const point = starts(unpack(packed.points));
  const box = boxes(packed.count, points, (f) => at(point, at(ring, at(polygon, f))));
  return { count: packed.count, zoom: packed.zoom, polygon, ring, point, ...points, box };
}

export function unpackLines(packed: PackedLines): Lines {
  const points = unpackPoints(unpackSigned(packed.xy), packed.subpixels);
  const part = starts(unpack(packed.parts));
  const point = starts(unpack(packed.points));
  const box = boxes(packed.count, points, (line) => at(point, at(part, line)));
  return { count: packed.count, zoom: packed.zoom, part, point, ...points, box };
}

export function boxOf(drawn: Drawn, feature: number): PixelBox {
  const { box } = drawn;
  return {
    west: at(box, 4 * feature),
    north: at(box, 4 * feature + 1),
    east: at(box, 4 * feature + 2),
    south: at(box, 4 * feature + 3),
  };
}

export const hasShape = (drawn: Drawn, feature: number): boolean =>
  !Number.isNaN(at(drawn.box, 4 * feature));

/** Whether the box of a feature and another box have a point in common; false without a shape. */
export function meets({ box }: Drawn, feature: number, other: PixelBox): boolean {
  return (
    at(box, 4 * feature) <= other.east &&
    at(box, 4 * feature + 2) >= other.west &&
    at(box, 4 * feature + 1) <= other.south &&
    at(box, 4 * feature + 3) >= other.north
  );
}

/** A square around a point. */
export const around = ({ x, y }: PixelPoint, distance_px: number): PixelBox => ({
  west: x - distance_px,
  north: y - distance_px,
  east: x + distance_px,
  south: y + distance_px,
});

/** The smallest box that holds those of some features; null where none of them has a shape. */
export function boxOfAll(drawn: Drawn, features: readonly number[]): PixelBox | null {
  const there = features.filter((f) => hasShape(drawn, f)).map((f) => boxOf(drawn, f));
  if (there.length === 0) return null;
  return there.reduce((whole, box) => ({
    west: Math.min(whole.west, box.west),
    north: Math.min(whole.north, box.north),
    east: Math.max(whole.east, box.east),
    south: Math.max(whole.south, box.south),
  }));
}

/** Whether a point lies inside a feature. Holes are outside: the rings are counted together. */
export function contains(shapes: Shapes, feature: number, { x, y }: PixelPoint): boolean {
  const lastRing = at(shapes.ring, at(shapes.polygon, feature + 1));
  let inside = false;
  for (let r = at(shapes.ring, at(shapes.polygon, feature)); r < lastRing; r += 1) {
    const first = at(shapes.point, r);
    const end = at(shapes.point, r + 1);
    for (let i = first, j = end - 1; i < end; j = i, i += 1) {
      const yi = at(shapes.y, i);
      const yj = at(shapes.y, j);
      if (yi > y === yj > y) continue;
      const xi = at(shapes.x, i);
      if (x < ((at(shapes.x, j) - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}

/** Whether a line passes within a distance of a point. */
export function passes(
  lines: Lines,
  line: number,
  { x, y }: PixelPoint,
  distance_px: number,
): boolean {
  for (let p = at(lines.part, line); p < at(lines.part, line + 1); p += 1) {
    for (let k = at(lines.point, p) + 1; k < at(lines.point, p + 1); k += 1) {
      const fromX = at(lines.x, k - 1);
      const fromY = at(lines.y, k - 1);
      const dx = at(lines.x, k) - fromX;
      const dy = at(lines.y, k) - fromY;
      const projected = ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy);
      const along = Math.max(0, Math.min(1, projected));
      const awayX = fromX + along * dx - x;
      const awayY = fromY + along * dy - y;
      if (awayX * awayX + awayY * awayY <= distance_px * distance_px) return true;
    }
  }
  return false;
}
