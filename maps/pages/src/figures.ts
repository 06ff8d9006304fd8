/** Figures as a person reads them, in the language that is spoken. 1 mu is 2000 / 3 m². */
import { say, spoken } from "./language";

const M2_PER_HA = 10_000;
const BEIJING_MS = 8 * 3_600_000;

/** Thousands apart, with at most that many decimals. */
export function decimal(value: number, maxDigits: number): string {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: 0,
    maximumFractionDigits: maxDigits,
  });
}

export const whole = (value: number): string => decimal(value, 0);

/** A count in few letters, for a bubble. */
export function short(count: number): string {
  if (count < 10_000) return String(count);
  if (spoken() === "en") return `${decimal(count / 1000, 0)}k`;
  return `${decimal(count / 10_000, count < 100_000 ? 1 : 0)}万`;
}

export function mu(area_m2: number): string {
  const area_mu = (area_m2 * 3) / 2000;
  if (spoken() === "zh" && area_mu >= 100_000) return `${decimal(area_mu / 10_000, 2)} 万亩`;
  return `${decimal(area_mu, area_mu < 1 ? 3 : area_mu < 1000 ? 1 : 0)} ${say("mu")}`;
}

export function ha(area_m2: number): string {
  const area_ha = area_m2 / M2_PER_HA;
  return `${decimal(area_ha, area_ha < 1 ? 4 : area_ha < 1000 ? 2 : 0)} ${say("ha")}`;
}

/** An area in both units; null is no data. */
export function area(area_m2: number | null): string {
  if (area_m2 === null) return say("no_data");
  return spoken() === "zh" ? `${mu(area_m2)}（${ha(area_m2)}）` : `${ha(area_m2)} (${mu(area_m2)})`;
}

/** A ratio as a percentage; null is no data. */
export function percent(ratio: number | null): string {
  if (ratio === null) return say("no_data");
  const value = 100 * ratio;
  const digits = value === 0 ? 0 : value < 0.1 ? 4 : value < 10 ? 2 : 1;
  return `${decimal(value, digits)} %`;
}

/** A difference of two ratios in percentage points; null is no data. */
export function points(difference: number | null): string {
  if (difference === null) return say("no_data");
  const size = Math.abs(100 * difference);
  const sign = difference > 0 ? "+" : difference < 0 ? "−" : "";
  const digits = size === 0 ? 0 : size < 0.1 ? 4 : 2;
  return `${sign}${decimal(size, digits)}${spoken() === "zh" ? " 个百分点" : " points"}`;
}

export const km = (length_m: number): string =>
  `${decimal(length_m / 1000, length_m < 100_000 ? 1 : 0)} km`;

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** Hours and minutes of a minute of the day, 485 is 08:05; after midnight it begins anew. */
export const clock = (minute: number): string =>
  `${twoDigits(Math.floor(minute / 60) % 24)}:${twoDigits(Math.round(minute) % 60)}`;

/** Today in Beijing as ISO 8601, whatever time zone this machine is set to. */
export const today = (): string => new Date(Date.now() + BEIJING_MS).toISOString().slice(0, 10);
