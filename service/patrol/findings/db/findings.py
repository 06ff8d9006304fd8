"""Findings: written, taken from step to step, asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import shapely
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Select,
    Text,
    and_,
    cast,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import account as account_table
from service.database.metadata import code
from service.database.register_tables import record, register_state
from service.registers.db.records import next_numbers
from service.registers.values import stored_moment
from service.web.timestamps import day_of

FINDING: Final = "finding"
"""Code of the register that findings are records of."""
SAID = ("kind", "found_at", "photo")
r = record


def _value(name: str) -> Any:
    return record.c.field_values[name].astext


finding = (
    select(
        *(r.c[name] for name in ("id", "county", "unit", "zone", "geom", "deadline", "state")),
        *(r.c[name] for name in ("note", "version", "demo", "created_by", "changed_by")),
        r.c.changed_at,
        _value("kind").label("kind"),
        _value("photo").label("photo"),
        cast(_value("found_at"), DateTime(timezone=True)).label("found_at"),
        register_state.c.done,
    )
    .select_from(
        r.join(
            register_state,
            and_(register_state.c.register == r.c.register, register_state.c.code == r.c.state),
        )
    )
    .where(r.c.register == FINDING)
    .subquery("finding")
)
f = finding


def in_scope(account: Account) -> ColumnElement[bool]:
    """Findings of the account's counties and units."""
    if account.counties is None:
        return true()
    return or_(f.c.county.in_(account.counties), f.c.unit.in_(account.units))


@dataclass(frozen=True)
class FindingFilter:
    """Which findings are asked for; None leaves a question open."""

    today: date
    counties: Sequence[str] | None = None
    zone: str | None = None
    states: Sequence[str] | None = None
    kind: str | None = None
    overdue: bool | None = None
    first: datetime | None = None
    after: datetime | None = None


def is_overdue(today: date) -> ColumnElement[bool]:
    """Past its deadline and not rectified."""
    return func.coalesce(and_(f.c.deadline < today, ~f.c.done), False)


def conditions(account: Account, filters: FindingFilter) -> Iterator[ColumnElement[bool]]:
    """What a finding must meet."""
    yield in_scope(account)
    if filters.counties is not None:
        yield f.c.county.in_(filters.counties)
    if filters.zone is not None:
        yield f.c.zone == filters.zone
    if filters.states is not None:
        yield f.c.state.in_(filters.states)
    if filters.kind is not None:
        yield f.c.kind == filters.kind
    if filters.overdue is not None:
        yield is_overdue(filters.today) == filters.overdue
    if filters.first is not None:
        yield f.c.found_at >= filters.first
    if filters.after is not None:
        yield f.c.found_at < filters.after


def _selected(today: date) -> Select[Any]:
    author, editor = account_table.alias("author"), account_table.alias("editor")
    columns = [
        f.c[name]
        for name in (
            "id",
            "county",
            "zone",
            "kind",
            "found_at",
            "deadline",
            "state",
            "note",
            "photo",
            "version",
            "demo",
            "changed_at",
        )
    ]
    return select(
        *columns,
        func.coalesce(code.c.label_zh, f.c.kind).label("kind_label"),
        is_overdue(today).label("overdue"),
        author.c.name.label("created_by"),
        editor.c.name.label("changed_by"),
    ).select_from(
        f.outerjoin(code, and_(code.c.list == "finding_kind", code.c.code == f.c.kind))
        .outerjoin(author, author.c.id == f.c.created_by)
        .outerjoin(editor, editor.c.id == f.c.changed_by)
    )


