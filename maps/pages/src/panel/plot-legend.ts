/** Colours of plots; each value is a box to tick. */
import { choice, element, field, smallPrint, swatch } from "../dom";
import { say } from "../language";
import type { Page } from "../page";
import type { PlotLayer } from "../plots/layer";
import type { ChoiceCount } from "../plots/selection";
import { key, tickKey } from "./keys";

export function plotLegend(page: Page, plots: PlotLayer): HTMLElement[] {
  return [
    element("h4", "", say("plot")),
    ...colourChoice(page, plots),
    ...colourKeys(page, plots),
    ...clusterKeys(plots),
  ];
}

function colourChoice(page: Page, plots: PlotLayer): HTMLElement[] {
  if (plots.data.colour_by.length < 2) return [];
  const options = plots.data.colour_by.map((id) => [id, plots.table.label(id)] as const);
  const select = choice(options, plots.colourBy ?? "", (id) => {
    page.colourPlotsBy(id);
  });
  return [field(say("colour_by"), select)];
}

function colourKeys(page: Page, plots: PlotLayer): HTMLElement[] {
  const { colourBy } = plots;
  if (colourBy === null) {
    return [key(swatch(plots.data.plain, "plot"), say("plot"), plots.total().total.plots)];
  }
  return plots.countChoices(colourBy).map((value) => valueKey(page, plots, colourBy, value));
}

function valueKey(
  page: Page,
  plots: PlotLayer,
  id: string,
  { place, text, plots: count }: ChoiceCount,
): HTMLElement {
  const { selection, table } = plots;
  const isPlanned = id === "stage" && table.choices(id)?.codes[place - 1] === "planned";
  const sample = swatch(plots.colourOf(place), isPlanned ? "plot dashed" : "plot");
  return tickKey(sample, text, count, !selection.isHidden(id, place), (ticked) => {
    selection.hide(id, place, !ticked);
    page.choosePlots();
  });
}

function clusterKeys({ shapeZoom, shapes }: PlotLayer): HTMLElement[] {
  if (shapeZoom <= 0) return [];
  const bubble = swatch("", "bubble");
  bubble.textContent = "12";
  return [
    key(bubble, say("cluster_legend"), null),
    smallPrint(say(shapes === null ? "cell_last" : "zoom_in")),
  ];
}
