import type { Pairs } from "../words";

export const words = {
  colour_by: ["图斑着色", "Colour plots by"],
  version: ["显示的版本", "Which version"],
  working: ["最新（含草稿）", "Newest, drafts too"],
  approved: ["最后审核通过的", "Last approved"],
  zones: ["显示巡护责任区", "Show patrol zones"],
  areas: ["显示统计片区", "Show reporting areas"],
  control: ["控制线与参考图层", "Control lines and layers"],
  opacity: ["不透明度", "Opacity"],
  since: ["{day} 起，{n} 处", "since {day}, {n} feature | since {day}, {n} features"],
  role: {
    block: ["禁止造林绿化", "nothing may be planted"],
    warn: ["提示核对", "warns"],
    info: ["仅供参考", "for information"],
    report: ["列入报告", "is reported"],
    base: ["仅显示", "only shown"],
  },
  basemap: ["底图", "Base map"],
  basemap_none: ["无", "None"],
  from_zoom: ["放大到 {n} 级后显示", "shown from zoom {n} on"],
  no_basemap: [
    "未设置底图。管理员可在设置中加入天地图、WMTS 或本地影像。",
    "No base map is set. An administrator can set Tianditu, a WMTS or local imagery.",
  ],
} as const satisfies Pairs;
