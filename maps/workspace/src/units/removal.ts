/** Something that is deleted when a person has said yes: for one tab. */
import { ref, type ShallowRef, shallowRef } from "vue";
import { inWords, tell } from "../state/notices";
import { t } from "../words";

export function removal<Row>(
  nameOf: (row: Row) => string,
  remove: (row: Row) => Promise<unknown>,
  done: () => void,
) {
  const removed: ShallowRef<Row | null> = shallowRef(null);
  const refused = ref("");
  const busy = ref(false);
  function askFor(row: Row | null): void {
    refused.value = "";
    removed.value = row;
  }
  async function go(): Promise<void> {
    const row = removed.value;
    if (row === null) return;
    busy.value = true;
    try {
      await remove(row);
      removed.value = null;
      tell(t("units.removed", { name: nameOf(row) }), "good");
      done();
    } catch (error) {
      refused.value = inWords(error);
    } finally {
      busy.value = false;
    }
  }
  return { removed, refused, busy, askFor, go };
}
