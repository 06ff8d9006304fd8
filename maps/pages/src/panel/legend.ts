/** The legend: the figure of the districts, and the layers upon them. */
import { bandOf, bandsOf } from "../districts/themes";
import { append, element, section, smallPrint, swatch } from "../dom";
import { pick, say } from "../language";
import type { Page } from "../page";
import { findingLegend, trackLegend } from "./patrol-legend";
import { key } from "./keys";
import { plotLegend } from "./plot-legend";

/** `rewrite` writes the panel anew. */
export function legend(page: Page, rewrite: () => void): HTMLElement {
  const box = append(section("legend", "legend"), ...themeLegend(page));
  const { plots, patrols, tracks, findings } = page;
  if (plots !== null && plots.data.count > 0) append(box, ...plotLegend(page, plots));
  if (patrols !== null && tracks !== null) append(box, ...trackLegend(patrols, tracks, rewrite));
  if (patrols !== null && findings !== null) append(box, ...findingLegend(patrols, findings));
  return box;
}

/** The classes of the figure, the highest first, and how many districts have none. */
function themeLegend({ theme, level, data, hierarchy }: Page): HTMLElement[] {
  if (theme === undefined) return [];
  const bands = [...bandsOf(theme, level)].reverse();
  const without = hierarchy
    .ofLevel(level)
    .filter((district) => bandOf(theme, data.districts, district) === null).length;
  const noFigure = theme.unit === "state" ? pick(theme.none) : say("no_data");
  return [
    element("h4", "", pick(theme.label)),
    ...bands.map(({ colour, strong, label, count }) =>
      key(swatch(colour, strong === true ? "strong" : ""), pick(label), count),
    ),
    ...(without > 0 ? [key(swatch("", "hatched"), noFigure, without)] : []),
    smallPrint(say(theme.unit === "state" ? "overdue_edge" : "legend_rule")),
  ];
}
