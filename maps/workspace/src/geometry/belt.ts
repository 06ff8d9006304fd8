/** A belt along a line: forest belts beside roads, rivers and dikes. */
import type { MultiPolygon, Position, Ring } from "./shapes";
import { onGrid } from "./shapes";
import { cleaned } from "./edges";

const SEMI_MAJOR_M = 6_378_137;
const ECCENTRICITY_2 = 0.0066943800229;
/** A mitre is no longer than so many half widths: sharper bends are cut off. */
const MITRE_MOST = 3;

/** Metres that a degree of longitude and one of latitude are at a latitude, on the ellipsoid. */
function degreeMetres(lat: number): [east: number, north: number] {
  const phi = (lat * Math.PI) / 180;
  const w = Math.sqrt(1 - ECCENTRICITY_2 * Math.sin(phi) ** 2);
  const across = SEMI_MAJOR_M / w;
  const along = (SEMI_MAJOR_M * (1 - ECCENTRICITY_2)) / w ** 3;
  return [(across * Math.cos(phi) * Math.PI) / 180, (along * Math.PI) / 180];
}

/** Unit vector to the left of an edge, in metres. */
function leftOf(a: Position, b: Position): [number, number] {
  const [east, north] = degreeMetres((a[1] + b[1]) / 2);
  const [x, y] = [(b[0] - a[0]) * east, (b[1] - a[1]) * north];
  const length = Math.hypot(x, y);
  return [-y / length, x / length];
}

/**
 * The ground within half a width of a line, with flat ends and mitred bends; null for a line of no length.
 *
 * Where a line turns back upon itself the outline crosses: the check says so and mends it.
 */
export function beltOf(line: readonly Position[], width_m: number): MultiPolygon | null {
  const points = line.filter((one, n) => {
    const before = line[n - 1];
    return before === undefined || one[0] !== before[0] || one[1] !== before[1];
  });
  if (points.length < 2 || !(width_m > 0)) return null;
  const sides: [Ring, Ring] = [[], []];
  points.forEach((at, n) => {
    const [before, after] = [points[n - 1], points[n + 1]];
    const first = leftOf(before ?? at, before ? at : (after ?? at));
    const second = after ? leftOf(at, after) : first;
    const sum = [first[0] + second[0], first[1] + second[1]] as const;
    // Half of the angle between both edges says how far the mitre reaches.
    const size = Math.hypot(...sum);
    const reach = size < 2 / MITRE_MOST ? MITRE_MOST : 2 / size;
    const way: readonly [number, number] = size < 1e-9 ? first : [sum[0] / size, sum[1] / size];
    const [east, north] = degreeMetres(at[1]);
    const by = (width_m / 2) * reach;
    const moved = (sign: number): Position =>
      onGrid([at[0] + (sign * way[0] * by) / east, at[1] + (sign * way[1] * by) / north]);
    sides[0].push(moved(1));
    sides[1].push(moved(-1));
  });
  const ring = [...sides[1], ...sides[0].reverse()];
  const [start] = ring;
  if (start === undefined) return null;
  return { type: "MultiPolygon", coordinates: [[cleaned([...ring, start])]] };
}
