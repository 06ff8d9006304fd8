/** The tree of districts, asked for once and told by name. */
import { computed, reactive, shallowRef } from "vue";
import { api, ask, type District } from "../api/client";
import { t } from "../words";

export type Named = Pick<District["properties"], "code" | "name" | "level" | "parent">;

const known = shallowRef<Named[]>([]);
let asked = false;

const LEVELS = ["province", "city", "county"] as const;

/** Provinces, cities and counties of the account's ground; empty until they have come. */
export function districts(): Named[] {
  if (!asked) {
    asked = true;
    Promise.all(
      LEVELS.map((level) =>
        ask(api.GET("/api/districts", { params: { query: { level, geometry: false } } })),
      ),
    )
      .then((tables) => {
        known.value = tables.flatMap((one) => one.features.map((each) => each.properties));
      })
      .catch(() => (asked = false));
  }
  return known.value;
}

const byCode = computed(() => new Map(known.value.map((one) => [one.code, one])));

const AGAIN_MS = 30_000;
const SMALL = { 9: "town", 12: "village" } as const;
/** Towns and villages by county, each list asked for when one of it is to be named or chosen. */
const below = reactive(new Map<string, Named[]>());

/** Towns or villages of a county in the order of their codes; empty until they have come, or where none are known. */
export function placesOf(county: string, digits: 9 | 12): Named[] {
  const key = `${county} ${digits}`;
  const there = below.get(key);
  if (there !== undefined) return there;
  // Not within what is drawn now: a first look marks the list as asked for.
  queueMicrotask(() => void askPlaces(county, digits));
  return [];
}

async function askPlaces(county: string, digits: 9 | 12): Promise<void> {
  const key = `${county} ${digits}`;
  if (below.has(key)) return;
  below.set(key, []);
  const query = { level: SMALL[digits], parent: county, geometry: false };
  try {
    const { features } = await ask(api.GET("/api/districts", { params: { query } }));
    below.set(
      key,
      features.map((one) => one.properties),
    );
  } catch {
    // Whoever looks on asks again as soon as the list is not there: without a pause, for ever.
    setTimeout(() => below.delete(key), AGAIN_MS);
  }
}

/** The name of a district, down to the village; its code where the name is not known. */
export function districtName(code: string): string {
  districts();
  if (code.length === 9 || code.length === 12)
    return placesOf(code.slice(0, 6), code.length).find((one) => one.code === code)?.name ?? code;
  return byCode.value.get(code)?.name ?? code;
}

/** The names of some districts, one after the other. */
export const districtNames = (codes: readonly string[]): string =>
  codes.map(districtName).join(t("shell.between"));