def list_findings(
    connection: Connection, account: Account, filters: FindingFilter, *, after: int = 0, limit: int
) -> list[Mapping[str, Any]]:
    """Findings after number ``after``, in the order of their numbers, geometry as GeoJSON text."""
    statement = (
        _selected(filters.today)
        .add_columns(func.ST_AsGeoJSON(f.c.geom, 9, 0).label("geometry"))
        .where(*conditions(account, filters), f.c.id > after)
        .order_by(f.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def stored_findings(
    connection: Connection, account: Account, filters: FindingFilter, *, limit: int
) -> list[Mapping[str, Any]]:
    """The same with geometry as WKB, for maps."""
    statement = (
        _selected(filters.today)
        .add_columns(func.ST_AsBinary(f.c.geom).label("wkb"))
        .where(*conditions(account, filters))
        .order_by(f.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_findings(connection: Connection, account: Account, filters: FindingFilter) -> int:
    """How many findings the filter matches in the account's scope."""
    statement = select(func.count()).select_from(f)
    return connection.scalar(statement.where(*conditions(account, filters))) or 0


def read_finding(
    connection: Connection, account: Account, finding_id: int, today: date
) -> Mapping[str, Any] | None:
    """One finding; None when there is none or it is not theirs."""
    statement = (
        _selected(today)
        .add_columns(func.ST_AsGeoJSON(f.c.geom, 9, 0).label("geometry"))
        .where(f.c.id == finding_id, in_scope(account))
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def _row(values: Mapping[str, Any], place: shapely.Point) -> dict[str, Any]:
    """The columns of a record, of the values of a finding."""
    row = dict(values)
    said = {"kind": row.pop("kind"), "found_at": stored_moment(row.pop("found_at"))}
    photo = row.pop("photo", None)
    return {
        **row,
        "field_values": said if photo is None else {**said, "photo": photo},
        "geom": func.ST_GeomFromWKB(shapely.to_wkb(place), CGCS2000),
    }


def insert_finding(
    connection: Connection,
    account: Account,
    values: Mapping[str, Any],
    place: shapely.Point,
    numbering: str | None = None,
    *,
    demo: bool = False,
) -> int:
    """Write a finding in its first state; answers its number in addresses.

    ``numbering`` are the letters before 编号 of the register.
    """
    set_change_author(connection, account)
    row = _row(values, place) | {"register": FINDING}
    row["since"] = day_of(values["found_at"])
    if numbering is not None:
        (row["number"],) = next_numbers(connection, account, FINDING, numbering, values["county"])
    number = connection.scalar(
        insert(r)
        .values(**row, demo=demo, created_by=account.id, changed_by=account.id)
        .returning(r.c.id)
    )
    assert isinstance(number, int)
    return number


def same_finding(
    connection: Connection, values: Mapping[str, Any], place: shapely.Point
) -> int | None:
    """Number of a finding of the same zone, kind, place, day and text; None without one."""
    day = func.beijing_day(f.c.found_at) == func.beijing_day(values["found_at"])
    number: int | None = connection.scalar(
        select(f.c.id)
        .where(
            f.c.zone == values["zone"],
            f.c.kind == values["kind"],
            f.c.note.is_not_distinct_from(values["note"]),
            func.ST_Equals(f.c.geom, func.ST_GeomFromWKB(shapely.to_wkb(place), CGCS2000)),
            day,
        )
        .order_by(f.c.id)
        .limit(1)
    )
    return number


@dataclass(frozen=True)
class HeldFinding:
    """A finding locked for a change."""

    id: int
    version: int
    values: Mapping[str, Any]
    place: shapely.Point


def lock_finding(connection: Connection, account: Account, finding_id: int) -> HeldFinding | None:
    """The finding, locked until the transaction ends; None when there is none of theirs."""
    # In its own statement: a row is locked as it was committed last, and read after that.
    of_finding = (r.c.id == finding_id, r.c.register == FINDING)
    connection.execute(select(r.c.id).where(*of_finding).with_for_update())
    names = ("kind", "zone", "found_at", "deadline", "note", "photo")
    result = connection.execute(
        select(
            f.c.version, *(f.c[name] for name in names), func.ST_AsBinary(f.c.geom).label("wkb")
        ).where(f.c.id == finding_id, in_scope(account))
    )
    row = result.mappings().one_or_none()
    if row is None:
        return None
    values = {name: row[name] for name in names}
    return HeldFinding(finding_id, row["version"], values, shapely.from_wkb(row["wkb"]))


def change_finding(
    connection: Connection,
    account: Account,
    held: HeldFinding,
    values: Mapping[str, Any],
    place: shapely.Point,
) -> None:
    """Write what changed of a finding."""
    set_change_author(connection, account)
    row = _row(values, place)
    # Fields that a bureau added to the register stay as they are.
    others = r.c.field_values.op("-")(cast(list(SAID), ARRAY(Text)))
    row["field_values"] = others.op("||")(cast(row["field_values"], JSONB))
    connection.execute(
        update(r)
        .where(r.c.id == held.id)
        .values(
            **row,
            version=r.c.version + 1,
            changed_by=account.id,
            changed_at=func.now(),
        )
    )
