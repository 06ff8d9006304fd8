/** A4 landscape: the layout changes before the browser takes its picture. */
import type { LatLngBounds, Map as LeafletMap } from "leaflet";

/** For the map to draw itself anew. */
const REDRAW_MS = 300;

export class Paper {
  /** What was seen before the layout changed. */
  private bounds: LatLngBounds | null = null;

  constructor(private readonly map: LeafletMap) {
    window.addEventListener("beforeprint", () => {
      this.layOut(true);
    });
    window.addEventListener("afterprint", () => {
      this.layOut(false);
    });
  }

  print(): void {
    this.layOut(true);
    window.setTimeout(() => {
      window.print();
    }, REDRAW_MS);
  }

  private layOut(onPaper: boolean): void {
    const bounds = this.bounds ?? this.map.getBounds();
    this.bounds = onPaper ? bounds : null;
    document.body.classList.toggle("paper", onPaper);
    this.map.invalidateSize({ animate: false });
    this.map.fitBounds(bounds, { animate: false });
  }
}
