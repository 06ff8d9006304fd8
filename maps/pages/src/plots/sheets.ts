/** What is shown of a plot and of a bubble. */
import { append, element } from "../dom";
import { area, whole } from "../figures";
import { pick, say } from "../language";
import { sheet } from "../sheets";
import type { PlotSum } from "./layer";
import type { PlotTable } from "./table";

export function plotSheet(table: PlotTable, row: number): HTMLElement {
  const columns = table.columns.filter((column) => column.id !== "name");
  return sheet(
    table.title(row) || say("no_name"),
    columns.map((column) => [pick(column.label), table.text(column, row)]),
  );
}

export function clusterSheet({ plots, area_m2 }: PlotSum): HTMLElement {
  return append(
    element("div", "sheet"),
    element("strong", "", say("plots_unit", whole(plots))),
    element("div", "", say("area_total", area(area_m2))),
  );
}
