/** How a bubble looks and where it stands. */
import type { PixelBox, PixelPoint } from "../shapes";
import type { Square } from "./squares";

/** Width in pixels: it grows with the area (its share of the largest), and the text fits. */
export const bubbleWidth = (text: string, share: number): number =>
  Math.round(Math.max(22 + 14 * Math.sqrt(share), 8 * text.length + 14));

/** A bubble stands for a whole square: it may step aside for a name. */
export function stepAside(
  { x, y }: PixelPoint,
  radius: number,
  names: readonly PixelBox[],
): PixelPoint {
  let aside = y;
  for (const name of names) {
    const hidesName =
      x + radius > name.west &&
      x - radius < name.east &&
      aside + radius > name.north &&
      aside - radius < name.south;
    if (!hidesName) continue;
    aside = aside < (name.north + name.south) / 2 ? name.north - radius : name.south + radius;
  }
  return { x, y: aside };
}

/** A ring with the shares of the colours in the legend, by number of plots. */
export function bubbleStyle(square: Square, colourOf: (part: number) => string): string {
  let from = 0;
  const stops = [...square.parts]
    .sort(([a], [b]) => a - b)
    .map(([part, plots]) => {
      const to = from + (360 * plots) / square.plots;
      const stop = `${colourOf(part)} ${from}deg ${to}deg`;
      from = to;
      return stop;
    });
  const face = "radial-gradient(closest-side, #fff 0 76%, transparent 78%)";
  return `${face}, conic-gradient(${stops.join(", ")})`;
}
