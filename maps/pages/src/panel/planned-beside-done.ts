/** A table of planned areas beside done ones, by the values of a property. */
import { append, choice, clear, element, field, section, smallPrint, userText } from "../dom";
import { mu, whole } from "../figures";
import { say } from "../language";
import type { PlotLayer } from "../plots/layer";
import type { PlannedAndDone } from "../plots/selection";

export class PlannedBesideDone {
  private readonly table = element("table", "beside");
  /** The property that groups plots; empty: there is none to group by. */
  private by: string;

  constructor(private readonly plots: PlotLayer) {
    this.by = this.properties()[0] ?? "";
  }

  section(): HTMLElement {
    const box = section("beside", "beside");
    if (!this.by) return box;
    const options = this.properties().map((id) => [id, this.plots.table.label(id)] as const);
    const select = choice(options, this.by, (id) => {
      this.by = id;
      this.write();
    });
    append(box, field(say("beside_by"), select), this.table, smallPrint(say("beside_rule")));
    if (this.showsReview()) append(box, smallPrint(say("beside_unreviewed")));
    this.write();
    return box;
  }

  write(): void {
    if (!this.by) return;
    const head = element("tr");
    const words = ["beside_by", "planned", "done", "share"] as const;
    const unreviewed = this.showsReview()
      ? (["planned_unreviewed", "done_unreviewed"] as const)
      : ([] as const);
    for (const word of [...words, ...unreviewed]) append(head, element("th", "", say(word)));
    const rows = this.plots
      .plannedAndDone(this.by)
      .map((row) => append(tableRow(row), ...unreviewed.map((id) => cell(row[`${id}_m2`]))));
    append(clear(this.table), head, ...rows);
  }

  /** Whether plots that are not approved are in the file and stand apart. */
  private showsReview(): boolean {
    return this.plots.table.choices("review") !== null;
  }

  private properties(): string[] {
    return this.plots.data.filters.filter((id) => id !== "review");
  }
}

const cell = (area_m2: number): HTMLElement => element("td", "", mu(area_m2));

function tableRow({ text, planned_m2, done_m2 }: PlannedAndDone): HTMLTableRowElement {
  const share = planned_m2 > 0 ? (100 * done_m2) / planned_m2 : null;
  const bar = element("td", "bar", share === null ? "–" : `${whole(share)} %`);
  bar.style.setProperty("--share", share === null ? "0%" : `${Math.min(share, 100)}%`);
  return append(
    element("tr"),
    append(element("th"), userText(text)),
    cell(planned_m2),
    cell(done_m2),
    bar,
  );
}
