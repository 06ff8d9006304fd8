/** Text that somebody pastes, as a shape: GeoJSON or WKT in degrees. */
import GeoJSON from "ol/format/GeoJSON";
import WKT from "ol/format/WKT";
import type Geometry from "ol/geom/Geometry";
import { cleaned } from "./edges";
import { asMulti, type MultiPolygon, onGrid } from "./shapes";

export type Pasted =
  | { shape: MultiPolygon }
  | { wrong: "unreadable" | "not_polygon" | "not_degrees" };

function geometries(text: string): Geometry[] {
  const features = text.trimStart().startsWith("{")
    ? new GeoJSON().readFeatures(text)
    : new WKT().readFeatures(text);
  return features.flatMap((one) => one.getGeometry() ?? []);
}

/** All polygons of the text as the parts of one shape, on the grid. */
export function pasted(text: string): Pasted {
  let found: Geometry[];
  try {
    found = geometries(text.replace(/^\s*SRID=\d+;/i, ""));
  } catch {
    return { wrong: "unreadable" };
  }
  const writer = new GeoJSON();
  const polygons = found
    .map((one) => writer.writeGeometryObject(one))
    .filter((one) => one.type === "Polygon" || one.type === "MultiPolygon");
  if (polygons.length === 0) return { wrong: found.length === 0 ? "unreadable" : "not_polygon" };
  const parts = polygons.flatMap((one) => asMulti(one).coordinates);
  const flat = parts.flat(2);
  if (flat.some(([lon, lat]) => !(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)))
    return { wrong: "not_degrees" };
  const coordinates = parts.map((part) => part.map((ring) => cleaned(ring.map(onGrid))));
  return { shape: { type: "MultiPolygon", coordinates } };
}
