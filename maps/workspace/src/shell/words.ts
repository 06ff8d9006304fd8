import type { Pairs } from "../words";

export const shell = {
  name: ["落图", "Luotu"],
  other_language: ["English", "中文"],
  jobs: ["后台任务", "Jobs"],
  close: ["关闭", "Close"],
  pages: ["页面", "Pages"],
  panel: ["侧栏", "Side panel"],
  no_such_page: [
    "没有“{page}”这一页，或您的角色看不到它；已打开您的第一页。",
    "There is no page “{page}”, or your role does not see it: your first page is shown.",
  ],
  no_files: [
    "您的角色不能导入文件；请交给规划员或 GIS 人员。",
    "Your role imports no files: hand it to a planner or to GIS staff.",
  ],
  tables: ["表格", "Tables"],
  table: { plots: ["图斑表", "Plots"], coverage: ["覆盖率表", "Coverage"] },
  search: ["搜索", "Search"],
  pick: {
    box: ["框选", "Box"],
    lasso: ["圈选", "Lasso"],
    box_hint: ["在地图上拖出方框选图斑，Esc 取消", "Drag a box over the plots; Esc gives up"],
    lasso_hint: ["在地图上画圈选图斑，Esc 取消", "Draw around the plots; Esc gives up"],
    nothing: ["所圈范围内没有图斑。", "No plot lies there."],
    too_many: [
      "所圈范围内有 {n} 个图斑，一次最多选 {most} 个，请圈小一些。",
      "{n} plots lie there and {most} are the most: draw it smaller.",
    ],
  },
  taller: ["大表格", "Large table"],
  compact: ["紧凑：小字，一屏看全 50 行", "Compact: small type, 50 rows at once"],
  demo: ["虚构示例 · 示意图，未经审图", "Invented example · sketch map, not reviewed"],
  away: [
    "连不上服务器，没有得到答复。恢复后请再试一次；未保存的改动留在本机。",
    "The service cannot be reached and gave no answer: try again when it is back. Changes that are not saved stay in this browser.",
  ],
  not_confirmed: [
    "有警告尚未确认，没有保存。请改好图形或属性，或再保存一次并确认。",
    "Warnings were not confirmed, so nothing was saved. Change the plot, or save again and confirm them.",
  ],
  unexpected: [
    "页面出错（{what}）。请刷新页面；未保存的改动不会丢失。",
    "The page failed ({what}). Reload it: changes that are not saved are kept.",
  ],
  colon: ["：", ": "],
  between: ["、", ", "],
  semicolon: ["；", "; "],
  aside: ["（{what}）", " ({what})"],
  comma: ["，", ", "],
  loading: ["正在载入…", "Loading…"],
  more: ["另有 {n} 处", "{n} more"],
  newest: ["只列最新 {n} 项", "The newest {n} only"],
} as const satisfies Pairs;
