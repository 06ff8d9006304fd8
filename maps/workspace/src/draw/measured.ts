/** What was measured: lengths and areas stay on the map until they are cleared. */
import { shallowReactive } from "vue";
import { crossesItself } from "../geometry/crossing";
import { lengthOf, sizeOf } from "../geometry/measure";
import { inHa, inMetres, inMu } from "../geometry/numbers";
import type { MultiPolygon, Ring } from "../geometry/shapes";

/** A line, or a ring that is closed. */
export type Measured = { kind: "length" | "area"; positions: Ring };

export const measured = shallowReactive<Measured[]>([]);

export function keepMeasured(one: Measured): void {
  measured.push(one);
}

export function clearMeasured(): void {
  measured.splice(0);
}

type Say = (key: string, values?: Record<string, unknown>) => string;

/** The figures of what was measured; `t` says words in the language that is spoken. */
export function figureOf({ kind, positions }: Measured, t: Say): string {
  if (kind === "length") return inMetres(lengthOf(positions));
  const shape: MultiPolygon = { type: "MultiPolygon", coordinates: [[positions]] };
  if (crossesItself(shape)) return t("draw.no_area");
  const { area_m2 } = sizeOf(shape);
  return `${t("draw.mu", { n: inMu(area_m2) })}\n${t("draw.ha", { n: inHa(area_m2) })}`;
}
