import type { Pairs } from "../words";

export const words = {
  hint: [
    "本系统的磁盘、备份、任务与时钟；最要紧的在前。遇到问题时怎么办，见运维手册（RUNBOOK.md）。",
    "Disks, backups, jobs and clocks of this installation, the gravest first. What to do about them stands in RUNBOOK.md.",
  ],
  again: ["刷新", "Refresh"],
  grade: ["状况", "Verdict"],
  thing: ["项目", "What"],
  state: ["现状", "How it is"],
  nothing: ["没有可显示的项目", "There is nothing to show"],
  grades: { fine: ["正常", "Fine"], look: ["请留意", "Have a look"], act: ["请处理", "Act now"] },
} satisfies Pairs;
