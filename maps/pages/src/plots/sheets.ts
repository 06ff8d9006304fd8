/** What is shown of a plot and of a bubble. */
import { append, element } from "../dom";
import { pick, say } from "../language";
import { sheet } from "../sheets";
import { sumLines } from "./sums";
import type { StageSums } from "./sums";
import type { PlotTable } from "./table";

export function plotSheet(table: PlotTable, row: number): HTMLElement {
  const columns = table.columns.filter((column) => column.id !== "name");
  return sheet(
    table.title(row) || say("no_name"),
    columns.map((column) => [pick(column.label), table.text(column, row)]),
  );
}

export const clusterSheet = (sums: StageSums, table: PlotTable): HTMLElement =>
  append(element("div", "sheet"), sumLines(sums, table));
