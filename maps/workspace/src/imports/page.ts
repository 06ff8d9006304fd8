import type { PageDefinition } from "../shell/pages";

/** 导入: a file of plots is dropped, looked at row by row, settled and committed, or left. */
export const page = {
  name: "imports",
  title: ["导入", "Imports"],
  icon: "M12 3.5v11M7.5 10 12 14.5 16.5 10M4.5 15.5v4.5h15v-4.5",
  roles: ["planner"],
  shortcut: "4",
  layout: "beside",
  takesFiles: true,
  words: () => import("./words"),
  component: () => import("./ImportsPage.vue"),
} satisfies PageDefinition;
