/** The order of the coverage table, and what moved between two looks at it. */
import type { CoverageTable } from "../api/client";
import type { Order } from "../parts/columns";

export type CoverageRow = CoverageTable["rows"][number];

export const keyOf = (row: CoverageRow): string => `${row.code} ${row.group ?? ""}`;

/** What rows are sorted by that they do not hold themselves; null where it is unknown. */
export type Besides = Record<string, (row: CoverageRow) => number | null>;

/** Rows in an order; by name is the order of the codes, as every office's table has it. */
export function inOrder(
  rows: readonly CoverageRow[],
  { by, down }: Order,
  besides: Besides = {},
): CoverageRow[] {
  const sorted = [...rows];
  const of = besides[by] ?? ((row) => row[by as keyof CoverageRow] as number | null);
  const values = new Map(sorted.map((row) => [row, of(row) ?? -1]));
  const value = (row: CoverageRow): number => values.get(row) ?? -1;
  if (by !== "name") sorted.sort((a, b) => value(a) - value(b));
  return down ? sorted.reverse() : sorted;
}

/** The order after a heading was pressed: figures begin with the largest, and turn round when pressed again. */
export const pressed = (order: Order, by: string): Order => ({
  by,
  down: order.by === by ? !order.down : by !== "name",
});

/** Coverage that differs between two looks at the same boundaries, as a difference of ratios, by `keyOf`. */
export function movedBetween(before: CoverageTable, now: CoverageTable): Map<string, number> {
  const moved = new Map<string, number>();
  if (now.boundary !== before.boundary) return moved;
  const earlier = new Map(before.rows.map((row) => [keyOf(row), row.coverage]));
  for (const row of now.rows) {
    const was = earlier.get(keyOf(row));
    if (was !== undefined && was !== null && row.coverage !== null && row.coverage !== was)
      moved.set(keyOf(row), row.coverage - was);
  }
  return moved;
}
