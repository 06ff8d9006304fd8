/** In which order districts are listed, and which of them are behind. */
import type { Theme } from "../data";
import { item } from "../lists";
import type { Group, Hierarchy } from "./hierarchy";

export type Order = "value" | "name";

/** Districts by their figure, the highest first and those without one last; otherwise by name. */
export function ranked(
  hierarchy: Hierarchy,
  districts: readonly number[],
  theme: Theme | undefined,
  order: Order,
): number[] {
  const value = (district: number): number =>
    (theme === undefined ? null : item(theme.values, district)) ?? -Infinity;
  return [...districts].sort((a, b) =>
    order === "name" || value(a) === value(b) ? hierarchy.byName(a, b) : value(b) - value(a),
  );
}

/** The group with most zones overdue: what a person opens the map for. */
export function mostOverdue(
  hierarchy: Hierarchy,
  level: string,
  theme: Theme | undefined,
): Group | null {
  const isOverdue = (zone: number): boolean =>
    theme?.unit === "state" && (item(theme.values, zone) ?? 0) > 0;
  const counts = hierarchy.groups(level).map((group) => ({
    group,
    overdue: hierarchy.members(level, group.code).filter(isOverdue).length,
  }));
  const max = Math.max(...counts.map(({ overdue }) => overdue));
  return counts.find(({ overdue }) => overdue === max)?.group ?? null;
}
