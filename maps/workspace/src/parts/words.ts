import type { Pairs } from "../words";

export const parts = {
  cancel: ["取消", "Cancel"],
  sort_by: ["按{column}排序", "Sort by {column}"],
  again: ["重试", "Try again"],
  refresh: ["刷新", "Look again"],
  edit: ["修改", "Edit"],
  remove: ["删除", "Delete"],
  removing: ["删除 {name}", "Delete {name}"],
  removed: ["已删除 {name}", "{name} was deleted"],
  tick: ["选中 {name}", "Choose {name}"],
  tick_all: ["选中本页全部", "Choose all on this page"],
  page: ["第 {from}–{to} 个", "{from}–{to}"],
  earlier: ["上一页", "Previous"],
  later: ["下一页", "Next"],
  choose: ["请选择", "Choose"],
  no_match: ["没有匹配项", "Nothing matches"],
  year_wrong: ["年度应在 {min} 到 {max} 之间。", "The year lies between {min} and {max}."],
  digits_wrong: ["应为 {n} 位数字。", "{n} digits are wanted."],
  number_wrong: ["应为不小于 0 的数。", "A number of 0 or more is wanted."],
} as const satisfies Pairs;
