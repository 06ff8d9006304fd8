/** The base maps that an administrator has set. */
import { computed, shallowRef } from "vue";
import { api, ask } from "../api/client";
import type { components } from "../schema";
import { address } from "./address";
import { tellError } from "./notices";

export type Basemap = components["schemas"]["Basemap"];
export const basemaps = shallowRef<Basemap[]>([]);

/** The one that is chosen; none by default, and where the address names one that is not there. */
export const chosenBasemap = computed(
  () => basemaps.value.find((one) => one.label === address.basemap) ?? null,
);

export async function askBasemaps(): Promise<void> {
  try {
    basemaps.value = (await ask(api.GET("/api/basemaps"))).basemaps;
  } catch (error) {
    tellError(error);
  }
}
