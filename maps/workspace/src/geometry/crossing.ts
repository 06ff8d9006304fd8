import type { MultiPolygon, Position } from "./shapes";

/** More edges than these are left to the service to look at. */
const EDGES_AT_MOST = 800;

type Edge = [Position, Position];

/** Which side of a line a position lies on. */
const side = ([a, b]: Edge, [x, y]: Position): number =>
  Math.sign((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]));

/** Whether two edges run through each other; touching is not crossing. */
const cross = (one: Edge, other: Edge): boolean =>
  side(one, other[0]) * side(one, other[1]) < 0 && side(other, one[0]) * side(other, one[1]) < 0;

/**
 * Whether outlines of a shape run through each other. What they enclose is then no figure: the
 * halves of a bow tie cancel. Of very long outlines: no.
 */
export function crossesItself(shape: MultiPolygon): boolean {
  const edges = shape.coordinates.flatMap((part) =>
    part.flatMap((ring) => ring.slice(1).map((to, n): Edge => [ring[n] as Position, to])),
  );
  if (edges.length > EDGES_AT_MOST) return false;
  return edges.some((one, n) => edges.slice(n + 1).some((other) => cross(one, other)));
}
