/** Plots drawn on canvas tiles: 100 000 of them would be too many for shapes of their own. */
import type { Map as LeafletMap } from "leaflet";
import { at } from "../lists";
import { boxOf } from "../shapes";
import type { Shapes } from "../shapes";
import { CanvasTiles } from "../tiles";
import type { Window } from "../tiles";
import type { PlotLayer } from "./layer";

/** A shape smaller than this is drawn as a dot. */
const MIN_SHAPE_PX = 4;

export class PlotTiles extends CanvasTiles {
  constructor(
    map: LeafletMap,
    private readonly plots: PlotLayer,
    private readonly shapes: Shapes,
  ) {
    super(map, shapes, plots.visible, 3);
  }

  protected override drawFeature(
    pen: CanvasRenderingContext2D,
    plot: number,
    window: Window,
  ): void {
    const { shapes } = this;
    const { scale, left, top } = window;
    const look = this.plots.lookOf(plot);
    pen.strokeStyle = look.colour;
    pen.fillStyle = look.colour;
    const box = boxOf(shapes, plot);
    const width = (box.east - box.west) * scale;
    const height = (box.south - box.north) * scale;
    if (width < MIN_SHAPE_PX && height < MIN_SHAPE_PX) {
      pen.globalAlpha = 1;
      pen.fillRect(box.west * scale - left - 1, box.north * scale - top - 1, 4, 4);
      return;
    }
    pen.beginPath();
    const lastRing = at(shapes.ring, at(shapes.polygon, plot + 1));
    for (let r = at(shapes.ring, at(shapes.polygon, plot)); r < lastRing; r += 1) {
      const first = at(shapes.point, r);
      for (let k = first; k < at(shapes.point, r + 1); k += 1) {
        const x = at(shapes.x, k) * scale - left;
        const y = at(shapes.y, k) * scale - top;
        if (k === first) pen.moveTo(x, y);
        else pen.lineTo(x, y);
      }
      pen.closePath();
    }
    pen.globalAlpha = look.fill;
    pen.fill("evenodd");
    pen.globalAlpha = 1;
    pen.lineWidth = look.dashed ? 2 : 1.4;
    pen.setLineDash(look.dashed ? [5, 3] : []);
    pen.stroke();
  }
}
