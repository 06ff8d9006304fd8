/** Tracks drawn on canvas tiles: a quarter of forty rangers has more points than shapes could bear. */
import type { Map as LeafletMap } from "leaflet";
import { at } from "../lists";
import type { Lines } from "../shapes";
import { CanvasTiles } from "../tiles";
import type { Window } from "../tiles";
import type { TrackLayer } from "./tracks";

/** A step that is shorter is not drawn: nobody sees it. */
const MIN_STEP_PX = 0.8;

export class TrackTiles extends CanvasTiles {
  constructor(
    map: LeafletMap,
    private readonly tracks: TrackLayer,
    private readonly lines: Lines,
  ) {
    super(map, lines, tracks.visible, 4);
  }

  protected override drawFeature(
    pen: CanvasRenderingContext2D,
    track: number,
    window: Window,
  ): void {
    const { crowded } = this.tracks;
    pen.lineCap = "round";
    this.trace(pen, track, window);
    // A few tracks have a white edge that keeps them apart. Of many, the strength of the colour
    // tells how often a way was walked.
    if (!crowded) {
      pen.strokeStyle = "rgba(255, 255, 255, 0.8)";
      pen.lineWidth = 3.6;
      pen.stroke();
    }
    pen.strokeStyle = this.tracks.colourOf(track);
    pen.globalAlpha = crowded ? 0.45 : 1;
    pen.lineWidth = crowded ? 1.4 : 2;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  private trace(pen: CanvasRenderingContext2D, track: number, window: Window): void {
    const { lines } = this;
    const { scale, left, top } = window;
    pen.beginPath();
    for (let p = at(lines.part, track); p < at(lines.part, track + 1); p += 1) {
      const first = at(lines.point, p);
      const last = at(lines.point, p + 1) - 1;
      let x = at(lines.x, first) * scale - left;
      let y = at(lines.y, first) * scale - top;
      pen.moveTo(x, y);
      for (let k = first + 1; k <= last; k += 1) {
        const nextX = at(lines.x, k) * scale - left;
        const nextY = at(lines.y, k) * scale - top;
        if (k < last && Math.abs(nextX - x) + Math.abs(nextY - y) <= MIN_STEP_PX) continue;
        pen.lineTo(nextX, nextY);
        x = nextX;
        y = nextY;
      }
    }
  }
}
