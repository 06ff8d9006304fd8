"""Issuing a bulletin: the rows of a plan as they stand, and what moved since the last one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from pydantic_core import to_jsonable_python

from gis.messages import Message
from service.accounts.db.audit import note
from service.bulletins.db.bulletins import insert_bulletin, last_bulletin, lock_numbers
from service.bulletins.kinds import Kind, title_of
from service.bulletins.scores import gap_of, scores_of
from service.errors import Problem
from service.progress.book import PlanBook, Reader
from service.progress.moves import moves_between
from service.progress.progress_row import ProgressQuestion, ProgressRow
from service.progress.rows import rows_of
from service.web.timestamps import in_words, now

__all__ = ["Order", "checksum", "issue"]

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


@dataclass(frozen=True)
class Order:
    """Which bulletin is wanted: its kind, its moment (None is now), and to whom it goes."""

    kind: Kind = "month"
    title: str | None = None
    as_of: datetime | None = None
    recipient: str | None = None


def issue(reader: Reader, plan: Mapping[str, Any], order: Order | None = None) -> int:
    """Freeze the figures of a plan as the next bulletin of its kind; answers its id.

    Raises
    ------
    Problem
        409 ``no_targets``: none of the plan is issued; 422 ``too_many_targets``; 422
        ``out_of_order``: the moment is not after that of the bulletin before.
    """
    order = order or Order()
    connection, account = reader.connection, reader.account
    lock_numbers(connection, plan["code"])
    moment = order.as_of or now()
    last = last_bulletin(connection, account, plan["code"], order.kind)
    since = None if last is None else last["as_of"]
    if since is not None and moment <= since:
        message = Message(
            f"截至时刻应晚于上一期（{in_words(since)}）",
            f"as_of comes after the bulletin before ({in_words(since)})",
        )
        fault = {"field": "as_of", "message": message}
        raise Problem(422, "out_of_order", message, errors=[fault])
    book = PlanBook(reader, plan, moment)
    rows = rows_of(book, ProgressQuestion(moment=moment))
    _bounded(plan, rows)
    fewer = frozenset(code for code, one in reader.words.indicators.items() if one.better == "less")
    content = {
        "plan": {name: str(plan[name]) for name in ("code", "label", "first", "after")},
        "kind": order.kind,
        "recipient": order.recipient,
        "as_of": moment.isoformat(),
        "since": None if since is None else since.isoformat(),
        "rows": [
            row.table_row() | {"gap": gap_of(row, fewer=row.indicator in fewer)} for row in rows
        ],
        "moves": [] if since is None else _moves(book, PlanBook(reader, plan, since), rows),
        "scores": scores_of(rows, reader.words.indicators) if order.kind == "gap" else [],
        "invented": bool(plan["demo"]),
    }
    content = to_jsonable_python(content)
    number = 1 if last is None else last["number"] + 1
    values = {
        "plan": plan["code"],
        "kind": order.kind,
        "number": number,
        "title": order.title or title_of(order.kind, plan["label"], number),
        "as_of": moment,
        "since": since,
        "content": content,
        "sha256": checksum(content),
        "demo": plan["demo"],
    }
    made = insert_bulletin(connection, account, values)
    note(
        connection,
        account,
        "bulletin",
        {"plan": plan["code"], "kind": order.kind, "number": number},
    )
    return made


def _bounded(plan: Mapping[str, Any], rows: Sequence[ProgressRow]) -> None:
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


def _moves(book: PlanBook, before: PlanBook, rows: Sequence[ProgressRow]) -> list[dict[str, Any]]:
    """What moved of each target, its largest moves one by one; those that did not are left out."""
    by_target = {row.target_id: row for row in rows}
    targets = [target for target in book.targets if target["id"] in by_target]
    told = []
    for moves in moves_between((before, book), targets, max_told=MAX_TOLD):
        if moves.rows:
            row = by_target[moves.target_id]
            told.append(
                {
                    "target_id": row.target_id,
                    "indicator_label": row.indicator_label,
                    "indicator_label_en": row.indicator_label_en,
                    "name": row.name,
                    "measured_in": row.measured_in,
                    "measured_in_en": row.measured_in_en,
                    "before": dict(moves.before),
                    "after": dict(moves.after),
                    "rows": [move._asdict() for move in moves.rows],
                }
            )
    return told
