import type { Pairs } from "../words";

export const map = {
  title: ["地图", "Map"],
  search: ["搜图斑号、名称、行政区", "Search plot number, name, district"],
  found: ["搜索结果", "Results"],
  found_nothing: [
    "没有找到。试试图斑号的一部分，或行政区名称。",
    "Nothing found. Try a part of the number, or a district.",
  ],
  colour_by: ["图斑着色", "Colour plots by"],
  colour: {
    stage: ["阶段", "Stage"],
    kind: ["造林类型", "Kind"],
    year: ["任务年度", "Year"],
    review: ["审核状态", "Review"],
    coverage: ["覆盖率", "Coverage"],
  },
  version: ["显示的版本", "Which version"],
  working: ["最新（含草稿）", "Newest, drafts too"],
  approved: ["最后审核通过的", "Last approved"],
  basemap: ["底图", "Base map"],
  basemap_none: ["无", "None"],
  no_basemap: [
    "未设置底图。管理员可在设置中加入天地图、WMTS 或本地影像。",
    "No base map is set. An administrator can set Tianditu, a WMTS or local imagery.",
  ],
  stage: {
    planned: ["计划", "Planned"],
    planted: ["已造林", "Planted"],
    accepted: ["验收合格", "Accepted"],
    existing: ["现有", "Existing"],
    cancelled: ["已取消", "Cancelled"],
  },
  review: {
    draft: ["草稿", "Draft"],
    submitted: ["待审核", "Submitted"],
    approved: ["已通过", "Approved"],
    returned: ["已退回", "Returned"],
  },
  and_before: ["{year} 及以前", "{year} and before"],
  nothing: ["没有", "None"],
  above_whole: ["超过 100 %", "Above 100 %"],
  squares: ["方格：图斑数量，放大看图斑", "Squares count plots: zoom in"],
  degrees: ["CGCS2000 经纬度", "CGCS2000, degrees"],
  plane: ["国家三度带平面坐标，米", "3° zone, metres"],
  zone: ["三度带 {zone}", "3° zone {zone}"],
  zoom: ["级别 {n}", "Zoom {n}"],
} as const satisfies Pairs;
