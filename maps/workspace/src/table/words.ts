import type { Pairs } from "../words";

export const table = {
  title: ["图斑表", "Plots"],
} as const satisfies Pairs;
