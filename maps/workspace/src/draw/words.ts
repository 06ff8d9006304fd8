import type { Pairs } from "../words";

export const draw = {
  all_saved: ["全部改动已保存。", "All changes are saved."],
  unsaved: ["未保存 {n}", "{n} unsaved"],
  step: {
    discard: ["放弃改动", "discarding the changes"],
    attributes: ["修改属性", "changing attributes"],
  },
} as const satisfies Pairs;
