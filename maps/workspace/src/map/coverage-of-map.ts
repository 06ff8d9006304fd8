/** The rates that the choropleth shows; the coverage table may put others in their place. */
import { computed, shallowRef, watch } from "vue";
import { api, ask, type CoverageTable } from "../api/client";
import { afterSave } from "../edits/save";
import { address } from "../state/address";
import { tellError } from "../state/notices";
import { rateBands } from "./colours";

/** The filters that narrow figures too. */
export type FigureFilters = {
  year?: number;
  theme?: string[];
  work_type?: string[];
  unit?: string[];
};

/** What figures are asked for, of all that is filtered. */
export function figureFilters({ year, theme, work_type, unit } = address.filters): FigureFilters {
  return {
    ...(year ? { year: Number(year) } : {}),
    ...(theme ? { theme: [theme] } : {}),
    ...(work_type ? { work_type: [work_type] } : {}),
    ...(unit ? { unit: [unit] } : {}),
  };
}

/** The figures as the service told them last; the table in the drawer shows the same. */
export const figures = shallowRef<CoverageTable | null>(null);
let asked: AbortController | null = null;

/** Ask for the counties' figures anew; whatever was asked for before is answered too late. */
export async function askCoverage(): Promise<void> {
  asked?.abort();
  const { signal } = (asked = new AbortController());
  const params = { query: { level: "county" as const, ...figureFilters() } };
  try {
    const found = (await ask(api.GET("/api/coverage", { params, signal }))) as CoverageTable;
    if (!signal.aborted) figures.value = found;
  } catch (error) {
    if (!signal.aborted) tellError(error);
  }
}

export function coverageOfMap() {
  const wanted = () => address.colouring === "coverage" || address.drawer === "coverage";
  watch(
    () => [wanted(), JSON.stringify(figureFilters())] as const,
    ([yes]) => yes && void askCoverage(),
    { immediate: true },
  );
  afterSave.add(() => wanted() && void askCoverage());
  const rates = computed(
    () => new Map((figures.value?.rows ?? []).map((row) => [row.code, row.coverage])),
  );
  const bands = computed(() =>
    rateBands([...rates.value.values()].filter((one): one is number => one !== null)),
  );
  return { rates, bands };
}
