/** The district whose figure the table shows the plots of; null: the table shows what is filtered. */
import { ref } from "vue";
import type { FigureFilters } from "../map/coverage-of-map";

export type Behind = {
  code: string;
  name: string;
  kind: string | null;
  /** What else narrowed the figure. */
  filters: FigureFilters;
};

export const behind = ref<Behind | null>(null);
