/** The dialogs that lie over the page, the uppermost last: what is said in passing is said there. */
import { shallowReactive } from "vue";

export const modals = shallowReactive<symbol[]>([]);
