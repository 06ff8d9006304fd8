/** Attributes that plots beside each other have in common: copied from the last one, or from a neighbour. */
import type { PlotProperties } from "../api/client";

const KEPT = "luotu.last_attributes";
/** Never the name, the number, what was declared, planned plots or evidence: these are a plot's own. */
const COMMON = [
  "kind",
  "category",
  "programme",
  "theme",
  "work_type",
  "unit",
  "method",
  "species",
  "density_per_ha",
  "planted_on",
  "compartment_no",
  "land_ownership",
  "tree_ownership",
] as const;

const isThere = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && !value.length);

/** What of some attributes is copied; what they leave empty stays as it is. */
export function copied(from: Partial<PlotProperties>): Partial<PlotProperties> {
  return Object.fromEntries(
    COMMON.flatMap((name) => (isThere(from[name]) ? [[name, from[name]]] : [])),
  );
}

/** Keep what was saved last, for the next plot. */
export function keepAttributes(from: Partial<PlotProperties>): void {
  localStorage.setItem(KEPT, JSON.stringify(copied(from)));
}

/** What was kept; null where nothing was, or where it cannot be read. */
export function keptAttributes(): Partial<PlotProperties> | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null") as Partial<PlotProperties> | null;
    return kept !== null && typeof kept === "object" ? kept : null;
  } catch {
    return null;
  }
}
