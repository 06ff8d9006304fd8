import type { Pairs } from "../words";

export const map = {
  title: ["地图", "Map"],
  found_more: ["只列前 {n} 个，请写得更全", "The first {n} only: write more of it"],
  search: ["搜图斑号、名称、行政区", "Search plot number, name, district"],
  found: ["搜索结果", "Results"],
  found_in: {
    districts: ["行政区", "Districts"],
    numbers: [
      "图斑号（相同的在前，再按远近）",
      "Plots by number, the very number first, then the nearest",
    ],
    names: ["名称含这些字，近的在前", "Plots by name, the nearest first"],
  },
  found_nothing: [
    "没有找到。请输入图斑号的开头，或名称、行政区的一部分。",
    "Nothing found. Type the beginning of a plot number, or a part of a name or district.",
  ],
  colour: {
    stage: ["阶段", "Stage"],
    kind: ["造林类型", "Kind"],
    year: ["任务年度", "Year"],
    review: ["审核状态", "Review"],
    coverage: ["覆盖率", "Coverage"],
  },
  zones_many: ["责任区过多，只显示前 {n} 个。", "Too many zones: the first {n} are shown."],
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
  unreviewed: ["虚线边：未审核", "Dotted edge: not approved"],
  square: [
    "这里有 {n} 个图斑，放大后才能逐个点选。",
    "{n} plots are here: zoom in to choose one of them.",
  ],
  squares: ["方格：图斑数量，放大看图斑", "Squares count plots: zoom in"],
  degrees: ["CGCS2000 经纬度", "CGCS2000, degrees"],
  plane: ["国家三度带平面坐标，米", "3° zone, metres"],
  zone: ["三度带 {zone}", "3° zone {zone}"],
  zoom: ["级别 {n}", "Zoom {n}"],
  pins_most: ["最多放 20 个图钉。", "20 pins at most."],
  swipe: ["左右滑动对比两个版本", "Swipe between two versions"],
  before: ["原版本", "Before"],
  after: ["新版本", "After"],
} as const satisfies Pairs;
