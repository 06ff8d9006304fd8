"""Progress as it is answered: rows of one or more plans, kept in memory until data change."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from threading import Lock
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.coverage.db.data_version import data_version
from service.errors import Problem
from service.plans.db.plans import PlanFilter, list_plans
from service.plans.targets import plan_of
from service.progress.book import PlanBook, Reader
from service.progress.progress_row import ProgressQuestion, ProgressRow
from service.progress.rows import rows_of
from service.web.program import program_digest
from service.web.timestamps import now

__all__ = ["MAX_PLANS", "Books", "Progress", "plans_of", "progress"]

MAX_KEPT_ROWS: Final = 50_000
MAX_KEPT: Final = 128


@dataclass(frozen=True)
class Progress:
    """Rows and the moment that they are of; ``version`` is that of the data, None if unknown.

    ``tag`` tells them from other rows, and is None where the version is.
    """

    rows: tuple[ProgressRow, ...]
    as_of: datetime
    version: str | None = None
    tag: str | None = None

    def table(self) -> list[dict[str, Any]]:
        """The rows by the names of the interface."""
        return [row.table_row() for row in self.rows]

    @cached_property
    def body(self) -> bytes:
        """The rows and their moment as JSON, written once however often they are asked for."""
        return to_json({"rows": self.table(), "as_of": self.as_of})


MAX_PLANS: Final = 50


def plans_of(
    connection: Connection, account: Account, codes: Sequence[str] | None
) -> list[dict[str, Any]]:
    """The plans of some codes, or all that the account sees.

    Raises
    ------
    Problem
        404 for a code that there is not; 422 ``too_many_plans``.
    """
    if codes is not None:
        return [plan_of(connection, account, code) for code in dict.fromkeys(codes)]
    plans = list_plans(connection, account, PlanFilter(), limit=MAX_PLANS + 1)
    if len(plans) > MAX_PLANS:
        message = Message(
            f"计划超过 {MAX_PLANS} 个，一次最多看 {MAX_PLANS} 个，请用 --plan 选定",
            f"there are more than {MAX_PLANS} plans, as many as are looked at together: choose "
            "some by --plan",
        )
        raise Problem(422, "too_many_plans", message)
    return plans


_kept: OrderedDict[tuple[Any, ...], Progress] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Books:
    """The books of plans at a moment, each read once: for several questions of one answer."""

    reader: Reader
    moment: datetime | None = None
    read: dict[str, PlanBook] = field(default_factory=dict)

    def of(self, plan: Mapping[str, Any]) -> PlanBook:
        """The book of a plan."""
        if plan["code"] not in self.read:
            self.read[plan["code"]] = PlanBook(self.reader, plan, self.moment)
        return self.read[plan["code"]]


def progress(
    reader: Reader,
    plans: Sequence[Mapping[str, Any]],
    question: ProgressQuestion,
    books: Books | None = None,
) -> Progress:
    """Rows of some plans that the account sees; the same ones while no data change.

    A question of a past moment is answered from the history; ``books`` are of that moment.
    """
    books = books or Books(reader, question.moment)
    account, settings = reader.account, reader.settings
    version = data_version(reader.connection, account)
    rights = (account.role, account.scope, account.counties)
    codes = tuple((plan["code"], plan["version"]) for plan in plans)
    key = (version, rights, codes, question, settings.export_limit)
    if version is not None:
        with _lock:
            kept = _kept.get(key)
            if kept is not None:
                _kept.move_to_end(key)
                return kept
    rows = tuple(row for plan in plans for row in rows_of(books.of(plan), question))
    if version is None:
        return Progress(rows, question.moment or now())
    tag = sha256(repr((program_digest(), key)).encode()).hexdigest()[:32]
    made = Progress(rows, question.moment or now(), version, tag)
    _keep(key, made)
    return made


def _keep(key: tuple[Any, ...], made: Progress) -> None:
    with _lock:
        _kept[key] = made
        total = sum(len(one.rows) for one in _kept.values())
        while len(_kept) > 1 and (total > MAX_KEPT_ROWS or len(_kept) > MAX_KEPT):
            _, oldest = _kept.popitem(last=False)
            total -= len(oldest.rows)
