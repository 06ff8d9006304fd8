import type { Pairs } from "../words";

export const words = {
  total: ["合计", "Total"],
  level: ["级别", "Level"],
  levels: {
    province: ["省", "Provinces"],
    city: ["市", "Cities"],
    county: ["县", "Counties"],
    area: ["统计片区", "Areas"],
  },
  year: ["任务年度", "Task year"],
  all_years: ["全部年度", "All years"],
  by: ["分组", "Groups"],
  by_none: ["不分组", "None"],
  by_kind: ["按造林类型", "By kind"],
  by_green_class: ["按绿地大类", "By green class"],
  district: ["行政区", "District"],
  area: ["统计片区", "Area"],
  whole_area: ["片区面积（km²）", "Area (km²)"],
  no_areas: [
    "没有统计片区。请数据管理人员在“单位与片区”页导入。",
    "No reporting areas: GIS staff import them on the page “Units and areas”.",
  ],
  of_areas: [
    "片区数字在查询时按您可见的图斑即时合并计算。",
    "Figures of areas are united when you ask, of the plots that you may see.",
  ],
  green: ["绿化面积（亩）", "Green area (mu)"],
  whole: ["行政区面积（km²）", "District (km²)"],
  rate: ["覆盖率", "Coverage"],
  count: ["图斑数", "Plots"],
  overlap: ["重叠（亩）", "Overlap (mu)"],
  refused: ["不计（亩）", "Refused (mu)"],
  refused_why: [
    "位于禁止造林绿化的控制线内，不计入绿化面积",
    "On control lines where nothing may be planted: not green",
  ],
  outside: [
    "另有 {area} 亩图斑不在任何已知行政区内",
    "{area} mu of plots more lie in no known district",
  ],
  plots: ["图斑", "Plots"],
  show_plots: ["看“{name}”背后的图斑", "The plots behind {name}"],
  on_map: ["在地图上着色", "Colour the map"],
  incomplete: [
    "不完整：部分下级行政区未知或不在您的范围",
    "Incomplete: some of its counties are unknown or not yours",
  ],
  as_of: ["截至 {when}", "As of {when}"],
  as_of_day: ["截至", "As of"],
  as_of_why: [
    "那一天终了时已通过审核的图斑；空着为此刻",
    "What was approved at the end of that day; empty: now",
  ],
  on_map_why: ["地图上始终是现在的数字", "The map has the figures of now"],
  boundary: ["界线：{boundary}", "Boundaries: {boundary}"],
  borders_on: ["按此日界线", "By borders of"],
  borders_on_why: [
    "同样的图斑按那一天的界线计算；空着为现行界线",
    "The same plots by the borders of that day; empty: those of now",
  ],
  borders_moved: ["此后改了归属的地块", "Ground that changed its county since"],
  borders_same: ["此后各县界线没有变更。", "No county's border moved since."],
  ground_moved: [
    "{plots} 个图斑，绿化 {green} 亩，土地 {ground} 亩",
    "{plots} plots, {green} mu green, {ground} mu of ground",
  ],
  no_county: ["不在任何区县内", "no county"],
  pending: [
    "有大批改动正在计入，数字是 {when} 之前的；稍后会自动更新。",
    "A bulk change is being counted: the figures are from before {when} and will move by themselves.",
  ],
  csv: ["下载 CSV", "Download CSV"],
  none: [
    "没有行政区。请管理员先导入行政区界线。",
    "No districts: ask an administrator to import their boundaries.",
  ],
} as const satisfies Pairs;
