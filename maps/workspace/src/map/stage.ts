/** What the rest of the page may ask of the map, whether it stands already or not. */
import type { MultiPolygon, Ring } from "../geometry/shapes";

export type Extent = [west: number, south: number, east: number, north: number];
/** A shape that is shown for a while: before and after, theirs and mine. */
export type Shown = {
  geometry: MultiPolygon;
  look: "before" | "after" | "mine" | "theirs" | "hint";
  /** What a click on it does, instead of choosing a plot. */
  pick?: () => void;
};

export interface Stage {
  /** Bring an extent, in degrees, into view. */
  fit(extent: Extent): void;
  /** Show a point, in degrees, and mark it for a moment. */
  point(lon: number, lat: number, zoom?: number): void;
  /** Show shapes under a name instead of those shown under it before; none takes them away. */
  show(name: string, shapes: Shown[]): void;
  /** What is in view, in degrees. */
  extent(): Extent;
  /** Let a hand drag a box or a free shape: its ring in degrees, or null when it was given up. */
  drag(how: "box" | "lasso"): Promise<Ring | null>;
  /** Look at the service anew: something was stored. */
  reload(): void;
}

let standing: Stage | null = null;
const waiting: Array<(stage: Stage) => void> = [];

/** The map stands. */
export function raise(stage: Stage | null): void {
  standing = stage;
  if (stage) for (const act of waiting.splice(0)) act(stage);
}

/** Do something with the map as soon as it stands. */
export function onStage(act: (stage: Stage) => void): void {
  if (standing) act(standing);
  else waiting.push(act);
}
