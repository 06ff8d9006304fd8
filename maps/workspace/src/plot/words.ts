import type { Pairs } from "../words";

export const plot = {
  title: ["图斑", "Plot"],
  none: [
    "在地图上点一个图斑，或从待办中选一个。",
    "Click a plot on the map, or choose one from your work.",
  ],
} as const satisfies Pairs;
