/** One point for each row of the table of plots, for clusters. */
import type { PlotSquaresData } from "../data";
import { at } from "../lists";
import { unpack } from "../packing";
import { boxOf } from "../shapes";
import type { Shapes } from "../shapes";

/** Pixels at a zoom, and how many plots a row stands for. */
export interface RowPoints {
  readonly zoom: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly plots: Float64Array;
}

const MAX_SHAPES = 200;
const MIN_MEDIAN_PX = 5;

/** Middles of the squares of the file. */
export const squarePoints = (data: PlotSquaresData): RowPoints => ({
  zoom: data.zoom,
  x: unpack(data.x),
  y: unpack(data.y),
  plots: unpack(data.plots),
});

/** Middles of the boxes of plots. */
export function shapePoints(shapes: Shapes): RowPoints {
  const x = new Float64Array(shapes.count);
  const y = new Float64Array(shapes.count);
  for (let plot = 0; plot < shapes.count; plot += 1) {
    const { west, north, east, south } = boxOf(shapes, plot);
    x[plot] = (west + east) / 2;
    y[plot] = (north + south) / 2;
  }
  return { zoom: shapes.zoom, x, y, plots: new Float64Array(shapes.count).fill(1) };
}

/** From this zoom on half of the plots are at least five pixels wide or high; a few are always shown. */
export function firstShapeZoom(shapes: Shapes): number {
  const sizes = new Float64Array(shapes.count)
    .map((_, plot) => {
      const { west, north, east, south } = boxOf(shapes, plot);
      return Math.max(east - west, south - north);
    })
    .filter((size) => size >= 0)
    .sort();
  if (sizes.length <= MAX_SHAPES) return 0;
  const median = Math.max(at(sizes, Math.floor(sizes.length / 2)), 1e-6);
  return Math.min(Math.ceil(shapes.zoom + Math.log2(MIN_MEDIAN_PX / median)), shapes.zoom);
}
