/** The plot that is looked at. */
import { computed, ref, watch } from "vue";
import { api, ask } from "../api/client";
import { afterRename, anchor, content, keyOf, know } from "../edits/edits";
import { afterSave } from "../edits/save";
import { boundsOf } from "../geometry/bounds";
import { onStage } from "../map/stage";
import { address } from "./address";
import { tellError } from "./notices";
import { session } from "./session";

/** Key of the plot that is looked at (`p12`, or `n…` for one that was drawn here); null: none. */
export const selected = ref<string | null>(null);
/** While it is being asked for. */
export const opening = ref(false);

/** As the service has it (null: not stored yet), and as it stands here (null: deleted). */
export const selectedAnchor = computed(() => (selected.value ? anchor(selected.value) : null));
export const selectedContent = computed(() => (selected.value ? content(selected.value) : null));

/** Look at a plot that this page knows already: on the plot's page, or (`stay`) on the one that is open. */
export function select(key: string | null, stay = false): void {
  opened++;
  opening.value = false;
  selected.value = key;
  address.plot = idOf(key);
  if (key !== null && !stay) address.page = "plots";
}

const idOf = (key: string | null): number | null =>
  key === null ? null : (anchor(key)?.plot.id ?? null);

let opened = 0;

/** Ask for a plot anew and look at it; `fly` brings it into view, `stay` keeps the page that is open. */
export async function openPlot(id: number, fly = false, stay = false): Promise<void> {
  const turn = ++opened;
  opening.value = true;
  try {
    const params = { path: { plot_id: id } };
    const key = know(await ask(api.GET("/api/plots/{plot_id}", { params })));
    // Of two that were asked for one after the other the last is looked at, whichever came first.
    if (turn !== opened) return;
    select(key, stay);
    const shape = content(key)?.geometry;
    if (fly && shape) onStage((stage) => stage.fit(boundsOf(shape)));
  } catch (error) {
    if (address.plot === id) address.plot = idOf(selected.value);
    tellError(error);
  } finally {
    if (turn === opened) opening.value = false;
  }
}

/** Keep the selection and the address together, and open what the address names. */
export function followSelection(): void {
  watch(
    () => [address.plot, session.state, address.place === null] as const,
    ([id, state, nowhere], before) => {
      if (state !== "in") return;
      const here = idOf(selected.value);
      const shape = selectedContent.value?.geometry;
      if (here === id) {
        if (id !== null && nowhere && shape) onStage((stage) => stage.fit(boundsOf(shape)));
        return;
      }
      // The map has told its place, while the plot is still being asked for.
      if (before !== undefined && id === before[0] && state === before[1]) return;
      // The address names the page, too.
      if (id === null) select(null);
      else void openPlot(id, address.place === null, true);
    },
    { immediate: true },
  );
  afterRename.add((from, to) => {
    if (selected.value === from) selected.value = to;
  });
  afterSave.add((key, plot) => {
    if (key !== selected.value) return;
    if (plot === null) select(null);
    else address.plot = plot.id;
  });
}

export { keyOf };
