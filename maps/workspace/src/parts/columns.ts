/** What a page says of its table: `DataTable` draws the rest. */

export type Column<Row> = {
  /** Class of its cells, and name of the slot `cell-…` for a cell that is more than text. */
  name: string;
  /** The heading, in the language that is spoken. */
  heading: string;
  /** What the rows are sorted by when the heading is pressed; missing: the heading is plain. */
  sort?: string;
  /** The text of a cell that has no slot. */
  text?: (row: Row) => string;
  /** Digits of one width that are read from the right; `start`: from the left, as years are. */
  figure?: "end" | "start";
  /** Whether its cells name their rows. */
  names_row?: boolean;
};

/** What rows are sorted by. */
export type Order = { by: string; down: boolean };

/** The state of a heading, as `aria-sort` has it; undefined for one that does not sort. */
export function sortedBy(
  column: { sort?: string },
  order: Order | null,
): "ascending" | "descending" | "none" | undefined {
  if (column.sort === undefined) return undefined;
  if (order?.by !== column.sort) return "none";
  return order.down ? "descending" : "ascending";
}

/** Where a key leads from a row: its number, or null for a key that leads nowhere. */
export function rowFor(key: string, row: number, rows: number): number | null {
  const last = rows - 1;
  if (key === "ArrowDown") return Math.min(last, row + 1);
  if (key === "ArrowUp") return Math.max(0, row - 1);
  if (key === "Home") return 0;
  return key === "End" ? last : null;
}
