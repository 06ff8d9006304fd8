/** Sizes on the CGCS2000 ellipsoid, edges being geodesics: the figures that the service gives. */
import { Geodesic, PolygonArea } from "geographiclib-geodesic";
import type { MultiPolygon, Part, Ring } from "./shapes";

const SEMI_MAJOR_M = 6_378_137;
const INVERSE_FLATTENING = 298.257222101;
const ELLIPSOID = new Geodesic.Geodesic(SEMI_MAJOR_M, 1 / INVERSE_FLATTENING);

/** 15 mu are a hectare, exactly. */
export const M2_PER_MU = 2000 / 3;
export const M2_PER_HA = 10_000;

export type Size = { area_m2: number; perimeter_m: number };

/** Inside of a ring, whichever way it runs; the last position may repeat the first. */
function ringSize(ring: Ring): Size {
  const way = new PolygonArea.PolygonArea(ELLIPSOID, false);
  for (const [lon, lat] of ring) way.AddPoint(lat, lon);
  const { area, perimeter } = way.Compute(false, true);
  return { area_m2: Math.abs(area ?? 0), perimeter_m: perimeter };
}

function partSize(part: Part): Size {
  const [shell, ...holes] = part.map(ringSize);
  if (shell === undefined) return { area_m2: 0, perimeter_m: 0 };
  return holes.reduce(
    (sum, hole) => ({
      area_m2: sum.area_m2 - hole.area_m2,
      perimeter_m: sum.perimeter_m + hole.perimeter_m,
    }),
    shell,
  );
}

/** Area, holes left out (m²), and the length of all outlines (m). */
export function sizeOf(shape: MultiPolygon): Size {
  return shape.coordinates.map(partSize).reduce(
    (sum, part) => ({
      area_m2: sum.area_m2 + part.area_m2,
      perimeter_m: sum.perimeter_m + part.perimeter_m,
    }),
    { area_m2: 0, perimeter_m: 0 },
  );
}

/** Length of a line along geodesics, metres. */
export function lengthOf(line: Ring): number {
  const way = new PolygonArea.PolygonArea(ELLIPSOID, true);
  for (const [lon, lat] of line) way.AddPoint(lat, lon);
  return way.Compute(false, true).perimeter;
}
