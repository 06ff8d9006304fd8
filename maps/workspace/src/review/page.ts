import type { PageDefinition } from "../shell/pages";

/** 审核: what waits for an inspector, one card at a time, beside the map. */
export const page = {
  name: "review",
  title: ["审核", "Review"],
  icon: "M4.5 4.5h15v15h-15zM8 12l3 3 5.5-6.5",
  roles: ["inspector"],
  shortcut: "5",
  layout: "beside",
  words: () => import("./words"),
  component: () => import("./ReviewDesk.vue"),
} satisfies PageDefinition;
