import type { Pairs } from "../words";

export const words = {
  returned: ["退回给我的", "Returned to me"],
  drafts: ["我的草稿", "My drafts"],
  waiting: ["等我审核的", "Waiting for my review"],
  disputes: ["面积台账异议", "Disputes of the ledger"],
  orphaned: ["认领对象已不再计入", "Claims whose holder is gone"],
  claim: ["{plot} 对 {holder}", "{plot} on {holder}"],
  both_gone: ["两个图斑都已不在", "both plots are gone"],
  as: {
    replant: ["补植", "Replanting"],
    renewal: ["更新", "Renewal"],
    dispute: ["异议", "Dispute"],
  },
  none: {
    returned: ["没有被退回的图斑。", "Nothing was returned."],
    drafts: [
      "没有草稿。点地图左上角的“画图斑”，画出第一块。",
      "No drafts. Choose “Draw plot” at the top left of the map to draw the first one.",
    ],
    waiting: ["没有等您审核的图斑。", "Nothing waits for you."],
  },
  affected: ["落在“{layer}”上的图斑", "Plots on {layer}"],
  since: ["{day} 起的版本，共占 {area} 亩", "since {day}, {area} mu in all"],
  rechecking: ["（仍在比对）", "(still being compared)"],
  share: ["占图斑 {share}%", "{share}% of the plot"],
  nothing: ["您的角色没有待办事项。", "Nothing waits for your role."],
  oldest: ["显示最早的 {n} 个，共 {count} 个", "The oldest {n} of {count}"],
  because: ["理由：{reason}", "Reason: {reason}"],
  tick_all: ["选中“{list}”全部", "Choose all of “{list}”"],
} as const satisfies Pairs;
