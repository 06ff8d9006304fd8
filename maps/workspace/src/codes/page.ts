import type { PageDefinition } from "../shell/pages";

/** 代码表: the words of plots, and the bureau's own beside the shipped ones. */
export const page = {
  name: "codes",
  title: ["代码表", "Code lists"],
  icon: "M4 5h16v14H4zM4 9.5h16M9 9.5V19M12 13h5M12 16h4",
  roles: ["admin"],
  shortcut: "0",
  layout: "whole",
  words: () => import("./words"),
  component: () => import("./CodesPage.vue"),
} satisfies PageDefinition;
