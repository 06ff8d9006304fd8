/** The tree of districts, asked for once and told by name. */
import { computed, shallowRef } from "vue";
import { api, ask, type District } from "../api/client";
import { language } from "../words";

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

/** The name of a district; its code where the name is not known. */
export function districtName(code: string): string {
  districts();
  return byCode.value.get(code)?.name ?? code;
}

/** The names of some districts, one after the other. */
export const districtNames = (codes: readonly string[]): string =>
  codes.map(districtName).join(language() === "zh" ? "、" : ", ");
