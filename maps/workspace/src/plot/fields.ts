/** Which attributes are asked for, by kind and stage. */
import type { PlotProperties } from "../api/client";

export type Section = "basic" | "planting" | "belongs" | "proof";
export type FieldName = keyof PlotProperties;

export const SECTIONS: Record<Section, readonly FieldName[]> = {
  basic: ["stage", "kind", "year", "name", "plot_no"],
  planting: ["method", "planted_on", "density_per_ha", "species"],
  belongs: [
    "category",
    "programme",
    "theme",
    "work_type",
    "unit",
    "compartment_no",
    "subcompartment_no",
    "town",
    "village",
    "land_ownership",
    "tree_ownership",
  ],
  proof: ["plan_ids", "evidence", "note"],
};

export const REQUIRED: readonly FieldName[] = ["stage", "kind", "year"];

/** Forest compartments are numbered in forests only; parks and streets have none. */
const FOREST_ONLY: readonly FieldName[] = ["compartment_no", "subcompartment_no", "method"];
/** What only planting that was done can have. */
const DONE_ONLY: readonly FieldName[] = ["planted_on", "plan_ids", "evidence"];

const filled = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && !value.length);

/** Whether a plot of this kind and stage is asked for a field; what is filled in always shows. */
export function isAsked(
  field: FieldName,
  said: PlotProperties,
  greenClass: string | undefined,
): boolean {
  if (filled(said[field])) return true;
  if (greenClass === "urban" && FOREST_ONLY.includes(field)) return false;
  return !(said.stage === "planned" && DONE_ONLY.includes(field));
}
