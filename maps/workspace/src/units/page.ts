import type { PageDefinition } from "../shell/pages";

/** 单位、岗位、统计片区: who carries work out, who has which post, and ground that gets figures. */
export const page = {
  name: "units",
  title: ["单位与片区", "Units and areas"],
  icon: "M4 20V9l8-5 8 5v11M4 20h16M9 20v-6h6v6M8 11h.01M16 11h.01",
  roles: ["gis", "admin"],
  shortcut: "8",
  layout: "whole",
  words: () => import("./words"),
  component: () => import("./UnitsPage.vue"),
} satisfies PageDefinition;
