import type { PageDefinition } from "../shell/pages";

/** 台账: the registers, their records with steps, files and links; letters and posts get their tabs here. */
export const page = {
  name: "registers",
  title: ["台账", "Registers"],
  icon: "M6 4h12v16H6zM6 8h12M9 12h6M9 16h6M4 7h3M4 12h3M4 17h3",
  roles: null,
  shortcut: "9",
  layout: "whole",
  words: () => import("./words"),
  component: () => import("./RegistersPage.vue"),
} satisfies PageDefinition;
