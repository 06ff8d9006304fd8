/** Where the map begins: where this account left off, on its districts, or where plots are. */
import { api, ask } from "../api/client";
import { boundsOf } from "../geometry/bounds";
import { asMulti } from "../geometry/shapes";
import { session } from "../state/session";
import type { Place } from "./way";
import type { Extent } from "./stage";

/** Districts of an account that are looked up; whoever has more sees the first of them. */
const DISTRICTS_AT_MOST = 20;

const shelf = (): string => `luotu.place.${session.me?.name ?? ""}`;

/** Keep the view for the next time. */
export function leaveAt(place: Place): void {
  localStorage.setItem(shelf(), JSON.stringify(place));
}

/** The view of the last time in this browser; null when there was none. */
export function leftAt(): Place | null {
  try {
    const { lon, lat, zoom } = JSON.parse(localStorage.getItem(shelf()) ?? "{}") as Partial<Place>;
    if (![lon, lat, zoom].every(Number.isFinite)) return null;
    return { lon, lat, zoom } as Place;
  } catch {
    return null;
  }
}

/** Bounds of the account's districts; of the county of the newest plot for whom all are open. */
export async function homeOf(codes: readonly string[]): Promise<Extent | null> {
  const some = codes.length > 0 ? codes.slice(0, DISTRICTS_AT_MOST) : await newestCounty();
  const boxes = (await Promise.all(some.map(boundsOfDistrict))).filter((one) => one !== null);
  if (boxes.length === 0) return null;
  const least = (n: 0 | 1): number => Math.min(...boxes.map((one) => one[n]));
  const most = (n: 2 | 3): number => Math.max(...boxes.map((one) => one[n]));
  return [least(0), least(1), most(2), most(3)];
}

async function newestCounty(): Promise<string[]> {
  const query = { limit: 1, sort: "-changed_at" as const };
  const { features } = await ask(api.GET("/api/plots", { params: { query } }));
  return features.map((one) => one.properties.district);
}

async function boundsOfDistrict(code: string): Promise<Extent | null> {
  const params = { path: { code } };
  const { geometry } = await ask(api.GET("/api/districts/{code}", { params }));
  return geometry ? boundsOf(asMulti(geometry)) : null;
}
