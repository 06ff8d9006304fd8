"""Imports and the files that they came with."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    update,
)

from service.accounts.db.accounts import Account
from service.database.import_tables import import_, import_file, import_row
from service.database.metadata import account as account_table

__all__ = [
    "OPEN",
    "State",
    "add_import",
    "count_imports",
    "count_open",
    "end_unfinished",
    "forget",
    "list_imports",
    "move",
    "read_import",
    "say_progress",
    "take_up_unfinished",
    "write_file",
]

State = Literal["reading", "staged", "committing", "live", "refused", "cancelled", "failed"]
OPEN: Final[tuple[State, ...]] = ("reading", "staged", "committing", "refused", "failed")
"""States from which an import may still go on."""

_PART_BYTES: Final = 4 * 2**20
_SENDER = account_table.alias("sender")
i = import_


def _visible(account: Account) -> ColumnElement[bool]:
    """Own imports; for GIS staff also those of senders whose counties are all in their scope."""
    own = i.c.account_id == account.id
    if not account.holds("gis"):
        return own
    if account.counties is None:
        return true()
    theirs = literal([*account.counties, *map("unit:{}".format, account.units)], ARRAY(Text))
    return or_(own, and_(i.c.scope != cast([], ARRAY(Text)), i.c.scope.op("<@")(theirs)))


def _listed(account: Account) -> Select[Any]:
    return (
        select(i, _SENDER.c.name.label("account"))
        .join(_SENDER, _SENDER.c.id == i.c.account_id)
        .where(_visible(account))
    )


def add_import(
    connection: Connection,
    account: Account,
    name: str,
    content: BinaryIO,
    settings: Mapping[str, Any],
) -> int:
    """Keep a file that has come; answers the number of its import."""
    number = connection.scalar(
        insert(i)
        .values(file=name, bytes=0, settings=dict(settings), account_id=account.id)
        .returning(i.c.id)
    )
    assert number is not None
    size, part = 0, 0
    while block := content.read(_PART_BYTES):
        connection.execute(insert(import_file).values(import_id=number, part=part, content=block))
        size, part = size + len(block), part + 1
    connection.execute(update(i).where(i.c.id == number).values(bytes=size))
    return int(number)


def write_file(connection: Connection, number: int, path: Path) -> None:
    """Write the file of an import to a path, part by part."""
    parts = select(func.count()).select_from(import_file).where(import_file.c.import_id == number)
    with path.open("wb") as copy:
        for part in range(connection.scalar(parts) or 0):
            content = select(import_file.c.content).where(
                import_file.c.import_id == number, import_file.c.part == part
            )
            copy.write(bytes(connection.scalar(content) or b""))


def read_import(connection: Connection, account: Account, number: int) -> Mapping[str, Any] | None:
    """An import that the account may see; None when there is none of that number."""
    row = connection.execute(_listed(account).where(i.c.id == number)).mappings().one_or_none()
    return None if row is None else dict(row)


def list_imports(
    connection: Connection, account: Account, *, before: int | None, limit: int
) -> list[Mapping[str, Any]]:
    """Imports that the account may see, the newest first; from those older than ``before``."""
    statement = _listed(account).order_by(i.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(i.c.id < before)
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_imports(connection: Connection, account: Account) -> int:
    """How many imports the account may see."""
    statement = select(func.count()).select_from(i).where(_visible(account))
    return connection.scalar(statement) or 0


def count_open(connection: Connection, account: Account) -> int:
    """How many imports of the account may still go on."""
    own = select(func.count()).where(i.c.account_id == account.id, i.c.state.in_(OPEN))
    return connection.scalar(own) or 0


def move(
    connection: Connection,
    number: int,
    before: Sequence[State],
    *,
    attempt: int | None = None,
    again: bool = False,
    **values: Any,
) -> bool:
    """Change an import that is in one of the states ``before``; False when it is not.

    With ``attempt`` it must not have been read anew meanwhile; ``again`` has it read anew. Of two
    who move it at one moment one does, for the other waits for the row and sees the change.
    """
    there = [i.c.id == number, i.c.state.in_(before)]
    if attempt is not None:
        there.append(i.c.attempt == attempt)
    if again:
        values["attempt"] = i.c.attempt + 1
    if values.get("state") in ("live", "cancelled"):
        values["ended_at"] = func.clock_timestamp()
    moved = connection.execute(update(i).where(*there).values(**values)).rowcount == 1
    if moved and values.get("state") in ("live", "cancelled"):
        connection.execute(delete(import_file).where(import_file.c.import_id == number))
    if moved and values.get("state") == "cancelled":
        connection.execute(delete(import_row).where(import_row.c.import_id == number))
    return moved


def say_progress(connection: Connection, number: int, done: int, total: int) -> None:
    """Write how many rows of an import are done."""
    connection.execute(update(i).where(i.c.id == number).values(done=done, total=total))


_END_UNFINISHED = text("""
SELECT end_unfinished_imports(
    CAST(:read_error AS jsonb), CAST(:commit_error AS jsonb), CAST(:only_id AS bigint))
""")
_TAKE_UP = text("SELECT id, task, account_id FROM take_up_unfinished_imports(:most)")
_FORGET = text("SELECT forget_imports(:days)")


def end_unfinished(
    connection: Connection,
    read_error: Mapping[str, Any],
    commit_error: Mapping[str, Any],
    only: int | None = None,
) -> int:
    """Let imports fail, or be staged again, that nobody works on; answers how many there were.

    ``only`` is one that failed; None: all, for a service that starts.
    """
    values = {
        "read_error": json.dumps(read_error, ensure_ascii=False),
        "commit_error": json.dumps(commit_error, ensure_ascii=False),
        "only_id": only,
    }
    return connection.scalar(_END_UNFINISHED, values) or 0


def take_up_unfinished(connection: Connection, most: int) -> list[tuple[int, str | None, int]]:
    """Number, task and account of imports that are to be begun again.

    The task is None where one was cut off more than ``most`` times.

    Secrets of work that was cut off stand for nobody from then on.
    """
    rows = connection.execute(_TAKE_UP, {"most": most})
    return [(row.id, row.task, row.account_id) for row in rows]


def forget(connection: Connection, days: int) -> int:
    """Take out files and rows of imports that are older than so many days."""
    return connection.scalar(_FORGET, {"days": days}) or 0
