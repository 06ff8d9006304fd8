/** Districts and plots by a part of their name or number. */
import { say } from "./language";
import { item } from "./lists";
import type { Page } from "./page";

export const MAX_HITS = 20;

export interface Hit {
  readonly name: string;
  /** What it is, in words. */
  readonly what: string;
  readonly open: () => void;
}

/**
 * Districts before plots; none for an empty text. Of more than `MAX_HITS` one too many is given, to
 * tell that there are more.
 */
export function search(page: Page, text: string): Hit[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  return [...districtHits(page, wanted), ...plotHits(page, wanted)].slice(0, MAX_HITS + 1);
}

const has = (value: string, wanted: string): boolean => value.toLowerCase().includes(wanted);

function districtHits(page: Page, wanted: string): Hit[] {
  const { name, code } = page.data.districts;
  const hits: Hit[] = [];
  name.forEach((itsName, district) => {
    if (!has(itsName, wanted) && item(code, district) !== wanted) return;
    const open = (): void => {
      page.opener.openDistrict(district);
    };
    hits.push({ name: itsName, what: say("district"), open });
  });
  return hits;
}

/** Plots that are in the file with their shapes; one more than can be shown is enough. */
function plotHits(page: Page, wanted: string): Hit[] {
  const { plots } = page;
  if (plots === null || plots.shapes === null) return [];
  const { table } = plots;
  const hits: Hit[] = [];
  for (let row = 0; row < plots.data.count && hits.length <= MAX_HITS; row += 1) {
    if (!has(table.named("name", row), wanted) && !has(table.named("plot_no", row), wanted)) {
      continue;
    }
    const open = (): void => {
      page.opener.openPlot(row);
    };
    hits.push({ name: table.title(row), what: say("plot"), open });
  }
  return hits;
}
