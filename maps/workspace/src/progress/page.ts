import type { PageDefinition } from "../shell/pages";

/** 进度: targets with what is reported, on the map and accepted; down to plots; what moved. */
export const page = {
  name: "progress",
  title: ["进度", "Progress"],
  icon: "M4 20h16M6 16v-4M11 16V6M16 16v-7M4 20V4",
  roles: null,
  shortcut: "7",
  layout: "whole",
  words: () => import("./words"),
  component: () => import("./ProgressRoom.vue"),
} satisfies PageDefinition;
