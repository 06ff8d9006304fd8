/** The panel at the left: whether it is open, and whether the page is narrow beside it. */
import { reactive } from "vue";

/** Below this width, as in the style sheets, a card over the map would hide what is drawn. */
const NARROW = matchMedia("(max-width: 1100px)");

/** An office's screen at 200 %: panel and map do not both fit. */
const TINY = matchMedia("(max-width: 760px)");

export const side = reactive({ open: true, narrow: NARROW.matches, tiny: TINY.matches });

NARROW.addEventListener("change", ({ matches }) => (side.narrow = matches));
TINY.addEventListener("change", ({ matches }) => (side.tiny = matches));
