/** Properties of plots: a table that came packed, one column a property. */
import type { ChoiceColumn, Column } from "../data";
import { area } from "../figures";
import { pick } from "../language";
import { at, item } from "../lists";
import { unpack } from "../packing";

export class PlotTable {
  private readonly byId: ReadonlyMap<string, Column>;
  private readonly numbers = new Map<string, Float64Array>();

  constructor(readonly columns: readonly Column[]) {
    this.byId = new Map(columns.map((column) => [column.id, column]));
    for (const column of columns) {
      if (column.kind !== "text") this.numbers.set(column.id, unpack(column.packed));
    }
  }

  label(id: string): string {
    const column = this.byId.get(id);
    return column === undefined ? id : pick(column.label);
  }

  /** A column with a fixed set of values. */
  choices(id: string): ChoiceColumn | null {
    const column = this.byId.get(id);
    return column?.kind === "choice" ? column : null;
  }

  /** One more than the place of a row's value among the choices; 0: not given. */
  place(id: string, row: number): number {
    const numbers = this.numbers.get(id);
    return numbers === undefined ? 0 : at(numbers, row);
  }

  /** The code of a row's value; empty: not given. */
  code(id: string, row: number): string {
    return this.choices(id)?.codes[this.place(id, row) - 1] ?? "";
  }

  /** Whether a plot passed the review; where nobody tells the review, all did. */
  isReviewed(row: number): boolean {
    return this.choices("review") === null || this.code("review", row) === "approved";
  }

  /** 0 where it is not known. */
  area_m2(row: number): number {
    return Math.max(this.place("area_m2", row) - 1, 0);
  }

  /** What a person reads; an empty text where nothing is given. */
  text(column: Column, row: number): string {
    if (column.kind === "text") return item(column.values, row);
    const number = this.place(column.id, row);
    if (number === 0) return "";
    return column.kind === "area" ? area(number - 1) : pick(item(column.choices, number - 1));
  }

  /** The text of a property; empty too where no plot has it. */
  named(id: string, row: number): string {
    const column = this.byId.get(id);
    return column === undefined ? "" : this.text(column, row);
  }

  /** What a plot is called: its name, otherwise its number; empty: neither is known. */
  title(row: number): string {
    return this.named("name", row) || this.named("plot_no", row);
  }
}
