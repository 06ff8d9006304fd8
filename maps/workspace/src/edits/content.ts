/** What a person may say about a plot, apart from what the service finds out itself. */
import type { Plot, PlotProperties } from "../api/client";
import { asMulti, type MultiPolygon } from "../geometry/shapes";

export type Content = { geometry: MultiPolygon; properties: PlotProperties };

export const WRITABLE = [
  "stage",
  "kind",
  "year",
  "name",
  "plot_no",
  "category",
  "programme",
  "theme",
  "work_type",
  "unit",
  "method",
  "species",
  "density_per_ha",
  "planted_on",
  "evidence",
  "compartment_no",
  "subcompartment_no",
  "town",
  "village",
  "land_ownership",
  "tree_ownership",
  "declared_m2",
  "plan_ids",
  "note",
  "extra",
] as const satisfies ReadonlyArray<keyof PlotProperties>;

/** The content of a stored plot. */
export function contentOf(plot: Plot): Content {
  const properties = Object.fromEntries(
    WRITABLE.map((name) => [name, plot.properties[name]]),
  ) as unknown as PlotProperties;
  return { geometry: asMulti(plot.geometry), properties };
}

export const same = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

const vertices = (geometry: MultiPolygon): string =>
  geometry.coordinates.flat(2).map(String).sort().join(" ");

/**
 * Whether the service stored what was sent: the same outline, whichever way its rings run, and the
 * same attributes; a number that was left to the service may be any.
 */
export function isStored(sent: Content, stored: Content): boolean {
  return (
    vertices(sent.geometry) === vertices(stored.geometry) &&
    WRITABLE.every((name) => {
      const [wanted, there] = [sent.properties[name], stored.properties[name]];
      return (name === "plot_no" && !wanted) || same(wanted ?? null, there ?? null);
    })
  );
}

type Json = unknown;
const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The merge patch (RFC 7396) that makes one object of another; undefined when they are alike. */
export function mergePatch(before: Json, after: Json): Json {
  if (!isObject(before) || !isObject(after)) return same(before, after) ? undefined : after;
  const patch: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = name in after ? mergePatch(before[name], after[name] ?? null) : null;
    if (change !== undefined && !same(before[name] ?? null, change)) patch[name] = change;
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}
