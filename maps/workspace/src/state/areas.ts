/** Reporting areas, asked for when a form offers them. */
import { ref } from "vue";
import { api, ask } from "../api/client";
import { everyPage } from "../api/pages";
import type { components } from "../schema";
import { tellError } from "./notices";

export type Area = components["schemas"]["AreaOut"];

const MOST = 1_000;

/** Every area that the account sees, by code. */
export async function everyArea(): Promise<Area[]> {
  const pages = await everyPage((cursor) =>
    ask(api.GET("/api/areas", { params: { query: { limit: MOST, ...cursor } } })),
  );
  return pages.flatMap((page) => page.features);
}

export const areas = ref<Area[]>([]);

/** Ask for them anew; those of before stay where no answer comes. */
export async function lookForAreas(): Promise<void> {
  try {
    areas.value = await everyArea();
  } catch (error) {
    tellError(error);
  }
}
