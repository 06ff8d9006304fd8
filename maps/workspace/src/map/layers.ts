/** The layers of the map, from the ground up. */
import type { FeatureLike } from "ol/Feature";
import MVT from "ol/format/MVT";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import VectorSource from "ol/source/Vector";
import VectorTileSource from "ol/source/VectorTile";
import type { StyleFunction } from "ol/style/Style";
import { createXYZ } from "ol/tilegrid";
import type { Filters } from "../state/address";

const Z_MOST = 18;
/** The reference system of what the service says. */
export const DEGREES = "EPSG:4326";

/** What is planned lies below what was planted upon it, whichever was stored first. */
const ABOVE: Record<string, number> = { existing: 1, planted: 2, accepted: 3 };
const place = (one: FeatureLike): number => ABOVE[String(one.get("stage"))] ?? 0;
const byStage = (one: FeatureLike, other: FeatureLike): number => place(one) - place(other);

/** Address of a layer's tiles, its filters in it. */
export function tileAddress(layer: string, query: Record<string, string | undefined>): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) asked.set(name, value);
  const text = asked.toString();
  return `/tiles/${layer}/WebMercatorQuad/{z}/{y}/{x}${text ? `?${text}` : ""}`;
}

export function plotsAddress(filters: Filters, version: string): string {
  return tileAddress("plots", { ...filters, version });
}

export function tiles(address: string, idProperty = "id"): VectorTileSource {
  return new VectorTileSource({
    format: new MVT({ idProperty }),
    url: address,
    tileGrid: createXYZ({ maxZoom: Z_MOST, tileSize: 512 }),
    // Tiles are asked with the session's cookie; what is seen is kept for going back.
    cacheSize: 256,
  });
}

export function tileLayer(source: VectorTileSource, style: StyleFunction, zIndex: number) {
  return new VectorTileLayer({ source, style, zIndex, declutter: false, renderOrder: byStage });
}

export function shapesLayer(style: StyleFunction, zIndex: number, source = new VectorSource()) {
  return new VectorLayer({
    source,
    style,
    zIndex,
    updateWhileInteracting: true,
    renderOrder: byStage,
  });
}
