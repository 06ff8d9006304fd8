import type { MultiPolygon } from "./shapes";

/** West, south, east, north of a shape, degrees. */
export function boundsOf(shape: MultiPolygon): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const part of shape.coordinates)
    for (const [lon, lat] of part[0] ?? []) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  return box;
}
