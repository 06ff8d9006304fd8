"""Codes that rows of a file took while they were read, and that a list has lost since."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from gis.verdicts import Problem as Verdict
from service.codes.db.codes import codes
from service.codes.db.local_codes import hold_codes
from service.plots.create import CODED
from service.plots.validate import Reported

__all__ = ["hold_row_codes", "lost_codes"]

_LISTS = (*CODED, "species")


def hold_row_codes(connection: Connection) -> None:
    """Keep the codes that plots may have from being deleted until the transaction ends."""
    hold_codes(connection, *_LISTS)


def lost_codes(
    connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[int, Reported]]:
    """Verdicts ``unknown_code`` on rows, counted from 0, whose codes are in their list no more.

    A row was read with the codes of that moment; it may have waited for days since. A row without
    codes, and no rows at all, give none.
    """
    known: dict[str, set[str]] = {}
    verdicts = []
    for n, row in enumerate(rows):
        for name, code in _taken(row):
            if name not in known:
                known[name] = {entry["code"] for entry in codes(connection, name)}
            if code not in known[name]:
                lost = Verdict("unknown_code", "block", _lost(name, code))
                verdicts.append((n, Reported(lost, field=name)))
    return verdicts


def _taken(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in CODED:
        if isinstance(row.get(name), str):
            yield name, row[name]
    for share in row.get("species") or ():
        yield "species", share["code"]


def _lost(name: str, code: str) -> Message:
    return Message(
        f"代码表 {name} 中已没有 {code}，读取文件之后被删除；请恢复该代码，或改文件后重新导入",
        f"{code} is in the list {name} no more, it was deleted after the file was read: add the "
        "code again, or change the file and import it anew",
    )
