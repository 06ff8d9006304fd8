/** The place of a record, as it is typed: a point by two numbers, lines and polygons corner by corner. */
export type Typed = { lon: string; lat: string; corners: string };
export type Place =
  | { geometry: Record<string, unknown> | null }
  | { mistake: string; slots: Record<string, string | number> };

const degrees = (text: string, most: number): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Math.abs(value) <= most ? value : Number.NaN;
};

/** What was typed as GeoJSON; null where nothing was typed. */
export function place(kind: string, typed: Typed): Place {
  if (kind === "none") return { geometry: null };
  if (typed.corners.trim() !== "") return corners(kind, typed.corners);
  if (typed.lon.trim() === "" && typed.lat.trim() === "") return { geometry: null };
  const [lon, lat] = [degrees(typed.lon, 180), degrees(typed.lat, 90)];
  if (Number.isNaN(lon) || Number.isNaN(lat)) return { mistake: "registers.place_half", slots: {} };
  return { geometry: { type: "Point", coordinates: [lon, lat] } };
}

function corners(kind: string, text: string): Place {
  const points: number[][] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const [first, second, ...more] = line.trim().split(/[\s,，;；]+/);
    const point = [degrees(first ?? "", 180), degrees(second ?? "", 90)];
    if (more.length > 0 || point.some(Number.isNaN)) {
      const slots = { n: index + 1, text: line.trim().slice(0, 40) };
      return { mistake: "registers.corners_wrong", slots };
    }
    points.push(point);
  }
  if (points.length < (kind === "line" ? 2 : 3))
    return { mistake: "registers.corners_few", slots: {} };
  if (kind === "line") return { geometry: { type: "LineString", coordinates: points } };
  return { geometry: { type: "Polygon", coordinates: [[...points, points[0]]] } };
}
