"""The targets of a task table: new ones set, drafts changed, issued ones revised, none deleted."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection

from data.errors import FileRefused
from data.task_tables import CellProblem, Names, TableTarget, TaskTable
from gis.messages import Message, counted
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.accounts.db.change_author import set_change_author
from service.codes.in_use import codes_in_use
from service.errors import Problem
from service.plans.db.targets import (
    LIVE,
    TargetFilter,
    list_targets,
    lock_cells,
    update_target,
)
from service.plans.holders import HOLDERS, Holders
from service.plans.indicators import Words, words_to_write
from service.plans.plans import refuse_closed
from service.plans.settle import settled_target
from service.plans.sums import SumDifference, require_sums, sum_differences
from service.plans.table_words import HolderWords, names_in_use
from service.plans.targets import CHANGED, plan_of, store_new

__all__ = ["TableImport", "TargetsImported", "import_table", "problem_entry"]

MAX_TARGETS: Final = 20_000
MAX_TOLD: Final = 500
ReadTable = Callable[[Names], TaskTable]


@dataclass(frozen=True)
class TableImport:
    """How a table is taken: the reason of revisions, warnings that may stand, and a try only."""

    file: str
    reason: str | None = None
    acknowledged: Collection[str] = ()
    dry_run: bool = False


@dataclass
class TargetsImported:
    """What a table did, or would do."""

    file: str
    sheet: str
    layout: str
    new: int = 0
    changed: int = 0
    revised: int = 0
    same: int = 0
    problems: list[CellProblem] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Columns and notes that are no part of a target."""
    differences: list[SumDifference] = field(default_factory=list)


def import_table(
    connection: Connection, account: Account, plan_code: str, read: ReadTable, how: TableImport
) -> TargetsImported:
    """Take the targets of a table, whole or not at all.

    ``read`` reads the table by the words that it is handed. Columns that the table lacks (lead, due
    day …) leave what is stored as it is.

    Raises
    ------
    Problem
        404 no such plan; 409 ``closed_plan``, or ``warnings`` with ``children_sum``; 422
        ``targets_refused`` with each problem at its cell, ``too_many_rows``. A try answers
        problems and differences instead.
    FileRefused
        It is no task table.
    """
    plan = plan_of(connection, account, plan_code)
    refuse_closed(plan)
    lock_cells(connection, plan_code)
    words, holders = words_to_write(connection), Holders(connection, account)
    names = names_in_use(words, holders, HolderWords(connection, account, holders))
    try:
        with codes_in_use(connection):
            table = read(names)
    except FileRefused as refused:
        raise refused.about(how.file) from refused.__cause__
    if len(table.targets) > MAX_TARGETS:
        raise Problem(
            422,
            "too_many_rows",
            Message(
                f"任务超过 {MAX_TARGETS} 项，请分成几个表",
                f"more than {MAX_TARGETS} targets: split the table",
            ),
        )
    done = TargetsImported(
        how.file, table.sheet, table.layout, problems=list(table.problems), unread=table.unread
    )
    with connection.begin_nested() as savepoint:
        writer = _Writer(connection, account, plan, words, holders, how)
        for target in table.targets:
            writer.take(target, done)
        touched = writer.touched
        done.differences = sum_differences(connection, account, words, touched)
        if how.dry_run:
            savepoint.rollback()
            return done
        if done.problems:
            raise _refused(done)
        require_sums(done.differences, how.acknowledged)
    counts = {"new": done.new, "changed": done.changed, "revised": done.revised}
    note(connection, account, "import_targets", {"plan": plan_code, "file": how.file, **counts})
    return done


class _Writer:
    """Takes one target after the other."""

    def __init__(
        self,
        connection: Connection,
        account: Account,
        plan: Mapping[str, Any],
        words: Words,
        holders: Holders,
        how: TableImport,
    ) -> None:
        self.connection, self.account, self.plan = connection, account, plan
        self.words, self.holders, self.how = words, holders, how
        filters = TargetFilter(plans=[plan["code"]], states=LIVE)
        self.stored = {_cell_of(row): row for row in list_targets(connection, account, filters)}
        self.seen: dict[tuple[Any, ...], str] = {}
        self.touched: set[int] = set()
        set_change_author(connection, account, how.reason)

    def take(self, target: TableTarget, done: TargetsImported) -> None:
        """Write a target, or add what is wrong with it to the problems."""
        holder, code = target.holder
        asked = target.asked
        given: dict[str, Any] = {
            **dict.fromkeys(HOLDERS),
            "indicator": target.indicator,
            holder: code,
            "lower": asked.lower,
            "upper": asked.upper,
            "measured_in": asked.unit.code,
            "strictness": asked.strictness,
        }
        key = _cell_of(given)
        if key in self.seen:
            message = Message(
                f"{self.seen[key]} 已写了同一格（指标×责任主体）的任务，请留一个",
                f"{self.seen[key]} has the target of this cell too: keep one",
            )
            done.problems.append(CellProblem(target.cell, "cell", "cell_taken", message))
            return
        self.seen[key] = target.cell
        before = self.stored.get(key)
        kept = {name: before[name] for name in CHANGED} if before is not None else {}
        whole = {**kept, **given, **target.more}
        values, faults = settled_target(self.words, self.holders, self.plan, whole, before)
        if faults:
            done.problems += [CellProblem(target.cell, *fault) for fault in faults]
        elif before is None:
            self._new(target, values, done)
        else:
            self._change(target, before, values, done)

    def _new(self, target: TableTarget, values: dict[str, Any], done: TargetsImported) -> None:
        number, fault = store_new(self.connection, self.account, self.words, self.holders, values)
        if fault is not None or number is None:
            if fault is not None:
                done.problems.append(CellProblem(target.cell, *fault))
            return
        self.touched |= {number} | ({values["parent"]} - {None})
        done.new += 1

    def _change(
        self,
        target: TableTarget,
        before: Mapping[str, Any],
        values: dict[str, Any],
        done: TargetsImported,
    ) -> None:
        if all(values[name] == before[name] for name in CHANGED):
            done.same += 1
            return
        if before["state"] != "draft":
            if not self.how.reason:
                message = Message(
                    "此任务已下达，修改须写理由（reason）",
                    "this target is issued: a change of it needs a reason",
                )
                done.problems.append(CellProblem(target.cell, "reason", "missing", message))
                return
            more = {"state": "issued", "revision": before["revision"] + 1}
            values |= {**more, "reason": self.how.reason}
            done.revised += 1
        else:
            done.changed += 1
        update_target(self.connection, self.account, before["id"], values)
        self.touched |= {before["id"]} | ({before["parent"]} - {None})


def _cell_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in ("indicator", *HOLDERS))


def _refused(done: TargetsImported) -> Problem:
    first = done.problems[0]
    count = len(done.problems)
    return Problem(
        422,
        "targets_refused",
        Message(
            f"{count} 处错误，未作任何改动；第一处 {first.cell}：{first.message.zh}",
            f"{counted(count, 'fault')}, "
            f"nothing was changed; the first at {first.cell}: {first.message.en}",
        ),
        errors=[problem_entry(problem) for problem in done.problems[:MAX_TOLD]],
    )


def problem_entry(problem: CellProblem) -> dict[str, Any]:
    """For ``errors`` of a problem."""
    return {
        "cell": problem.cell,
        "field": problem.field,
        "code": problem.code,
        "message": problem.message,
    }
