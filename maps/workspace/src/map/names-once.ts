/** Names of what reaches over several tiles, each written once: in the tile with most of it. */
import type { FeatureLike } from "ol/Feature";

/** After so many milliseconds a name that has to move is drawn at its new place. */
export const NAMES_MS = 150;

/** How much of something a tile holds, and where: west, south, east, north in map units. */
type Part = { at: string; size: number };

export class NamesOnce {
  private readonly largest = new Map<string, Part>();

  /** `again` is called when a name has to move to another tile that came later. */
  constructor(private readonly again: () => void) {}

  /** Whether the name of a thing belongs to this part of it, at metres a pixel. */
  of(one: FeatureLike, code: string, resolution: number): boolean {
    const extent = one.getGeometry()?.getExtent() ?? [];
    return this.here(code, extent, Math.round(Math.log2(resolution)));
  }

  /** Whether the name belongs to this part; parts of other scales have a name of their own. */
  here(code: string, extent: readonly number[], scale: number): boolean {
    const [west = 0, south = 0, east = 0, north = 0] = extent;
    const part = { at: extent.map(Math.round).join(), size: (east - west) * (north - south) };
    const key = `${code} ${scale}`;
    const before = this.largest.get(key);
    if (before === undefined || part.size > before.size) {
      this.largest.set(key, part);
      if (before !== undefined) this.again();
      return true;
    }
    return before.at === part.at;
  }
}
