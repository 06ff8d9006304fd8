/** The district whose figure the table shows the plots of; null: the table shows what is filtered. */
import { ref } from "vue";

export type Behind = { code: string; name: string; year: number | null; kind: string | null };

export const behind = ref<Behind | null>(null);
