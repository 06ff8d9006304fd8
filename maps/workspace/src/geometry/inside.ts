import type { MultiPolygon, Part, Position, Ring } from "./shapes";

/** Whether a position lies inside a ring (even-odd; on the edge: either). */
export function inRing([x, y]: Position, ring: Ring): boolean {
  let inside = false;
  for (let n = 0, before = ring.length - 1; n < ring.length; before = n++) {
    const [ax, ay] = ring[n] as Position;
    const [bx, by] = ring[before] as Position;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Whether a position lies in a part, outside its holes. */
export function inPart(position: Position, part: Part): boolean {
  const [shell, ...holes] = part;
  return (
    shell !== undefined && inRing(position, shell) && !holes.some((hole) => inRing(position, hole))
  );
}

/** The shape with a hole, or null where the ring does not lie wholly in one part. */
export function withHole(shape: MultiPolygon, hole: Ring): MultiPolygon | null {
  const place = shape.coordinates.findIndex((part) => hole.every((one) => inPart(one, part)));
  if (place < 0) return null;
  const coordinates = shape.coordinates.map((part, n) => (n === place ? [...part, hole] : part));
  return { type: "MultiPolygon", coordinates };
}

/** The shape without the vertex nearest to a position; null where too little would be left. */
export function withoutVertex(shape: MultiPolygon, [x, y]: Position): MultiPolygon | null {
  let [p, r, v, least] = [-1, -1, -1, Infinity];
  shape.coordinates.forEach((part, i) =>
    part.forEach((ring, j) =>
      ring.slice(0, -1).forEach(([a, b], k) => {
        const far = Math.hypot(a - x, b - y);
        if (far < least) [p, r, v, least] = [i, j, k, far];
      }),
    ),
  );
  const ring = shape.coordinates[p]?.[r];
  if (ring === undefined || ring.length < 5) return null;
  const left = ring.slice(0, -1).filter((_one, k) => k !== v);
  left.push(left[0] as Position);
  const coordinates = shape.coordinates.map((part, i) =>
    i === p ? part.map((one, j) => (j === r ? left : one)) : part,
  );
  return { type: "MultiPolygon", coordinates };
}
