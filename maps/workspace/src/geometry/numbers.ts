/** Figures as people read them. */
import { M2_PER_HA, M2_PER_MU } from "./measure";

const digits = (value: number, least: number) =>
  value.toLocaleString("en-US", { minimumFractionDigits: least, maximumFractionDigits: least });

/** 亩, with as many digits as tell plots apart. */
export const inMu = (m2: number): string =>
  digits(m2 / M2_PER_MU, Math.abs(m2) < 6_670_000 ? 2 : 1);
export const inHa = (m2: number): string => digits(m2 / M2_PER_HA, Math.abs(m2) < 1e7 ? 4 : 2);
export const inKm2 = (m2: number): string => digits(m2 / 1e6, 2);
/** A length: metres, or kilometres from ten of them on. */
export const inMetres = (m: number): string =>
  m < 10_000 ? `${digits(m, 1)} m` : `${digits(m / 1000, 3)} km`;
/** A ratio as a percentage, never clamped. */
export const inPercent = (ratio: number, places = 2): string => `${digits(ratio * 100, places)} %`;
