/** What the table and the export ask the service for. */
import type { paths } from "../schema";
import type { Extent } from "../map/stage";
import type { Filters } from "../state/address";
import { yearOf } from "../plot/years";

export type PlotQuery = NonNullable<paths["/api/plots"]["get"]["parameters"]["query"]>;
export type Sort = NonNullable<PlotQuery["sort"]>;

/** The filters as the service takes them; `box` keeps to an extent in degrees. */
export function plotQuery(
  filters: Filters,
  version: "working" | "approved",
  box: Extent | null = null,
): PlotQuery {
  const { district, stage, review, kind, theme, work_type, unit } = filters;
  const year = yearOf(filters.year ?? "");
  return {
    ...(district ? { district } : {}),
    ...(stage ? { stage: [stage] as NonNullable<PlotQuery["stage"]> } : {}),
    ...(review ? { review: [review] as NonNullable<PlotQuery["review"]> } : {}),
    ...(kind ? { kind: [kind] } : {}),
    ...(theme ? { theme: [theme] } : {}),
    ...(work_type ? { work_type: [work_type] } : {}),
    ...(unit ? { unit: [unit] } : {}),
    ...(year === null ? {} : { year }),
    // `working` is what everybody gets unless they ask; a viewer may not ask for it by name.
    ...(version === "approved" ? { version } : {}),
    ...(box ? { bbox: box.map((one) => one.toFixed(7)).join(",") } : {}),
  };
}

/** Up, down, and back to the service's own order. */
export function nextSort(now: Sort | null, column: string): Sort | null {
  if (now === column) return `-${column}` as Sort;
  return now === `-${column}` ? null : (column as Sort);
}
