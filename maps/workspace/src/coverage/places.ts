/** Districts one below the other, from the province to the village. */
import { districts } from "../state/districts";
import type { Level } from "./rows";

export type Place = { code: string; name: string; level: string };

/** The level below a district, as 重庆 has counties and no cities; null where there is none. */
export function levelBelow({ code, level }: Place): Level | null {
  if (level === "province") {
    const cities = districts().some((one) => one.level === "city" && one.parent === code);
    return cities ? "city" : "county";
  }
  if (level === "city") return "county";
  if (level === "county") return "town";
  return level === "town" ? "village" : null;
}

const STEPS: readonly string[] = ["province", "city", "county", "town", "village"];

/** Whether districts of a level lie in a place. */
export const isBelow = (level: Level, place: Place): boolean =>
  STEPS.indexOf(level) > STEPS.indexOf(place.level);
