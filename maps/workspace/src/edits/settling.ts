/** Two people changed one plot: what each of them changed, and what is proposed. */
import { type Content, same, WRITABLE } from "./content";

export type Side = "mine" | "theirs";
export type Difference = {
  field: (typeof WRITABLE)[number] | "geometry";
  mine: unknown;
  theirs: unknown;
  /** Who changed it; where both did, one's own is proposed. */
  proposed: Side;
  both: boolean;
};

const at = (content: Content, field: Difference["field"]): unknown =>
  field === "geometry" ? content.geometry : content.properties[field];

/** Where two contents of a plot differ; `base` is what both began with. */
export function differences(base: Content, mine: Content, theirs: Content): Difference[] {
  return (["geometry", ...WRITABLE] as const).flatMap((field) => {
    const [before, here, there] = [at(base, field), at(mine, field), at(theirs, field)];
    if (same(here ?? null, there ?? null)) return [];
    const changedHere = !same(before ?? null, here ?? null);
    const changedThere = !same(before ?? null, there ?? null);
    const proposed: Side = changedHere ? "mine" : "theirs";
    return [{ field, mine: here, theirs: there, proposed, both: changedHere && changedThere }];
  });
}

/** The plot with each attribute and the shape from the side that was chosen. */
export function settledBy(
  mine: Content,
  theirs: Content,
  chosen: Partial<Record<Difference["field"], Side>>,
): Content {
  const properties = { ...theirs.properties } as Record<string, unknown>;
  for (const field of WRITABLE)
    if (chosen[field] === "mine") properties[field] = mine.properties[field];
  const geometry = chosen.geometry === "mine" ? mine.geometry : theirs.geometry;
  return { geometry, properties: properties as unknown as Content["properties"] };
}
