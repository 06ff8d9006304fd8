/** Which plots are shown, how many there are of each value, and what is planned beside done. */
import type { ChoiceColumn } from "../data";
import { pick, say } from "../language";
import { at } from "../lists";
import type { PlotTable } from "./table";

/** A value of a property. */
export interface Choice {
  /** One more than its place among the choices; 0: not given. */
  readonly place: number;
  readonly text: string;
}

export interface ChoiceCount extends Choice {
  readonly plots: number;
}

/** Areas of one value; those of plots that are not approved stand apart. */
export interface PlannedAndDone extends Choice {
  planned_m2: number;
  done_m2: number;
  planned_unreviewed_m2: number;
  done_unreviewed_m2: number;
}

/** Rows of a table of plots that pass filters and whose values are ticked in the legend. */
export class Selection {
  private readonly filters = new Map<string, number>();
  private readonly hidden = new Map<string, Set<number>>();

  constructor(private readonly table: PlotTable) {}

  /** The value that a property must have; null: any. */
  filterOf(id: string): number | null {
    return this.filters.get(id) ?? null;
  }

  filter(id: string, place: number | null): void {
    if (place === null) this.filters.delete(id);
    else this.filters.set(id, place);
  }

  isHidden(id: string, place: number): boolean {
    return this.hidden.get(id)?.has(place) ?? false;
  }

  hide(id: string, place: number, hidden: boolean): void {
    const places = this.hidden.get(id) ?? new Set();
    if (hidden) places.add(place);
    else places.delete(place);
    this.hidden.set(id, places);
  }

  /** Nothing is hidden any more; the filters stay. */
  showAll(): void {
    this.hidden.clear();
  }

  /** Whether a row passes the filters, whatever is ticked in the legend. */
  passes(row: number): boolean {
    for (const [id, place] of this.filters) if (this.table.place(id, row) !== place) return false;
    return true;
  }

  isShown(row: number): boolean {
    if (!this.passes(row)) return false;
    for (const [id, places] of this.hidden) if (places.has(this.table.place(id, row))) return false;
    return true;
  }
}

/** Choices of a column with how many plots have each, in their order; "not given" comes last. */
export function countChoices(
  table: PlotTable,
  column: ChoiceColumn,
  plotsOfRow: Float64Array,
): ChoiceCount[] {
  const counts = new Float64Array(column.choices.length + 1);
  plotsOfRow.forEach((plots, row) => {
    const place = table.place(column.id, row);
    counts[place] = at(counts, place) + plots;
  });
  const choices = column.choices.map((words, k) => ({
    place: k + 1,
    text: pick(words),
    plots: at(counts, k + 1),
  }));
  const unknown = { place: 0, text: say("unknown"), plots: at(counts, 0) };
  return unknown.plots > 0 ? [...choices, unknown] : choices;
}

type AreaSum = Exclude<keyof PlannedAndDone, keyof Choice>;

const DONE: ReadonlySet<string> = new Set(["planted", "accepted"]);

/** Which sum the area of a row belongs to; null: to none. */
function sumOf(table: PlotTable, row: number): AreaSum | null {
  const stage = table.code("stage", row);
  const isReviewed = table.isReviewed(row);
  if (stage === "planned") return isReviewed ? "planned_m2" : "planned_unreviewed_m2";
  if (DONE.has(stage)) return isReviewed ? "done_m2" : "done_unreviewed_m2";
  return null;
}

/** Areas of rows by the values of a property; values without any area are left out. */
export function plannedAndDone(
  table: PlotTable,
  id: string,
  choices: readonly Choice[],
  rows: readonly number[],
): PlannedAndDone[] {
  const nothing = { planned_m2: 0, done_m2: 0, planned_unreviewed_m2: 0, done_unreviewed_m2: 0 };
  const sums = new Map<number, PlannedAndDone>(
    choices.map(({ place, text }) => [place, { place, text, ...nothing }]),
  );
  for (const row of rows) {
    const sum = sumOf(table, row);
    const ofChoice = sums.get(table.place(id, row));
    if (sum !== null && ofChoice !== undefined) ofChoice[sum] += table.area_m2(row);
  }
  return [...sums.values()].filter(
    (sum) => sum.planned_m2 + sum.done_m2 + sum.planned_unreviewed_m2 + sum.done_unreviewed_m2 > 0,
  );
}
