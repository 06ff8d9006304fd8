import type { Pairs } from "../words";

export const coverage = {
  title: ["覆盖率表", "Coverage"],
} as const satisfies Pairs;
