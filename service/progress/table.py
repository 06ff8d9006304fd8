"""Progress as a table: CSV and a workbook, in the words of the reader."""

from collections.abc import Sequence
from typing import Any, Final

from data.writing.csv import as_csv
from data.writing.xlsx import as_xlsx
from gis.messages import Message
from service.progress.answers import Progress
from service.progress.progress_row import COLUMNS, ProgressRow
from service.web.language import localised
from service.web.timestamps import in_words

__all__ = ["HEADINGS", "MOVED", "RATES", "REASONS", "STATES", "csv_table", "sheet_row", "workbook"]

TITLE: Final = Message("进度", "Progress")
AS_OF: Final = Message("截至", "As of")
NOTES: Final = (
    Message(
        "上报、上图、核实分列：施工完成率=上报/任务量，上图率=上图/任务量，核实率=核实/上报，均不封顶。",
        "Reported, mapped and accepted stand apart; rates are never clamped.",
    ),
    Message(
        "上图为审核通过图斑在各县内合并后的面积，同一块地只计一次；无计数日期的与控制线内的不计，另列。",
        "Mapped ground is that of approved plots, counted once in each county; undated ground and "
        "ground on control lines are not counted, and told.",
    ),
)

HEADINGS: Final[dict[str, Message]] = {
    "plan": Message("计划", "Plan"),
    "indicator_label": Message("指标", "Indicator"),
    "code": Message("代码", "Code"),
    "name": Message("单位", "Holder"),
    "target": Message("任务量", "Target"),
    "target_upper": Message("任务上限", "Upper end"),
    "measured_in": Message("计量单位", "Unit"),
    "reported": Message("上报完成", "Reported"),
    "mapped": Message("上图", "On the map"),
    "verified": Message("核实", "Accepted"),
    "reported_rate": Message("施工完成率", "Reported / target"),
    "mapped_rate": Message("上图率", "Mapped / target"),
    "verified_rate": Message("核实率", "Accepted / reported"),
    "reason": Message("无率原因", "Why no rate"),
    "undated_m2": Message("无日期未计（平方米）", "Undated, not counted (m2)"),
    "refused_m2": Message("控制线内未计（平方米）", "On control lines, not counted (m2)"),
    "state": Message("状态", "State"),
    "due": Message("时限", "Due"),
    "rank": Message("排名", "Rank"),
    "lead_name": Message("牵头单位", "Lead"),
    "clause": Message("条款", "Clause"),
}
RATES: Final = ("reported_rate", "mapped_rate", "verified_rate")
STATES: Final = {
    "done": Message("完成", "done"),
    "within": Message("进度内", "within"),
    "behind": Message("滞后", "behind"),
    "overdue": Message("逾期", "overdue"),
}
MOVED: Final = {
    "entered": Message("新增图斑", "plots that entered"),
    "left": Message("退出图斑", "plots that left"),
    "grew": Message("面积增加", "plots that grew"),
    "shrank": Message("面积减少", "plots that shrank"),
    "border": Message("界线变动", "moved by a border"),
    "layer": Message("控制线变动", "moved by a layer"),
    "shared": Message("重叠部分只计一次", "shared ground, counted once"),
    "others": Message("其余较小变动", "smaller ones together"),
    "records": Message("台账记录变动", "records"),
    "ratio": Message("比值变动", "ratio changed"),
    "reported": Message("上报数变动", "reported"),
    "revision": Message("任务量调整", "target revised"),
}
"""What a move is called."""
REASONS: Final = {
    "no_target": Message("没有任务", "no target"),
    "target_zero": Message("任务量为 0", "the target is 0"),
    "not_reported": Message("没有经审核的上报数", "nothing reported and approved"),
    "not_on_the_map": Message("不在图上计", "not counted on the map"),
    "not_verified": Message("不核实", "not accepted on the ground"),
    "reported_zero": Message("上报为 0", "0 was reported"),
    "too_many_plots": Message("图斑太多，未计", "too many plots: not counted"),
}

NOTHING: Final = Message("没有已下达的任务，没有数据", "No task has been issued: there are no data")


def csv_table(rows: Sequence[ProgressRow]) -> str:
    """The rows with the names of the interface as heads."""
    names = [name for name in COLUMNS if name != "reasons"]
    return as_csv(names, [row.table_row() for row in rows])


def workbook(found: Progress) -> bytes:
    """The rows under heads in words, and a sheet that says what the figures are."""
    heads = {name: localised(message) for name, message in HEADINGS.items()}
    notes = [f"{localised(AS_OF)} {in_words(found.as_of)}", *map(localised, NOTES)]
    rows = [sheet_row(row) for row in found.rows]
    return as_xlsx(localised(TITLE), heads, rows, notes, nothing=localised(NOTHING), shares=RATES)


def sheet_row(row: ProgressRow) -> dict[str, Any]:
    """A row in words; rates stay ratios."""
    values = row.table_row()
    values["indicator_label"] = localised(Message(row.indicator_label, row.indicator_label_en))
    values["measured_in"] = localised(Message(row.measured_in, row.measured_in_en))
    values["state"] = None if row.state is None else localised(STATES[row.state])
    values["reason"] = None if row.reason is None else localised(REASONS[row.reason])
    return {name: values[name] for name in HEADINGS}
