import type { PageDefinition } from "../shell/pages";

/** 图层: what the map shows: colours, versions, zones, base maps. */
export const page = {
  name: "layers",
  title: ["图层", "Layers"],
  icon: "M12 3.5 3 8l9 4.5L21 8zM3 12l9 4.5 9-4.5M3 16l9 4.5 9-4.5",
  roles: null,
  shortcut: "3",
  layout: "beside",
  early: true,
  words: () => import("./words"),
  component: () => import("./LayersPanel.vue"),
} satisfies PageDefinition;
