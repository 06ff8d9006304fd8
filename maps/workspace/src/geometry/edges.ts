/**
 * The map draws in Web Mercator, where an edge that is straight in degrees is a little bent: up to
 * 2 cm on 1 km. A vertex that was snapped to an edge is therefore put onto it anew, in degrees.
 */
import { type MultiPolygon, onGrid, type Position, type Ring } from "./shapes";

export type Edge = readonly [Position, Position];

/** Farther than this from an edge nothing was snapped to it, metres. */
const NEAR_M = 0.1;
const M_PER_DEG = 111_320;

/** The point of an edge nearest to a position, and how far it is, metres. */
export function nearestOn([a, b]: Edge, [x, y]: Position): { at: Position; metres: number } {
  const squeeze = Math.cos((y * Math.PI) / 180);
  const [dx, dy] = [(b[0] - a[0]) * squeeze, b[1] - a[1]];
  const long = dx * dx + dy * dy;
  const along = long === 0 ? 0 : ((x - a[0]) * squeeze * dx + (y - a[1]) * dy) / long;
  const t = Math.min(1, Math.max(0, along));
  const at: Position = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
  const metres = Math.hypot((x - at[0]) * squeeze, y - at[1]) * M_PER_DEG;
  return { at, metres };
}

/** Edges of rings or lines. */
export function edgesOf(lines: Ring[]): Edge[] {
  return lines.flatMap((line) => line.slice(1).map((to, n): Edge => [line[n] as Position, to]));
}

/** Where two edges cross; null where they do not, or run along each other. */
export function crossingOf([a, b]: Edge, [c, d]: Edge): Position | null {
  const [ux, uy] = [b[0] - a[0], b[1] - a[1]];
  const [vx, vy] = [d[0] - c[0], d[1] - c[1]];
  const turn = ux * vy - uy * vx;
  if (turn === 0) return null;
  const [wx, wy] = [c[0] - a[0], c[1] - a[1]];
  const [t, s] = [(wx * vy - wy * vx) / turn, (wx * uy - wy * ux) / turn];
  return t < 0 || t > 1 || s < 0 || s > 1 ? null : [a[0] + t * ux, a[1] + t * uy];
}

const farM = ([x, y]: Position, at: Position): number =>
  Math.hypot((x - at[0]) * Math.cos((y * Math.PI) / 180), y - at[1]) * M_PER_DEG;

/**
 * A position on the nearest edge, or where two edges cross beside it; itself where none is near.
 * On the grid in each case.
 */
export function ontoEdges(position: Position, edges: readonly Edge[]): Position {
  const far = 2e-6;
  const near = edges
    .filter(
      ([[ax, ay], [bx, by]]) =>
        position[0] >= Math.min(ax, bx) - far &&
        position[0] <= Math.max(ax, bx) + far &&
        position[1] >= Math.min(ay, by) - far &&
        position[1] <= Math.max(ay, by) + far,
    )
    .map((edge) => ({ edge, ...nearestOn(edge, position) }))
    .filter(({ metres }) => metres < NEAR_M)
    .sort((one, other) => one.metres - other.metres);
  const [first, ...others] = near;
  if (first === undefined) return onGrid(position);
  for (const { edge } of others) {
    const crossing = crossingOf(first.edge, edge);
    if (crossing !== null && farM(position, crossing) < NEAR_M) return onGrid(crossing);
  }
  return onGrid(first.at);
}

/** The shape with every new vertex put exactly onto the edge it was snapped to. */
export function settled(
  shape: MultiPolygon,
  known: ReadonlySet<string>,
  edges: readonly Edge[],
): MultiPolygon {
  const put = (position: Position): Position => {
    const here = onGrid(position);
    return known.has(here.join()) ? here : ontoEdges(here, edges);
  };
  return {
    type: "MultiPolygon",
    coordinates: shape.coordinates.map((part) => part.map((ring) => cleaned(ring.map(put)))),
  };
}

/** A closed ring without repeated vertices. */
export function cleaned(ring: Ring): Ring {
  const once = ring.filter((one, n) => n === 0 || String(one) !== String(ring[n - 1]));
  const [first, last] = [once[0], once[once.length - 1]];
  if (first && last && String(first) !== String(last)) once.push(first);
  return once;
}
