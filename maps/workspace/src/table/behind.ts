/** The district or reporting area whose figure the table shows the plots of; null: the table shows what is filtered. */
import { ref } from "vue";
import type { OfDay } from "../coverage/rows";
import type { FigureFilters } from "../map/coverage-of-map";

export type Behind = {
  code: string;
  /** Set for a reporting area. */
  level?: "area";
  name: string;
  kind: string | null;
  /** What else narrowed the figure. */
  filters: FigureFilters & OfDay;
};

export const behind = ref<Behind | null>(null);
