/** How many plots are shown, their area, and the filters. */
import { append, choice, element, field, section } from "../dom";
import { area, whole } from "../figures";
import { say } from "../language";
import type { Page } from "../page";
import type { PlotLayer } from "../plots/layer";

export class PlotTotals {
  private readonly line = element("p", "total");

  constructor(
    private readonly page: Page,
    private readonly plots: PlotLayer,
  ) {}

  section(): HTMLElement {
    const box = append(section("shown", "plots"), this.line);
    for (const id of this.plots.data.filters) append(box, ...this.filter(id));
    this.write();
    return box;
  }

  write(): void {
    const { plots, area_m2 } = this.plots.total();
    const count = say("plots_unit", whole(plots));
    const sum = say("area_total", area(area_m2));
    this.line.textContent = plots > 0 ? count + say("comma") + sum : say("no_plots");
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
