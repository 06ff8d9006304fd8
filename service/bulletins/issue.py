"""Issuing a bulletin: the rows of a plan as they stand, and what moved since the last one."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from pydantic_core import to_jsonable_python

from gis.messages import Message
from service.accounts.db.audit import note
from service.bulletins.db.bulletins import insert_bulletin, last_bulletin, lock_numbers
from service.errors import Problem
from service.plans.targets import read_target
from service.progress.book import PlanBook, Reader
from service.progress.moves import moves_between
from service.progress.progress_row import ProgressQuestion
from service.progress.rows import plan_rows
from service.web.timestamps import now

__all__ = ["checksum", "issue"]

MAX_TARGETS: Final = 3_000
MAX_TOLD: Final = 20


def checksum(content: Any) -> str:
    """SHA-256 of the content as JSON: keys sorted, UTF-8, no spaces.

    Examples
    --------
    >>> checksum({"b": 1, "a": "甲"}) == checksum({"a": "甲", "b": 1})
    True
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def issue(reader: Reader, plan: Mapping[str, Any], title: str | None = None) -> int:
    """Freeze the figures of a plan as its next bulletin; answers its id.

    Raises
    ------
    Problem
        409 ``no_targets``: none of the plan is issued; 422 ``too_many_targets``.
    """
    connection, account = reader.connection, reader.account
    lock_numbers(connection, plan["code"])
    moment = now()
    rows = plan_rows(reader, plan, ProgressQuestion(moment=moment))
    if not rows:
        raise Problem(
            409,
            "no_targets",
            Message(
                f"计划 {plan['code']} 还没有下达的任务，不能出通报；请先下达任务",
                f"no target of plan {plan['code']} is issued yet: issue some before a bulletin",
            ),
        )
    if len(rows) > MAX_TARGETS:
        raise Problem(
            422,
            "too_many_targets",
            Message(
                f"任务超过 {MAX_TARGETS} 项，请分计划出通报",
                f"more than {MAX_TARGETS} targets: make bulletins of smaller plans",
            ),
        )
    last = last_bulletin(connection, account, plan["code"])
    since = None if last is None else last["as_of"]
    content = {
        "plan": {name: str(plan[name]) for name in ("code", "label", "first", "after")},
        "as_of": moment.isoformat(),
        "since": None if since is None else since.isoformat(),
        "rows": [row.table_row() for row in rows],
        "moves": [] if since is None else _moves(reader, plan, rows, since, moment),
        "invented": bool(plan["demo"]),
    }
    content = to_jsonable_python(content)
    number = 1 if last is None else last["number"] + 1
    values = {
        "plan": plan["code"],
        "number": number,
        "title": title or f"{plan['label']}进度通报（第{number}期）",
        "as_of": moment,
        "since": since,
        "content": content,
        "sha256": checksum(content),
        "demo": plan["demo"],
    }
    made = insert_bulletin(connection, account, values)
    note(connection, account, "bulletin", {"plan": plan["code"], "number": number})
    return made


def _moves(
    reader: Reader, plan: Mapping[str, Any], rows: Any, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """What moved of each target, its largest moves one by one; those that did not are left out."""
    books = (PlanBook(reader, plan, since), PlanBook(reader, plan, until))
    told = []
    for row in rows:
        if row.target_id is None:
            continue
        target = read_target(reader.connection, reader.account, row.target_id)
        moves = moves_between(books, target, max_told=MAX_TOLD)
        if moves.rows:
            told.append(
                {
                    "target_id": row.target_id,
                    "indicator_label": row.indicator_label,
                    "name": row.name,
                    "measured_in": moves.measured_in,
                    "before": dict(moves.before),
                    "after": dict(moves.after),
                    "rows": [move._asdict() for move in moves.rows],
                }
            )
    return told
