/** Shapes as the service speaks them: GeoJSON, degrees of CGCS2000, (lon, lat). */
export type Position = [lon: number, lat: number];
export type Ring = Position[];
/** Shell first, holes after it. */
export type Part = Ring[];
export type MultiPolygon = { type: "MultiPolygon"; coordinates: Part[] };

/** The grid of the service, degrees: 0.1 mm on the ground. */
export const GRID_DEG = 1e-9;
const CELLS = 1e9;

/** A position on the service's grid. */
export function onGrid([lon, lat]: readonly number[]): Position {
  return [Math.round((lon ?? 0) * CELLS) / CELLS, Math.round((lat ?? 0) * CELLS) / CELLS];
}

/** Any GeoJSON polygon as a multipolygon; heights are dropped. */
export function asMulti(geometry: { type?: unknown; coordinates?: unknown }): MultiPolygon {
  const parts =
    geometry.type === "Polygon"
      ? [geometry.coordinates as number[][][]]
      : (geometry.coordinates as number[][][][]);
  const flat = parts.map((part) =>
    part.map((ring) => ring.map(([lon, lat]): Position => [lon ?? 0, lat ?? 0])),
  );
  return { type: "MultiPolygon", coordinates: flat };
}

/** What was drawn of a shape that cannot be used: each ring a part of its own, open lines there and back. */
export function asDrawn(lines: { coordinates?: unknown }): MultiPolygon {
  const parts = (lines.coordinates as number[][][]).map((line): Part => {
    const way = line.map(([lon, lat]): Position => [lon ?? 0, lat ?? 0]);
    const [first, last] = [way[0], way.at(-1)];
    const isRing = first?.[0] === last?.[0] && first?.[1] === last?.[1];
    return [isRing ? way : [...way, ...[...way].reverse().slice(1)]];
  });
  return { type: "MultiPolygon", coordinates: parts };
}
