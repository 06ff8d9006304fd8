/** From pixels of a zoom to places on Leaflet's map. */
import { latLngBounds } from "leaflet";
import type { LatLng, LatLngBounds, Map as LeafletMap } from "leaflet";
import { at } from "./lists";
import { boxOfAll } from "./shapes";
import type { Drawn, Shapes } from "./shapes";

/** A feature as Leaflet wants it: polygons of rings of places. */
export function latLngsOf(shapes: Shapes, feature: number, map: LeafletMap): LatLng[][][] {
  const polygons: LatLng[][][] = [];
  for (let p = at(shapes.polygon, feature); p < at(shapes.polygon, feature + 1); p += 1) {
    const rings: LatLng[][] = [];
    for (let r = at(shapes.ring, p); r < at(shapes.ring, p + 1); r += 1) {
      const ring: LatLng[] = [];
      for (let i = at(shapes.point, r); i < at(shapes.point, r + 1); i += 1) {
        ring.push(map.unproject([at(shapes.x, i), at(shapes.y, i)], shapes.zoom));
      }
      rings.push(ring);
    }
    polygons.push(rings);
  }
  return polygons;
}

/** Bounds of some features together; null where none of them has a shape. */
export function boundsOf(
  drawn: Drawn,
  features: readonly number[],
  map: LeafletMap,
): LatLngBounds | null {
  const box = boxOfAll(drawn, features);
  if (box === null) return null;
  return latLngBounds(
    map.unproject([box.west, box.south], drawn.zoom),
    map.unproject([box.east, box.north], drawn.zoom),
  );
}
