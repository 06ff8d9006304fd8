"""The day of planting of a plot that stands as planted: it has come."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gis.messages import Message
from gis.verdicts import Problem as Verdict
from service.plots.db.plots import GREEN_STAGES
from service.web.timestamps import today

__all__ = ["planted_in_future"]


def planted_in_future(attributes: Mapping[str, Any]) -> Verdict | None:
    """What blocks a plot that is said to be planted on a day to come, in Beijing; else None.

    A planned plot may name such a day.

    Examples
    --------
    >>> planted_in_future({"stage": "planted", "planted_on": date(2099, 4, 1)}).code
    'planted_in_future'
    >>> planted_in_future({"stage": "planned", "planted_on": "2099-04-01"}) is None
    True
    """
    said = attributes.get("planted_on")
    if said is None or attributes.get("stage") not in GREEN_STAGES:
        return None
    day = said if isinstance(said, date) else date.fromisoformat(said)
    if day <= today():
        return None
    words = Message(
        f"造林时间 {day} 在将来（今天是 {today()}，北京时间）：尚未栽植的请填 planned（计划）阶段，"
        "日期填错的请改正。",
        f"it is said to be planted on {day}, and today is {today()} in Beijing: what is not "
        "planted yet is of stage planned, and a wrong day wants to be mended.",
    )
    return Verdict("planted_in_future", "block", words)
