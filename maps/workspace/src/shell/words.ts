import type { Pairs } from "../words";

export const shell = {
  name: ["落图", "Luotu"],
  other_language: ["English", "中文"],
  layers: ["图层", "Layers"],
  help: ["帮助", "Help"],
  close: ["关闭", "Close"],
  panel: ["侧栏", "Side panel"],
  tables: ["表格", "Tables"],
  table: { plots: ["图斑表", "Plots"], coverage: ["覆盖率表", "Coverage"] },
  taller: ["大表格", "Large table"],
  more: ["更多", "More"],
  coverage_map: ["覆盖率地图", "Coverage map"],
  afforestation_map: ["造林落图", "Afforestation map"],
  plots_file: ["图斑 shapefile", "Plots as shapefile"],
  coverage_file: ["覆盖率表 CSV", "Coverage as CSV"],
  api_page: ["接口说明", "API page"],
  demo: ["虚构示例 · 示意图，未经审图", "Invented example · sketch map, not reviewed"],
  away: [
    "连不上服务器。您的改动留在本机，恢复后会自动保存。",
    "The service cannot be reached. Your changes stay in this browser and are saved when it is back.",
  ],
  unexpected: [
    "页面出错（{what}）。请刷新页面；未保存的改动不会丢失。",
    "The page failed ({what}). Reload it: changes that are not saved are kept.",
  ],
  colon: ["：", ": "],
  comma: ["，", ", "],
  loading: ["正在载入…", "Loading…"],
} as const satisfies Pairs;
