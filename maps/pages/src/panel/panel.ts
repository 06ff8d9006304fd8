/** The side of the page: search, figures, legend, list, filters. Written anew for each language. */
import { append, byId, clear, section, smallPrint } from "../dom";
import { pick, say } from "../language";
import type { Order } from "../districts/ranking";
import type { Page } from "../page";
import { choices } from "./choices";
import { LayerSwitch } from "./layer-switch";
import { legend } from "./legend";
import { list } from "./list";
import { PatrolTotals } from "./patrol-totals";
import { PlannedBesideDone } from "./planned-beside-done";
import { PlotTotals } from "./plot-totals";
import { searchBox } from "./search-box";

export class Panel {
  private readonly root = byId("panel");
  private readonly layers: LayerSwitch;
  private readonly plotTotals: PlotTotals | null;
  private readonly beside: PlannedBesideDone | null;
  private readonly patrolTotals: PatrolTotals | null;
  private order: Order = "value";

  constructor(private readonly page: Page) {
    const { plots, patrols } = page;
    this.layers = new LayerSwitch(page);
    this.plotTotals = plots === null ? null : new PlotTotals(page, plots);
    const hasStages = plots !== null && plots.table.choices("stage") !== null;
    this.beside = page.data.beside && hasStages ? new PlannedBesideDone(plots) : null;
    this.patrolTotals = patrols === null ? null : new PatrolTotals(page, patrols);
  }

  write(): void {
    const { page } = this;
    append(clear(this.root), searchBox(page));
    const chosen = choices(page);
    if (chosen.firstChild) append(this.root, chosen);
    // Nothing is drawn but borders: why stands where the legend would.
    const bare = page.data.themes.length === 0 && !this.plotTotals && !this.patrolTotals;
    append(
      this.root,
      bare
        ? this.notes()
        : legend(page, () => {
            this.write();
          }),
      this.layers.section(),
    );
    if (this.plotTotals) append(this.root, this.plotTotals.section());
    if (this.beside) append(this.root, this.beside.section());
    if (this.patrolTotals) append(this.root, this.patrolTotals.section());
    const ordered = list(page, this.order, (order) => {
      this.order = order;
      this.write();
    });
    append(this.root, ordered);
    if (!bare) append(this.root, this.notes());
  }

  writePlotTotals(): void {
    this.plotTotals?.write();
    this.beside?.write();
  }

  writePatrolTotals(): void {
    this.patrolTotals?.write();
  }

  private notes(): HTMLElement {
    const { notes, zoom, precision_m } = this.page.data;
    const texts = [...notes.map(pick), say("precision", zoom, precision_m)];
    return append(section("notes", "notes"), ...texts.map(smallPrint));
  }
}
