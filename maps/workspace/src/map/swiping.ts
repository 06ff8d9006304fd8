/** Two versions of a plot that are compared by a swipe. */
import { reactive } from "vue";
import type { MultiPolygon } from "../geometry/shapes";

export const swiping = reactive({
  /** The plot, whose own drawing on the map is taken away meanwhile. */
  id: null as number | null,
  before: null as MultiPolygon | null,
  after: null as MultiPolygon | null,
  /** Share of the map's width that shows the version before. */
  at: 0.5,
});

export function stopSwiping(): void {
  swiping.id = null;
  swiping.before = null;
  swiping.after = null;
}
