/** How many plots are shown, their area, and the filters. */
import { append, choice, clear, element, field, section } from "../dom";
import { say } from "../language";
import type { Page } from "../page";
import { sumLines } from "../plots/sums";
import type { PlotLayer } from "../plots/layer";

export class PlotTotals {
  private readonly lines = element("div", "total");

  constructor(
    private readonly page: Page,
    private readonly plots: PlotLayer,
  ) {}

  section(): HTMLElement {
    const box = append(section("shown", "plots"), this.lines);
    for (const id of this.plots.data.filters) append(box, ...this.filter(id));
    this.write();
    return box;
  }

  write(): void {
    const sums = this.plots.total();
    const isEmpty = sums.total.plots === 0;
    const lines = isEmpty ? element("div", "", say("no_plots")) : sumLines(sums, this.plots.table);
    append(clear(this.lines), lines);
  }

  /** Only where plots differ. */
  private filter(id: string): HTMLElement[] {
    const { selection, table } = this.plots;
    const options = this.plots
      .countChoices(id)
      .map(({ place, text }) => [String(place), text] as const);
    if (options.length < 2) return [];
    const chosen = selection.filterOf(id);
    const select = choice(
      [["", say("all")], ...options],
      chosen === null ? "" : String(chosen),
      (place) => {
        selection.filter(id, place === "" ? null : Number(place));
        this.page.choosePlots();
      },
    );
    return [field(table.label(id), select)];
  }
}
