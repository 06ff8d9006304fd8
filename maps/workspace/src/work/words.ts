import type { Pairs } from "../words";

export const work = {
  title: ["待办", "My work"],
} as const satisfies Pairs;
