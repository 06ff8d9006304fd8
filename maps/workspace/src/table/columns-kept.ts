/** Which columns of the table somebody wants to see, in this browser, by account. */
import { ref, watch } from "vue";
import { session } from "../state/session";

/** In the order in which they stand. */
export const COLUMNS = [
  "plot_no",
  "id",
  "name",
  "district",
  "town",
  "stage",
  "kind",
  "programme",
  "theme",
  "work_type",
  "unit",
  "year",
  "area",
  "declared",
  "review",
  "changed",
  "changed_by",
  "note",
] as const;
export type ColumnName = (typeof COLUMNS)[number];

/** Those that stand there until somebody chooses. */
const USUAL: readonly ColumnName[] = [
  "plot_no",
  "name",
  "district",
  "stage",
  "kind",
  "year",
  "area",
  "review",
  "changed",
];

export const shownColumns = ref<readonly ColumnName[]>(USUAL);
const place = (): string => `luotu.columns.${session.me?.name ?? ""}`;
const isColumn = (name: unknown): name is ColumnName => COLUMNS.some((one) => one === name);

watch(
  () => session.me?.name,
  () => {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(place()) ?? "null");
      const known = Array.isArray(found) ? found.filter(isColumn) : [];
      shownColumns.value = known.length > 0 ? known : USUAL;
    } catch {
      shownColumns.value = USUAL;
    }
  },
  { immediate: true },
);

/** Show a column or not; the number, by which a plot is opened, always stands. */
export function showColumn(name: ColumnName, on: boolean): void {
  const wanted = COLUMNS.filter((one) => (one === name ? on : shownColumns.value.includes(one)));
  shownColumns.value = wanted.includes("plot_no") ? wanted : ["plot_no", ...wanted];
  localStorage.setItem(place(), JSON.stringify(shownColumns.value));
}
