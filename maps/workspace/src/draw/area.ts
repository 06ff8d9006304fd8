/** The area of what is being drawn, where it has one. */
import { crossesItself } from "../geometry/crossing";
import { sizeOf } from "../geometry/measure";
import type { MultiPolygon } from "../geometry/shapes";
import { live } from "./tools";

/** Measure a shape that is drawn or looked at; null: there is none. */
export function measure(shape: MultiPolygon | null): void {
  live.size = shape && sizeOf(shape);
  live.crossing = shape !== null && crossesItself(shape);
}

/** Whether the outlines cross, as this page sees it or the service said of this very shape. */
export const crossing = (): boolean =>
  live.crossing ||
  (!live.checking && live.checked?.area_m2 === null && live.checked.mended_m2 !== null);

/** What mending the crossing would leave, m²; null until the service has said so. */
export const mendedArea = (): number | null =>
  live.checking ? null : (live.checked?.mended_m2 ?? null);
