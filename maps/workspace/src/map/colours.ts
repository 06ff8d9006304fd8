/** Colours that the colour-blind tell apart; those of stages and rates are maps/palette.py's. */
import type { Colouring } from "../state/address";

/** Okabe & Ito (2008), two of them darkened for thin lines on white. */
export const STAGE: Record<string, string> = {
  planned: "#e69f00",
  planted: "#56b4e9",
  accepted: "#0072b2",
  existing: "#00795a",
  cancelled: "#767676",
};
export const REVIEW: Record<string, string> = {
  draft: "#767676",
  submitted: "#e69f00",
  approved: "#00795a",
  returned: "#c51b7d",
};
export const CATEGORICAL = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#d55e00",
  "#56b4e9",
  "#cc79a7",
  "#7a6a00",
  "#332288",
];
const OTHER = "#767676";
/** ColorBrewer YlGn, from little to much. */
export const SEQUENTIAL = ["#ffffcc", "#c2e699", "#78c679", "#31a354", "#006837"];
export const NOTHING = "#d4d7da";
export const ABOVE_WHOLE = "#c51b7d";
/** Years, from long ago to now (viridis, cut where it is too pale for a line). */
export const YEARS = ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151"];

/** Years are told apart from this one on; older ones share a colour. */
export const NEWEST_YEARS = 5;

export function yearColour(year: number, now: number): string {
  return YEARS[Math.max(0, Math.min(4, 4 - (now - year)))] ?? OTHER;
}

/** The colour of a plot; `kinds` are the codes of the list in its order. */
export function plotColour(
  plot: { stage?: unknown; kind?: unknown; year?: unknown; review?: unknown },
  by: Colouring,
  kinds: readonly string[],
  now: number,
): string {
  if (by === "review") return REVIEW[String(plot.review)] ?? OTHER;
  if (by === "year") return yearColour(Number(plot.year), now);
  if (by === "kind") return kindColour(String(plot.kind), kinds);
  return STAGE[String(plot.stage)] ?? OTHER;
}

export function kindColour(kind: string, kinds: readonly string[]): string {
  const place = kinds.indexOf(kind);
  return place < 0 ? OTHER : (CATEGORICAL[place % CATEGORICAL.length] ?? OTHER);
}

export type Band = { lower: number; upper: number; colour: string };

/** Up to five classes with as many districts in each; nothing at all has a class of its own. */
export function rateBands(rates: number[]): Band[] {
  const some = rates.filter((one) => one > 0 && one <= 1).sort((a, b) => a - b);
  const bands: Band[] = [];
  if (rates.some((one) => one === 0)) bands.push({ lower: 0, upper: 0, colour: NOTHING });
  const wanted = Math.min(SEQUENTIAL.length, new Set(some).size);
  for (let n = 0; n < wanted; n++) {
    const lower = some[Math.floor((n * some.length) / wanted)] ?? 0;
    const upper = some[Math.floor(((n + 1) * some.length) / wanted) - 1] ?? 1;
    const shade = wanted === 1 ? 4 : Math.round((n * 4) / (wanted - 1));
    bands.push({ lower, upper, colour: SEQUENTIAL[shade] ?? NOTHING });
  }
  if (rates.some((one) => one > 1)) bands.push({ lower: 1, upper: Infinity, colour: ABOVE_WHOLE });
  return bands;
}

/** The colour of a rate; null where there is no figure. */
export function rateColour(rate: number | null | undefined, bands: readonly Band[]): string | null {
  if (rate === null || rate === undefined) return null;
  const found = bands.filter((one) => rate >= one.lower);
  return found[found.length - 1]?.colour ?? bands[0]?.colour ?? null;
}
