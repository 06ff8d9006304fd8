"""Codes of rows of a file that their list lacks: never there, or lost since the file was read."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from sqlalchemy import Connection

from gis.messages import Message
from gis.verdicts import Problem as Verdict
from service.codes.db.codes import codes
from service.codes.db.local_codes import hold_codes
from service.plots.create import CODED
from service.plots.validate import Reported

__all__ = ["hold_row_codes", "lost_codes"]

_LISTS = (*CODED, "species")
_NEAR_ONES: Final = 3


def hold_row_codes(connection: Connection) -> None:
    """Keep the codes that plots may have from being deleted until the transaction ends."""
    hold_codes(connection, *_LISTS)


def lost_codes(
    connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[int, Reported]]:
    """Verdicts ``unknown_code`` on rows, counted from 0, whose codes are not in their list.

    A programme is read as it is written, known or not. All others were read with the codes of that
    moment, and may have waited for days since. A row without codes, and no rows at all, give none.
    """
    known: dict[str, dict[str, str]] = {}
    told: dict[tuple[str, str], Reported] = {}  # thousands of rows have one word
    verdicts = []
    for n, row in enumerate(rows):
        for name, code in _taken(row):
            if name not in known:
                known[name] = {
                    entry["code"]: entry["label_zh"] for entry in codes(connection, name)
                }
            if code not in known[name]:
                if (name, code) not in told:
                    lost = Verdict("unknown_code", "block", _lost(name, code, known[name]))
                    told[name, code] = Reported(lost, field=name)
                verdicts.append((n, told[name, code]))
    return verdicts


def _taken(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in CODED:
        if isinstance(row.get(name), str):
            yield name, row[name]
    for share in row.get("species") or ():
        yield "species", share["code"]


def _lost(name: str, code: str, known: Mapping[str, str]) -> Message:
    """What a code that is not in its list is told: a programme is read as it is written."""
    by_label = {label: own for own, label in known.items()}
    near = get_close_matches(code, by_label, _NEAR_ONES, cutoff=0.4)
    shown = [f"{by_label[label]} {label}" for label in near]
    return Message(
        f"代码表 {name} 中没有“{code}”"
        + (f"，相近的有：{'、'.join(shown)}" if shown else "")
        + "；请改用表中的代码，或请管理员添加（也可能在读取文件之后被删除）",
        f"{code} is not in the list {name}"
        + (f", near ones: {', '.join(shown)}" if shown else "")
        + "; take one of the list, or ask an administrator to add it (it may have been deleted "
        "after the file was read)",
    )
