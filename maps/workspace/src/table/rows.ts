/** The plots of the table, page by page: what is filtered, or those behind a figure. */
import { computed, onBeforeUnmount, ref, shallowRef, watch } from "vue";
import { api, ask, type Plot } from "../api/client";
import { afterSave } from "../edits/save";
import { type Extent, onStage } from "../map/stage";
import { address } from "../state/address";
import { inWords } from "../state/notices";
import { plotQuery, type Sort } from "./asked";
import { behind } from "./behind";

const PAGE = 50;
/** "Only what the map shows" follows the map, once it rests for so long. */
const RESTS_MS = 250;

type Page = {
  features: Plot[];
  numberMatched: number;
  next: string | null;
  sum_m2: number;
  numberElsewhere?: number;
};
type Paging = { limit: number; cursor?: string };

/** Ask for rows from now on, anew whenever filters, order or stored plots change; for one component. */
export function plotRows() {
  const page = shallowRef<Page | null>(null);
  const wrong = ref("");
  const sort = ref<Sort | null>(null);
  const onlyView = ref(false);
  /** A part of the name or the beginning of the number. */
  const words = ref("");
  const box = ref<Extent | null>(null);
  /** Cursors of the pages that led here; the first page has none. */
  const trail = ref<Array<string | null>>([null]);
  const first = computed(() => (trail.value.length - 1) * PAGE + 1);
  const query = computed(() => ({
    ...plotQuery(address.filters, address.version, box.value),
    ...(words.value.trim() === "" ? {} : { q: words.value.trim() }),
  }));

  let asking: AbortController | null = null;

  async function look(): Promise<void> {
    asking?.abort();
    const { signal } = (asking = new AbortController());
    const cursor = trail.value[trail.value.length - 1] ?? null;
    const paging = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    try {
      page.value = (await (behind.value
        ? behindPage(paging, signal)
        : filteredPage(paging, signal))) as Page;
      wrong.value = "";
    } catch (error) {
      if (!signal.aborted) wrong.value = inWords(error);
    }
  }

  function filteredPage(paging: Paging, signal: AbortSignal) {
    const order = sort.value === null ? {} : { sort: sort.value };
    const params = { query: { ...query.value, ...paging, ...order } };
    return ask(api.GET("/api/plots", { params, signal }));
  }

  function behindPage(paging: Paging, signal: AbortSignal) {
    const { code, level, filters, kind } = behind.value ?? { code: "", filters: {}, kind: null };
    const some = {
      ...filters,
      ...(kind === null ? {} : { kind: [kind] }),
      ...(level === undefined ? {} : { level }),
    };
    const params = { path: { code }, query: { ...paging, ...some } };
    return ask(api.GET("/api/coverage/{code}/plots", { params, signal }));
  }

  /** From the first page on; asked for once when several things change together. */
  watch(
    [query, sort, behind],
    () => {
      trail.value = [null];
      void look();
    },
    { immediate: true },
  );

  function later(): void {
    const next = page.value?.next;
    if (!next) return;
    trail.value = [...trail.value, new URL(next, location.href).searchParams.get("cursor")];
    void look();
  }
  function earlier(): void {
    trail.value = trail.value.slice(0, -1);
    void look();
  }

  const stored = (): void => void look();
  afterSave.add(stored);
  let resting: ReturnType<typeof setTimeout> | undefined;
  onBeforeUnmount(() => {
    asking?.abort();
    clearTimeout(resting);
    afterSave.delete(stored);
  });
  watch(
    () => [onlyView.value, address.place] as const,
    ([yes]) => {
      clearTimeout(resting);
      if (yes)
        resting = setTimeout(() => onStage((stage) => (box.value = stage.extent())), RESTS_MS);
      else box.value = null;
    },
  );

  return { page, wrong, sort, onlyView, words, trail, first, query, look, later, earlier };
}
