/** Sheets that open on the map, the outline of the plot they tell of, and what follows the pointer. */
import { popup, polygon, tooltip } from "leaflet";
import type { LatLngExpression, Map as LeafletMap, Polygon } from "leaflet";
import { latLngsOf } from "./ground";
import { hasShape } from "./shapes";
import type { Shapes } from "./shapes";

const MIN_HEIGHT_PX = 160;
const MAX_HEIGHT_PX = 440;
/** Room above and below a sheet. */
const MARGIN_PX = 90;

export class Popups {
  private outline: Polygon | null = null;
  private readonly tip = tooltip({ sticky: true, direction: "top", offset: [0, -6] });

  constructor(private readonly map: LeafletMap) {
    map.on("zoomstart mouseout", () => {
      this.hideTip();
    });
  }

  open(place: LatLngExpression, content: HTMLElement): void {
    this.removeOutline();
    const room = this.map.getSize().y - MARGIN_PX;
    popup({
      maxWidth: 340,
      minWidth: 200,
      maxHeight: Math.max(MIN_HEIGHT_PX, Math.min(MAX_HEIGHT_PX, room)),
    })
      .setLatLng(place)
      .setContent(content)
      .on("remove", () => {
        this.removeOutline();
      })
      .openOn(this.map);
  }

  /** Outline the plot whose sheet is open. */
  outlinePlot(shapes: Shapes, row: number): void {
    if (!hasShape(shapes, row)) return;
    this.outline = polygon(latLngsOf(shapes, row, this.map), {
      color: "#111",
      weight: 3,
      fill: false,
      interactive: false,
      pane: "plots",
    }).addTo(this.map);
  }

  showTip(place: LatLngExpression, content: HTMLElement): void {
    this.tip.setContent(content).setLatLng(place).addTo(this.map);
  }

  hideTip(): void {
    this.tip.remove();
  }

  private removeOutline(): void {
    this.outline?.remove();
  }
}
