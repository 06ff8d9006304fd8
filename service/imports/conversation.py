"""The steps of an import that somebody asks for: read anew, settle, leave."""

from collections.abc import Mapping
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection

from data.plots.columns import refuse_unknown_words
from data.plots.plots import read_defaults
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.codes.in_use import codes_in_use
from service.database.one_at_a_time import one_at_a_time
from service.errors import Problem
from service.imports.db.imports import add_import, count_open, move
from service.imports.wishes import Wishes
from service.web.kept_refusals import checked_setting, refuse_unreadable
from service.web.timestamps import now

__all__ = ["MAX_OPEN", "cancel", "read_anew", "settle", "take_file"]

MAX_OPEN: Final = 20
"""Imports of one account that may be under way at once."""


def take_file(
    connection: Connection, account: Account, name: str, content: BinaryIO, wishes: Wishes
) -> int:
    """Keep a file that has come and answer the number of its import.

    Raises
    ------
    Problem
        409 ``too_many_imports``; 422 as `read_anew` of its settings.
    """
    _refuse_more_than(MAX_OPEN - 1, connection, account)
    _refuse_wishes(connection, name, wishes)
    number = add_import(connection, account, name, content, wishes.as_json())
    # Counted again with the new one: a large file is long on its way, and others of the account
    # would wait for it if they were counted before.
    one_at_a_time(connection, f"imports of {account.id}")
    _refuse_more_than(MAX_OPEN, connection, account)
    return number


def _refuse_more_than(count: int, connection: Connection, account: Account) -> None:
    if count_open(connection, account) > count:
        words = Message(
            f"您有 {MAX_OPEN} 个导入尚未提交或放弃，请先处理其中一些",
            f"{MAX_OPEN} of your imports are neither committed nor left: deal with some first",
        )
        raise Problem(409, "too_many_imports", words)


def _refuse_wishes(connection: Connection, file: str, wishes: Wishes) -> None:
    """Refuse settings that no file could be read by, before it waits for its turn.

    Which columns and layers there are, only the file says.

    Raises
    ------
    Problem
        422 ``crs_unknown``, ``unknown_encoding``, ``unknown_field`` or ``bad_default``, with the
        setting.
    """
    refuse_unreadable(file, crs=wishes.crs, encoding=wishes.encoding)
    with codes_in_use(connection):
        checked_setting(file, "fields", lambda: refuse_unknown_words(wishes.fields))
        checked_setting(file, "set", lambda: read_defaults(wishes.defaults))


def read_anew(connection: Connection, row: Mapping[str, Any], wishes: Wishes) -> None:
    """Let the file be read by other settings.

    Raises
    ------
    Problem
        409 ``wrong_import_state``; 422 as `read_anew`.
    """
    _refuse_wishes(connection, row["file"], wishes)
    moved = move(
        connection,
        row["id"],
        ["reading", "staged", "refused", "failed"],
        state="reading",
        again=True,
        settings=wishes.as_json(),
        error=None,
        done=0,
        total=0,
        begun_at=None,
    )
    if not moved:
        raise _wrong_state(row)


def settle(
    connection: Connection, account: Account, row: Mapping[str, Any], how: Mapping[str, Any]
) -> None:
    """Let a staged import be committed as the verdicts were settled.

    Raises
    ------
    Problem
        409 ``wrong_import_state``; 422 ``rows_blocked``; 409 ``warnings`` that nobody acknowledged.
    """
    if row["state"] != "staged":
        raise _wrong_state(row)
    _refuse_blocked(row, how["skip_blocked"])
    _refuse_warnings(row, how["acknowledge"])
    moved = move(
        connection,
        row["id"],
        ["staged"],
        state="committing",
        settlement=dict(how),
        committed_by=account.id,
        error=None,
        done=0,
        begun_at=now(),
    )
    if not moved:  # somebody else commits it at this moment
        raise _wrong_state({**row, "state": "committing"})


def _refuse_blocked(row: Mapping[str, Any], skip_blocked: bool) -> None:
    blocked = row["counts"]["block"]
    if not blocked or (skip_blocked and blocked < row["counts"]["rows"]):
        return
    if skip_blocked:
        words = Message("每一行都有错误，没有可写入的图斑", "every row has faults: nothing is left")
    else:
        words = Message(
            f"{blocked} 行有错误；请修改文件后重新上传，或以 skip_blocked 略过这些行",
            f"{blocked} rows have faults: mend the file and send it again, or leave them out by "
            "skip_blocked",
        )
    raise Problem(422, "rows_blocked", words, errors=_by_code(row, "block"))


def _refuse_warnings(row: Mapping[str, Any], acknowledged: list[str]) -> None:
    unseen = [entry for entry in _by_code(row, "warn") if entry["code"] not in acknowledged]
    if unseen:
        codes = ", ".join(entry["code"] for entry in unseen)
        raise Problem(
            409,
            "warnings",
            Message(
                f"请核对警告（{codes}），确认无误后把代码写入 acknowledge 再提交",
                f"look at the warnings ({codes}); to store the rows all the same name the codes "
                "in acknowledge",
            ),
            errors=unseen,
        )


def _by_code(row: Mapping[str, Any], severity: str) -> list[dict[str, Any]]:
    return [
        {"field": "rows", "code": entry["code"], "rows": entry["rows"]}
        for entry in row["codes"].values()
        if entry["severity"] == severity
    ]


def cancel(connection: Connection, row: Mapping[str, Any]) -> None:
    """Leave an import.

    Raises
    ------
    Problem
        409 ``wrong_import_state``: it is live (undo it), or being committed, or was left before.
    """
    if not move(
        connection, row["id"], ["reading", "staged", "refused", "failed"], state="cancelled"
    ):
        raise _wrong_state(row)


_NEXT: Final = {
    "reading": Message("正在读取，请稍候", "it is being read: wait"),
    "staged": Message("已暂存", "it is staged"),
    "committing": Message("正在提交，请稍候", "it is being committed: wait"),
    "live": Message("已写入；如要撤回请用 undo", "it is live: take it out by undo"),
    "refused": Message("文件被拒，请改正设置后重新读取", "it was refused: change its settings"),
    "failed": Message("读取失败，请重新读取", "it failed: have it read again"),
    "cancelled": Message("已放弃，请重新上传", "it was left: send the file again"),
}


def _wrong_state(row: Mapping[str, Any]) -> Problem:
    words = _NEXT[row["state"]]
    return Problem(
        409,
        "wrong_import_state",
        Message(f"此导入{words.zh}", f"this cannot be done with the import: {words.en}"),
    )
