import { computed } from "vue";
import { address } from "./address";
import { holds } from "./session";

/** Whether this account sees what nobody approved yet. */
export const seesDrafts = computed(() => holds("planner") || holds("inspector"));

/** The version of plots that is shown: viewers read approved ones, whatever a link says. */
export const shownVersion = computed(() => (seesDrafts.value ? address.version : "approved"));
