/** Values of a plot as they are typed, and as people read them. */
import type { PlotProperties } from "../api/client";
import { inMu } from "../geometry/numbers";
import { label } from "../state/codes";
import { districtName } from "../state/districts";
import { t } from "../words";

export type SpeciesShare = NonNullable<PlotProperties["species"]>[number];

/** A ratio in per cent, to a tenth: what the shares of a mix are told in. */
export const percentOf = (share: number): number => Math.round(share * 1000) / 10;

/** What is left of 100 % (negative: too many), to a tenth. */
export function shareLeft(percents: readonly number[]): number {
  const sum = percents.reduce((total, one) => total + (Number.isFinite(one) ? one : 0), 0);
  return Math.round((100 - sum) * 10) / 10;
}

/** A value that no field is known for: text as it is, anything else as JSON. */
export const plainText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

const CODED: Record<string, string> = {
  stage: "stage",
  kind: "kind",
  category: "category",
  programme: "programme",
  theme: "theme",
  work_type: "work_type",
  method: "method",
  land_ownership: "land_ownership",
  tree_ownership: "tree_ownership",
  review: "review",
};

/** A value of a field in words; user text stays text. */
export function inPlainWords(field: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return t("plot.empty");
  if (Array.isArray(value) && value.length === 0) return t("plot.empty");
  const list = CODED[field];
  if (list !== undefined) return label(list, plainText(value));
  if (field === "district" || field === "town" || field === "village")
    return districtName(plainText(value));
  if (field === "declared_m2") return t("draw.mu", { n: inMu(Number(value)) });
  if (field === "species")
    return (value as SpeciesShare[])
      .map((one) => `${label("species", one.code)} ${percentOf(one.share)} %`)
      .join(t("shell.between"));
  if (field === "evidence")
    return (value as Array<{ name: string }>).map((one) => one.name).join(t("shell.between"));
  if (Array.isArray(value)) return value.join(t("shell.between"));
  return plainText(value);
}
