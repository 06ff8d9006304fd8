/** The attributes of a plot as fields of a form. */
import type { Code, PlotProperties } from "../api/client";
import type { Field } from "../parts/fields";
import { label } from "../state/codes";
import { type Named, placesOf } from "../state/districts";
import { unitChoices } from "../state/units";
import { t } from "../words";
import { type FieldName, REQUIRED } from "./fields";
import { FIRST_YEAR, LAST_YEAR } from "./years";

const TEXTS: Partial<Record<FieldName, number>> = {
  name: 200,
  plot_no: 32,
  compartment_no: 64,
  subcompartment_no: 64,
};
const DIGITS: Partial<Record<FieldName, 9 | 12>> = { town: 9, village: 12 };
const LISTS: readonly FieldName[] = [
  "kind",
  "category",
  "programme",
  "theme",
  "work_type",
  "method",
  "land_ownership",
  "tree_ownership",
];
const OWN: readonly FieldName[] = ["species", "plan_ids", "evidence"];
const STAGES = ["planned", "planted", "existing", "cancelled"] as const;

/** The field of an attribute; `district` is the plot's, null where it has none yet. */
export function fieldOf(
  name: FieldName,
  { stage, unit, town, village }: PlotProperties,
  district: string | null,
): Field<FieldName> {
  const common = { name, label: t(`plot.fields.${name}`), required: REQUIRED.includes(name) };
  if (OWN.includes(name)) return { ...common, kind: "own", wide: true };
  if (LISTS.includes(name))
    return { ...common, kind: "code", list: name, groups: groupsOf(name, district) };
  const digits = DIGITS[name];
  if (digits !== undefined) {
    const said = (name === "town" ? town : village) ?? "";
    // A drawing lies in no county until it is saved.
    const county = (said || district || "").slice(0, 6);
    const places = county === "" ? [] : placesOf(county, digits);
    // Without a tree of towns the code alone is known.
    if (places.length === 0)
      return { ...common, label: t(`plot.codes.${name}`), kind: "digits", digits };
    const choices = [{ value: "", label: "" }, ...placeChoices(places, said, name, town)];
    return { ...common, kind: "choice", choices };
  }
  switch (name) {
    case "stage": {
      // A plot is accepted by its acceptance; by hand it can only leave that stage.
      const stages = stage === "accepted" ? ["accepted", ...STAGES] : STAGES;
      const choices = stages.map((value) => ({ value, label: label("stage", value) }));
      return { ...common, kind: "choice", choices };
    }
    case "unit": {
      const choices = [{ value: "", label: "" }, ...unitChoices(unit ?? null)];
      return { ...common, kind: "choice", choices };
    }
    case "year":
      return { ...common, kind: "year", min: FIRST_YEAR, max: LAST_YEAR };
    case "planted_on":
      return { ...common, kind: "date" };
    case "density_per_ha":
      return { ...common, kind: "number" };
    case "note":
      return { ...common, kind: "note", max_length: 5000, wide: true };
    default: {
      const hint = name === "plot_no" ? { hint: t("plot.plot_no_hint") } : {};
      return { ...common, kind: "text", max_length: TEXTS[name] ?? 64, ...hint };
    }
  }
}

/** Villages of the town that is said, or all; a code that is not among them stays as it is. */
function placeChoices(
  places: readonly Named[],
  said: string,
  name: FieldName,
  town: string | null | undefined,
): Array<{ value: string; label: string }> {
  const within = name === "village" && town ? town : "";
  const shown = places.filter(({ code }) => code === said || code.startsWith(within));
  const choices = shown.map(({ code, name: label }) => ({ value: code, label }));
  const known = said === "" || shown.some(({ code }) => code === said);
  return known ? choices : [{ value: said, label: said }, ...choices];
}

/** Kinds under their green class, programmes of one's own province first. */
function groupsOf(name: FieldName, district: string | null): ((code: Code) => string) | undefined {
  if (name === "kind")
    return (code) => label("green_class", (code as Code & { green_class: string }).green_class);
  const province = district?.slice(0, 2);
  if (name !== "programme" || province === undefined) return undefined;
  return (code) => {
    const region = (code as Code & { region?: string }).region ?? "";
    const own = region === "" || region.split(" ").some((part) => part.startsWith(province));
    return t(own ? "plot.own_region" : "plot.other_regions");
  };
}
