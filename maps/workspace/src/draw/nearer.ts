/** From how far out a plot can be drawn, and what a click does before that. */
import type { Tool } from "./tools";

/** From this zoom on the plots of a view are few enough to be drawn upon. */
export const DRAW_ZOOM = 13;
/** Where a first click leads from further out: a pixel is one to two metres wide there. */
export const NEAR_ZOOM = 16;

/** Tools whose clicks are the vertices of a plot, or of what is done to it. */
const PLACING: readonly Tool[] = ["plot", "hole", "part", "split", "belt"];

/** Whether a click of this tool, at a zoom, comes nearer first instead of placing a vertex. */
export const comesNearer = (tool: Tool, zoom: number, sketching: boolean): boolean =>
  !sketching && zoom < DRAW_ZOOM && PLACING.includes(tool);
