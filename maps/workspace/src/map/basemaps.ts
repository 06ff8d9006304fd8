/** Base maps below the plots; loaded only when one is chosen. */
import gcoord from "gcoord";
import TileLayer from "ol/layer/Tile";
import { addCoordinateTransforms, addProjection, get, Projection } from "ol/proj";
import TileWMS from "ol/source/TileWMS";
import WMTS from "ol/source/WMTS";
import XYZ from "ol/source/XYZ";
import { createXYZ } from "ol/tilegrid";
import WMTSTileGrid from "ol/tilegrid/WMTS";
import type { components } from "../schema";

export type Basemap = components["schemas"]["Basemap"];

const MERCATOR = "EPSG:3857";
const DEGREES = "EPSG:4326";
const HALF_M = 20037508.342789244;
export const GCJ_MERCATOR = "GCJ02:3857";

type XY = [number, number];

/**
 * Web Mercator metres of GCJ-02 positions. A source in this projection is warped tile by tile to
 * where its pictures belong; the plots stay where they are.
 */
export function knowGcj(): void {
  if (get(GCJ_MERCATOR)) return;
  const extent = [-HALF_M, -HALF_M, HALF_M, HALF_M];
  addProjection(new Projection({ code: GCJ_MERCATOR, units: "m", extent }));
  const { GCJ02, WGS84, WebMercator } = gcoord;
  const shift =
    (from: typeof WGS84 | typeof GCJ02, to: typeof WGS84 | typeof GCJ02) =>
    (at: number[]): number[] => {
      const degrees = gcoord.transform([at[0] ?? 0, at[1] ?? 0] as XY, WebMercator, WGS84) as XY;
      const moved = gcoord.transform(degrees, from, to) as XY;
      return gcoord.transform(moved, WGS84, WebMercator) as XY;
    };
  addCoordinateTransforms(GCJ_MERCATOR, MERCATOR, shift(GCJ02, WGS84), shift(WGS84, GCJ02));
}

/** The matrices of Tianditu's `w` and `c`: level 1 is the first of either. */
function matrices(set: "w" | "c", most: number): WMTSTileGrid {
  const [origin, widest] =
    set === "w" ? [[-HALF_M, HALF_M], (2 * HALF_M) / 256] : [[-180, 90], 360 / 256];
  const levels = Array.from({ length: most }, (_one, n) => n + 1);
  return new WMTSTileGrid({
    origin,
    resolutions: levels.map((n) => widest / 2 ** n),
    matrixIds: levels.map(String),
  });
}

function tianditu(one: Basemap): WMTS {
  const [layer = "img", set = "w"] = (one.layer ?? "img_w").split("_");
  const matrixSet = set === "c" ? "c" : "w";
  return new WMTS({
    url: `https://t{0-7}.tianditu.gov.cn/${layer}_${matrixSet}/wmts?tk=${encodeURIComponent(one.key ?? "")}`,
    layer,
    matrixSet,
    format: "tiles",
    style: "default",
    projection: matrixSet === "c" ? DEGREES : MERCATOR,
    tileGrid: matrices(matrixSet, 18),
    wrapX: false,
  });
}

/**
 * A WMTS of any matrix set in Web Mercator or in degrees of CGCS2000. Degrees are halved from
 * matrix to matrix, the one of `first_matrix` being two tiles wide.
 */
function wmts(one: Basemap, projection: string): WMTS {
  const degrees = one.grid === "degrees";
  const first = degrees ? (one.first_matrix ?? 1) : 0;
  const levels = Array.from({ length: (one.max_zoom ?? 18) + 1 - first }, (_level, n) => n + first);
  const widest = degrees ? 180 / 256 : (2 * HALF_M) / 256;
  const named = one.matrix_ids ?? "{z}";
  return new WMTS({
    url: one.url ?? "",
    layer: one.layer ?? "",
    matrixSet: one.matrix_set ?? (degrees ? "c" : "GoogleMapsCompatible"),
    format: one.format ?? "image/png",
    style: "default",
    projection: degrees ? DEGREES : projection,
    tileGrid: new WMTSTileGrid({
      origin: degrees ? [-180, 90] : [-HALF_M, HALF_M],
      resolutions: levels.map((n) => widest / 2 ** (n - first)),
      matrixIds: levels.map((n) => named.replace("{z}", String(n))),
    }),
  });
}

function source(one: Basemap) {
  const projection = one.datum === "gcj02" ? GCJ_MERCATOR : MERCATOR;
  if (one.kind === "tianditu") return tianditu(one);
  if (one.kind === "wmts") return wmts(one, projection);
  if (one.kind === "wms") {
    return new TileWMS({ url: one.url ?? "", params: { LAYERS: one.layer ?? "" }, projection });
  }
  const { min_zoom = 0, max_zoom = 18 } = one;
  const tileGrid = createXYZ({ minZoom: min_zoom, maxZoom: max_zoom });
  return new XYZ({ url: one.url ?? "", projection, tileGrid });
}

/** The layer of a base map, below everything else. */
export function basemapLayer(one: Basemap): TileLayer {
  if (one.datum === "gcj02") knowGcj();
  const found = source(one);
  if (one.attribution) found.setAttributions(() => one.attribution ?? "");
  // From further out its pictures would be asked for by the thousand.
  const minZoom = one.min_zoom ? one.min_zoom - 1 : -Infinity;
  return new TileLayer({ source: found, zIndex: 0, minZoom });
}
