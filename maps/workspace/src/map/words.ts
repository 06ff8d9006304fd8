import type { Pairs } from "../words";

export const map = {
  title: ["地图", "Map"],
} as const satisfies Pairs;
