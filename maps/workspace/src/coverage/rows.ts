/** The rows of the coverage table: asked for, and what moved since the last look. */
import { computed, onBeforeUnmount, ref, shallowRef, watch } from "vue";
import { api, ask, type CoverageTable } from "../api/client";
import { afterSave } from "../edits/save";
import { figureFilters, figures } from "../map/coverage-of-map";
import type { Order } from "../parts/columns";
import { inWords } from "../state/notices";
import { movedBetween } from "./order";
import { isBelow, levelBelow, type Place } from "./places";

export type Level = "county" | "city" | "province" | "town" | "village" | "area";
/** The days that figures may be asked for by. */
export type OfDay = { as_of?: string; borders_on?: string };
export type GroupBy = "" | "kind" | "green_class";

// They stay when the table is closed: whoever looks at the plots behind a town's figure comes back to the town.
const level = ref<Level>("county");
/** The districts that were opened one below the other; the rows lie in the last. */
const path = ref<Place[]>([]);

/** Ask for figures from now on, anew when something was stored; for one component. */
export function coverageRows() {
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
  const inside = computed(() => path.value.at(-1));
  /** The counties' figures are the map's; others are asked for here. */
  const shared = computed(
    () =>
      path.value.length === 0 &&
      level.value === "county" &&
      by.value === "" &&
      JSON.stringify(ofDay.value) === "{}",
  );
  const table = computed(() => (shared.value ? figures.value : own.value));
  const query = computed(() => ({
    level: level.value,
    ...(inside.value === undefined ? {} : { parent: inside.value.code }),
    ...figureFilters(),
    ...(by.value === "" ? {} : { by: by.value }),
    ...ofDay.value,
  }));

  /** Show what lies in a district, or go back to one of the path: null for all. */
  function enter(place: Place | null): void {
    const known = path.value.findIndex(({ code }) => code === place?.code);
    if (place === null) path.value = [];
    else path.value = known < 0 ? [...path.value, place] : path.value.slice(0, known + 1);
    level.value = place === null ? "county" : (levelBelow(place) ?? level.value);
  }
  // A level that was chosen by hand stands for all of them, unless it lies in what was opened.
  watch(level, (now) => {
    if (inside.value !== undefined && !isBelow(now, inside.value)) path.value = [];
  });

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

  return {
    level,
    by,
    asOf,
    bordersOn,
    ofDay,
    order,
    path,
    enter,
    table,
    moved,
    query,
    wrong,
    look,
  };
}
