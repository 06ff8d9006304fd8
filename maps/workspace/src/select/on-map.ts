/** Plots are chosen on the map, by a box or by a free shape. */
import { ref } from "vue";
import { api, ask } from "../api/client";
import type { Ring } from "../geometry/shapes";
import { onStage } from "../map/stage";
import { address } from "../state/address";
import { tell, tellError } from "../state/notices";
import { shownVersion } from "../state/version";
import { plotQuery, type PlotQuery } from "../table/asked";
import { t } from "../words";
import { type ManyFilter, MOST, ofPlot, tick, tickEverything } from "./chosen";
import type { How } from "./lasso";

/** What is being dragged; null: nothing. */
export const picking = ref<How | null>(null);
/** More than these are not ticked one by one. */
const SINGLY = 500;

/** Let a hand drag over the map, and tick what lies there among what the map shows. */
export async function pick(how: How): Promise<void> {
  if (picking.value !== null) return;
  picking.value = how;
  try {
    const ring = await new Promise<Ring | null>((resolve) =>
      onStage((stage) => void stage.drag(how).then(resolve)),
    );
    if (ring !== null && ring.length > 3) await take(how, ring);
  } catch (error) {
    tellError(error);
  } finally {
    picking.value = null;
  }
}

async function take(how: How, ring: Ring): Promise<void> {
  const shown = plotQuery(address.filters, shownVersion.value);
  const there = how === "box" ? { bbox: boxOf(ring) } : { filter: within(ring) };
  const query = { ...shown, ...there };
  const page = await ask(api.GET("/api/plots", { params: { query: { ...query, limit: SINGLY } } }));
  const { numberMatched: count, sum_m2 } = page;
  if (count === 0) tell(t("shell.pick.nothing"));
  else if (count <= SINGLY) tick(page.features.map(ofPlot), true);
  else if (count <= MOST) tickEverything({ filter: asFilter(query), count, sum_m2 });
  else tell(t("shell.pick.too_many", { n: count, most: MOST }), "bad");
}

/** A query of the list as the filter of a request that acts on many. */
export function asFilter(query: PlotQuery): ManyFilter {
  const { filter, ...plain } = query;
  // Many at once always mean the newest versions.
  Reflect.deleteProperty(plain, "version");
  return { ...plain, ...(filter ? { cql2: filter } : {}) } as ManyFilter;
}

function boxOf(ring: Ring): string {
  const lon = ring.map((at) => at[0]);
  const lat = ring.map((at) => at[1]);
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)]
    .map((one) => one.toFixed(7))
    .join(",");
}

function within(ring: Ring): string {
  const corners = ring.map(([lon, lat]) => `${lon.toFixed(7)} ${lat.toFixed(7)}`).join(", ");
  return `S_INTERSECTS(geometry, POLYGON((${corners})))`;
}
