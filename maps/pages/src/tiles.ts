/** Features drawn on canvas tiles by their boxes: the common part of plots and tracks. */
import { DomUtil, GridLayer } from "leaflet";
import type { Coords, Map as LeafletMap } from "leaflet";
import { at } from "./lists";
import { meets } from "./shapes";
import type { Drawn } from "./shapes";

/** What a tile shows: a place in pixels of the features' zoom, times scale, less left and top. */
export interface Window {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

export abstract class CanvasTiles extends GridLayer {
  /**
   * `visible`: 1 for each feature that is shown, 0 for the others. `margin_px`: how far the drawing
   * of a feature may reach beyond its box.
   */
  constructor(
    private readonly map: LeafletMap,
    private readonly drawn: Drawn,
    private readonly visible: Float64Array,
    private readonly margin_px: number,
  ) {
    super({ pane: "plots", updateWhenZooming: false });
  }

  protected abstract drawFeature(
    pen: CanvasRenderingContext2D,
    feature: number,
    window: Window,
  ): void;

  protected override createTile(coords: Coords): HTMLElement {
    const size = this.getTileSize();
    const tile = DomUtil.create("canvas", "leaflet-tile");
    const ratio = window.devicePixelRatio || 1;
    tile.width = size.x * ratio;
    tile.height = size.y * ratio;
    this.paint(tile, coords);
    return tile;
  }

  /** Draw the same tiles anew: taken away and made again they would flicker. */
  repaint(): void {
    if (!this.map.hasLayer(this)) return;
    for (const { el, coords } of Object.values(this._tiles)) {
      if (el instanceof HTMLCanvasElement) this.paint(el, coords);
    }
  }

  private paint(tile: HTMLCanvasElement, coords: Coords): void {
    const pen = tile.getContext("2d");
    if (pen === null) return;
    const size = this.getTileSize();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, tile.width, tile.height);
    pen.scale(tile.width / size.x, tile.height / size.y);
    pen.lineJoin = "round";
    const scale = 2 ** (coords.z - this.drawn.zoom);
    const left = coords.x * size.x;
    const top = coords.y * size.y;
    const margin = this.margin_px / scale;
    const box = {
      west: left / scale - margin,
      north: top / scale - margin,
      east: (left + size.x) / scale + margin,
      south: (top + size.y) / scale + margin,
    };
    for (let feature = 0; feature < this.drawn.count; feature += 1) {
      if (at(this.visible, feature) === 1 && meets(this.drawn, feature, box)) {
        this.drawFeature(pen, feature, { scale, left, top });
      }
    }
  }
}
