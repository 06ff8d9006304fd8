/** Filters that somebody uses again and again, in this browser, by account. */
import { ref, watch } from "vue";
import { address, type Filters } from "../state/address";
import { session } from "../state/session";
import type { Sort } from "./asked";

export type KeptFilters = { name: string; filters: Filters; sort: Sort | null };

export const keptFilters = ref<KeptFilters[]>([]);
const MOST = 30;
const place = (): string => `luotu.filters.${session.me?.name ?? ""}`;

watch(
  () => session.me?.name,
  () => {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(place()) ?? "[]");
      keptFilters.value = Array.isArray(found) ? (found as KeptFilters[]) : [];
    } catch {
      keptFilters.value = [];
    }
  },
  { immediate: true },
);

function write(all: KeptFilters[]): void {
  keptFilters.value = all;
  localStorage.setItem(place(), JSON.stringify(all));
}

/** Keep what is filtered now under a name; an older one of that name goes. */
export function keepFilters(name: string, sort: Sort | null): void {
  const others = keptFilters.value.filter((one) => one.name !== name);
  write([...others, { name, filters: { ...address.filters }, sort }].slice(-MOST));
}

export function forgetFilters(name: string): void {
  write(keptFilters.value.filter((one) => one.name !== name));
}
