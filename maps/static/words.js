"use strict";
// Every word of the page that no user wrote, Chinese first.
var luotu = { language: "zh" };

luotu.words = {
  language: ["English", "中文"],
  print: ["打印", "Print"],
  print_hint: ["A4 横向打印版式", "A4 landscape layout"],
  scope: ["范围", "Scope"],
  as_of: ["数据时间", "Data as of"],
  compared: ["对比时间", "compared with"],
  source: ["数据来源", "Source"],
  vintage: ["行政区划界线版本", "Boundary vintage"],
  expires: ["有效期至", "Valid until"],
  expired: [
    "本图已过有效期，请向提供单位索取新图。",
    "This map is past its date. Ask its maker for a new one."
  ],
  draft: ["示意图，未经审图", "Sketch map, not reviewed by the map authority"],
  approval: ["审图号", "Map approval number"],
  invented: ["虚构示例", "Invented example"],
  invented_long: ["虚构示例：图斑与数字均为编造", "Invented example: plots and figures are made up"],
  precision: [
    "图形按 {0} 级放大简化，偏差不超过半个像素（约 {1} 米），仅供查看，面积不由此图量算",
    "Shapes are simplified for zoom {0}, within half a pixel (about {1} m): for looking, not for measuring"
  ],
  theme: ["指标", "Figure"],
  level: ["层级", "Level"],
  search: ["搜索名称或编号", "Search a name or number"],
  search_none: ["没有找到", "Nothing found"],
  search_more: ["只列前 {0} 个，请写得更全", "The first {0} only: write more of it"],
  more_plots: ["此处共 {1} 块图斑，列出 {0} 块", "{0} of {1} plots here"],
  legend: ["图例", "Legend"],
  legend_rule: ["每级含下限、不含上限；括号内为个数", "Each class holds its lower bound, not its upper; in brackets how many"],
  no_data: ["无数据", "no data"],
  layers: ["图层", "Layers"],
  layer_districts: ["行政区", "Districts"],
  layer_names: ["地名", "Names"],
  layer_plots: ["图斑", "Plots"],
  whole: ["全图", "Whole map"],
  list: ["排名", "Ranking"],
  list_cut: ["仅列前 {0} 个，其余请搜索", "Only the first {0}; search for the others"],
  go_to: ["缩放到", "Go to"],
  by_value: ["按数值", "by figure"],
  by_name: ["按名称", "by name"],
  notes: ["说明", "Notes"],
  district: ["行政区", "District"],
  code: ["代码", "Code"],
  parent: ["上级", "Part of"],
  coverage: ["覆盖率", "Coverage"],
  green_m2: ["绿化面积", "Green area"],
  district_m2: ["行政区面积", "District area"],
  sum_m2: ["图斑面积合计", "Sum of plots"],
  overlap_m2: ["重复面积（只计一次）", "Overlap (counted once)"],
  plot_count: ["图斑数", "Plots"],
  not_complete: ["下级数据不全，合计偏小", "Children are missing: the sum is too small"],
  no_shape: ["没有边界，图上不显示", "No boundary: not on the map"],
  plot: ["图斑", "Plot"],
  no_name: ["（未命名）", "(no name)"],
  area_m2: ["面积", "Area"],
  cell: ["此处图斑", "Plots here"],
  cell_hint: ["点击放大", "Click to zoom in"],
  cell_last: ["单块图斑未随图，请按区县另存", "Single plots are not in this file: make one for each county"],
  cluster_legend: ["一片图斑：数字为块数，圆环为各色块数比例", "Plots nearby: how many, and the share of each colour"],
  zoom_in: ["放大后显示每一块图斑", "Zoom in to see each plot"],
  no_plots: ["没有图斑", "No plots"],
  shown: ["当前显示", "Shown"],
  plots_unit: ["{0} 块", "{0} plots"],
  stage_sum: ["{0}：{1}，{2}", "{0}: {1}, {2}"],
  colour_by: ["着色", "Colour by"],
  all: ["全部", "All"],
  filter: ["筛选", "Filter"],
  planned: ["计划", "Planned"],
  done: ["完成", "Done"],
  share: ["完成率", "Share"],
  planned_unreviewed: ["计划（未审核）", "Planned (not approved)"],
  done_unreviewed: ["完成（未审核）", "Done (not approved)"],
  beside: ["计划与完成", "Planned beside done"],
  beside_by: ["分组", "By"],
  beside_unreviewed: [
    "计划、完成、完成率只计已审核的；未审核的另列，正在修改的图斑按新版本列在其中",
    "Planned, done and share count approved plots only; the others stand apart, plots under change as they are now"
  ],
  beside_rule: [
    "按图斑面积相加，重叠部分未扣除；完成 = 已造林 + 验收合格；随筛选变化，不随阶段勾选变化",
    "Plot areas added up, overlaps included; done = planted + accepted; follows the filters, not the stage boxes"
  ],
  unknown: ["未填", "not given"],
  comma: ["，", ", "],
  north: ["北", "N"],
  close: ["关闭", "Close"],
  mu: ["亩", "mu"],
  ha: ["公顷", "ha"],
  zoom_in_title: ["放大", "Zoom in"],
  zoom_out_title: ["缩小", "Zoom out"],
  full_screen: ["全屏", "Full screen"],
  full_screen_exit: ["退出全屏", "Leave full screen"]
};

luotu.say = function (key) {
  var text = luotu.pick(luotu.words[key]);
  for (var i = 1; i < arguments.length; i += 1) {
    text = text.split("{" + (i - 1) + "}").join(arguments[i]);
  }
  return text;
};

// A pair is [Chinese, English].
luotu.pick = function (pair) {
  return luotu.language === "zh" ? pair[0] : pair[1];
};
