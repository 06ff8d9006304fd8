/** Bubbles for plots that are too small to be seen. */
import { LayerGroup, divIcon, marker } from "leaflet";
import type { LatLng, Map as LeafletMap, Marker } from "leaflet";
import { element } from "../dom";
import { short } from "../figures";
import { at } from "../lists";
import type { PixelBox } from "../shapes";
import { bubbleStyle, bubbleWidth, stepAside } from "./bubbles";
import type { SheetOpener } from "../sheets";
import type { PlotLayer } from "./layer";
import { clusterSheet } from "./sheets";
import { SquareCounter } from "./squares";
import type { Square } from "./squares";

/** What must not be hidden. */
export interface NamesOnMap {
  /** Where names stand, in pixels of the map's zoom. */
  boxes(): readonly PixelBox[];
}

export class ClusterLayer extends LayerGroup {
  constructor(
    private readonly plots: PlotLayer,
    private readonly names: NamesOnMap,
    private readonly opener: SheetOpener,
  ) {
    super();
  }

  show(map: LeafletMap): void {
    this.clearLayers();
    if (!map.hasLayer(this)) this.addTo(map);
    const squares = this.count(map);
    const names = this.names.boxes();
    const max_m2 = Math.max(0, ...squares.map((square) => square.area_m2));
    for (const square of squares) this.addLayer(this.bubble(map, square, max_m2, names));
  }

  private count(map: LeafletMap): Square[] {
    const { place, visible, table, colourBy } = this.plots;
    const { min, max } = map.getPixelBounds().pad(0.1);
    if (min === undefined || max === undefined) return [];
    const scale = 2 ** (map.getZoom() - place.zoom);
    const counter = new SquareCounter();
    for (let row = 0; row < place.x.length; row += 1) {
      const x = at(place.x, row) * scale;
      const y = at(place.y, row) * scale;
      const seen = x >= min.x && x <= max.x && y >= min.y && y <= max.y;
      if (!seen || at(visible, row) === 0) continue;
      counter.add({
        x,
        y,
        plots: at(place.plots, row),
        area_m2: table.area_m2(row),
        stage: table.place("stage", row),
        part: colourBy === null ? 0 : table.place(colourBy, row),
      });
    }
    return counter.merged();
  }

  private bubble(
    map: LeafletMap,
    square: Square,
    max_m2: number,
    names: readonly PixelBox[],
  ): Marker {
    const text = short(square.plots);
    const width = bubbleWidth(text, max_m2 > 0 ? square.area_m2 / max_m2 : 0);
    const { x, y } = stepAside(square, width / 2, names);
    const place = map.unproject([x, y]);
    const face = element("span", "face", text);
    face.style.backgroundImage = bubbleStyle(square, (part) => this.plots.colourOf(part));
    const icon = divIcon({ className: "cluster", html: face, iconSize: [width, width] });
    const bubble = marker(place, { icon, keyboard: false });
    bubble.on("click", () => {
      this.open(map, place, square);
    });
    return bubble.bindTooltip(() => clusterSheet(square.sums, this.plots.table), {
      direction: "top",
    });
  }

  /** Zoom in; at the deepest zoom tell what is there. */
  private open(map: LeafletMap, place: LatLng, square: Square): void {
    const deepest = Math.min(map.getMaxZoom(), this.plots.place.zoom);
    if (map.getZoom() < deepest) map.setView(place, Math.min(map.getZoom() + 2, deepest));
    else this.opener.openSheet(place, clusterSheet(square.sums, this.plots.table));
  }
}
