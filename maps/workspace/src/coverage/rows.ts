/** The rows of the coverage table: asked for, and what moved since the last look. */
import { computed, onBeforeUnmount, ref, shallowRef, watch } from "vue";
import { api, ask, type CoverageTable } from "../api/client";
import { afterSave } from "../edits/save";
import { figureFilters, figures } from "../map/coverage-of-map";
import type { Order } from "../parts/columns";
import { inWords } from "../state/notices";
import { inOrder, movedBetween } from "./order";

export type Level = "county" | "city" | "province" | "area";
/** The days that figures may be asked for by. */
export type OfDay = { as_of?: string; borders_on?: string };
export type GroupBy = "" | "kind" | "green_class";

/** Ask for figures from now on, anew when something was stored; for one component. */
export function coverageRows() {
  const level = ref<Level>("county");
  const by = ref<GroupBy>("");
  /** A day: by the borders that held on it; empty for those of now. */
  const bordersOn = ref("");
  /** A day: what was approved when it ended; empty for now. */
  const asOf = ref("");
  const order = ref<Order>({ by: "name", down: false });
  const own = shallowRef<CoverageTable | null>(null);
  const wrong = ref("");

  const ofDay = computed<OfDay>(() => ({
    ...(asOf.value === "" ? {} : { as_of: asOf.value }),
    ...(bordersOn.value === "" || level.value === "area" ? {} : { borders_on: bordersOn.value }),
  }));
  /** The counties' figures are the map's; others are asked for here. */
  const shared = computed(
    () => level.value === "county" && by.value === "" && JSON.stringify(ofDay.value) === "{}",
  );
  const table = computed(() => (shared.value ? figures.value : own.value));
  const query = computed(() => ({
    level: level.value,
    ...figureFilters(),
    ...(by.value === "" ? {} : { by: by.value }),
    ...ofDay.value,
  }));
  const rows = computed(() => (table.value ? inOrder(table.value.rows, order.value) : null));

  let turn = 0;
  async function look(): Promise<void> {
    if (shared.value) return;
    const mine = ++turn;
    try {
      const answer = (await ask(
        api.GET("/api/coverage", { params: { query: query.value } }),
      )) as CoverageTable;
      if (mine !== turn) return;
      own.value = answer;
      wrong.value = "";
    } catch (error) {
      if (mine === turn) wrong.value = inWords(error);
    }
  }
  watch(query, look, { immediate: true });
  const stored = (): void => void look();
  afterSave.add(stored);
  onBeforeUnmount(() => afterSave.delete(stored));

  // What moved since the last look is shown for a while: an approval is seen to count.
  const moved = ref(new Map<string, number>());
  watch(table, (now, before) => {
    if (now && before) moved.value = movedBetween(before, now);
  });
  watch(query, () => (moved.value = new Map()));

  return { level, by, asOf, bordersOn, ofDay, order, table, rows, moved, query, wrong, look };
}
