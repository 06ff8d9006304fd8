/** The figure of a district that colours it, in words. */
import type { Band, DistrictsData, Theme } from "../data";
import { percent, points, whole } from "../figures";
import { pick, say } from "../language";
import { item, own } from "../lists";

/** The class of a district; null where it has no figure. */
export function bandOf(theme: Theme, districts: DistrictsData, district: number): Band | null {
  const place = item(theme.place, district);
  if (place < 0) return null;
  return item(bandsOf(theme, item(districts.level, district)), place);
}

export const bandsOf = (theme: Theme, level: string): readonly Band[] =>
  own(theme.bands, level) ?? [];

/** The figure of a district as a person reads it. */
export function valueOf(theme: Theme, districts: DistrictsData, district: number): string {
  const value = item(theme.values, district);
  if (theme.unit !== "state") return theme.unit === "ratio" ? percent(value) : points(value);
  const band = bandOf(theme, districts, district);
  if (band === null) return pick(theme.none);
  const words = pick(band.label);
  // The value is for how many days the zone is overdue.
  return value !== null && value > 0 ? words + say("comma") + say("days", whole(value)) : words;
}
