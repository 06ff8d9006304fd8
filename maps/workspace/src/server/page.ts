import type { PageDefinition } from "../shell/pages";

/** 管理: how the installation is, for its administrators. */
export const page = {
  name: "server",
  title: ["管理", "Server"],
  icon: "M4 5h16v6H4zM4 13h16v6H4zM7 8h2M7 16h2M13 8h4M13 16h4",
  roles: ["admin"],
  shortcut: "W",
  layout: "whole",
  words: () => import("./words"),
  component: () => import("./ServerPage.vue"),
} satisfies PageDefinition;
