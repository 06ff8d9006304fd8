import type { PageDefinition } from "../shell/pages";

/** 待办: what was returned, what waits for review, and one's own drafts. */
export const page = {
  name: "work",
  title: ["待办", "My work"],
  icon: "M5 4.5h14v16H5zM9 3h6v3H9zM8 11l1.4 1.4L12 10M8 16l1.4 1.4L12 15M14.5 11.5H16M14.5 16.5H16",
  roles: ["planner", "inspector"],
  shortcut: "1",
  layout: "beside",
  words: () => import("./words"),
  component: () => import("./WorkList.vue"),
} satisfies PageDefinition;
