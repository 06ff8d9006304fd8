"""The kinds of bulletins: what each is called, and what it has beside the rows and the moves."""

from typing import Final, Literal

from gis.messages import Message

__all__ = ["KINDS", "Kind", "title_of"]

Kind = Literal["month", "quarter", "activity", "year", "gap"]

KINDS: Final[dict[Kind, Message]] = {
    "month": Message("月度进度通报", "Monthly bulletin"),
    "quarter": Message("季度督查通报", "Quarterly bulletin of supervision"),
    "activity": Message("活动月情况报告", "Report on the activity month"),
    "year": Message("年度完成情况通报", "Yearly bulletin"),
    "gap": Message("创建国家森林城市差距分析", "Gap analysis of the forest city"),
}


def title_of(kind: Kind, plan: str, number: int) -> str:
    """The title of a bulletin that was given none, as papers have it.

    Examples
    --------
    >>> title_of("quarter", "长春 2023 年度任务", 2)
    '长春 2023 年度任务季度督查通报（第2期）'
    """
    return f"{plan}{KINDS[kind].zh}（第{number}期）"
