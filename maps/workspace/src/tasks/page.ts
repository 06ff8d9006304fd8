import type { PageDefinition } from "../shell/pages";

/** 任务: the targets of a plan, typed or pasted, issued and revised, and what is reported on them. */
export const page = {
  name: "tasks",
  title: ["任务", "Tasks"],
  icon: "M5 4h14v16H5zM8 8h8M8 12h8M8 16h5",
  roles: null,
  shortcut: "6",
  layout: "whole",
  words: () => import("./words"),
  component: () => import("./TasksPage.vue"),
} satisfies PageDefinition;
