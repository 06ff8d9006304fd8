/** The big view of the tables: over the whole window, its rows as ever, or so close that a page of 50 is seen at once. */
import { ref, watch } from "vue";
import { address } from "../state/address";

const KEPT_AS = "luotu.compact_rows";

export const wholeWindow = ref(false);
export const compactRows = ref(localStorage.getItem(KEPT_AS) === "yes");

watch(compactRows, (yes) => localStorage.setItem(KEPT_AS, yes ? "yes" : "no"));
// What was opened out of the table is to be seen, and so is the map that it lies on.
watch(
  () => [address.plot, address.page, address.drawer],
  () => (wholeWindow.value = false),
);
