import type { PageDefinition } from "../shell/pages";

/** 图斑: the plot that is looked at, beside the map that it was chosen on. */
export const page = {
  name: "plots",
  title: ["图斑", "Plot"],
  icon: "M4.5 8.5 12 4l8 5-2.5 9.5-10.5 1zM12 4l-1 9 6.5 5.5M11 13 4.5 8.5",
  roles: null,
  shortcut: "2",
  layout: "beside",
  early: true,
  words: null,
  component: () => import("./PlotPanel.vue"),
} satisfies PageDefinition;
