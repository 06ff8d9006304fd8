/** The big view of the tables: over the whole window, its rows close together until somebody wants them apart. */
import { ref, watch } from "vue";
import { address } from "../state/address";

const KEPT_AS = "luotu.roomy_rows";

export const wholeWindow = ref(false);
export const roomyRows = ref(localStorage.getItem(KEPT_AS) === "yes");

watch(roomyRows, (yes) => localStorage.setItem(KEPT_AS, yes ? "yes" : "no"));
// What was opened out of the table is to be seen, and so is the map that it lies on.
watch(
  () => [address.plot, address.page, address.drawer],
  () => (wholeWindow.value = false),
);
