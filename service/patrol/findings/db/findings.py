"""Findings: written, taken from step to step, asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    func,
    insert,
    select,
    true,
    update,
)

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import account as account_table
from service.database.metadata import code
from service.database.patrol_tables import finding, finding_step, zone

f, s = finding, finding_step
DONE = ("rectified", "closed")


def in_scope(account: Account) -> ColumnElement[bool]:
    """Findings of the account's counties."""
    return true() if account.counties is None else f.c.county.in_(account.counties)


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
    return func.coalesce(and_(f.c.deadline < today, f.c.state.not_in(DONE)), False)


def conditions(account: Account, filters: FindingFilter) -> Iterator[ColumnElement[bool]]:
    """What a finding must meet."""
    yield in_scope(account)
    if filters.counties is not None:
        yield f.c.county.in_(filters.counties)
    if filters.zone is not None:
        yield zone.c.code == filters.zone
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
        zone.c.code.label("zone"),
        func.coalesce(code.c.label_zh, f.c.kind).label("kind_label"),
        is_overdue(today).label("overdue"),
        author.c.name.label("created_by"),
        editor.c.name.label("changed_by"),
    ).select_from(
        f.join(zone, zone.c.id == f.c.zone_id)
        .outerjoin(code, and_(code.c.list == "finding_kind", code.c.code == f.c.kind))
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
    statement = select(func.count()).select_from(f.join(zone, zone.c.id == f.c.zone_id))
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


def steps_of(connection: Connection, finding_id: int) -> list[Mapping[str, Any]]:
    """The steps of a finding, the first first."""
    names = ("state", "on_day", "deadline", "letter_no", "note", "actor", "at")
    statement = select(*(s.c[name] for name in names)).where(s.c.finding_id == finding_id)
    return [dict(row) for row in connection.execute(statement.order_by(s.c.id)).mappings()]


def insert_finding(
    connection: Connection,
    account: Account,
    values: Mapping[str, Any],
    place: shapely.Point,
    *,
    demo: bool = False,
) -> int:
    """Write a finding in its first state; answers its number."""
    set_change_author(connection, account)
    number = connection.scalar(
        insert(f)
        .values(
            **values,
            geom=func.ST_GeomFromWKB(shapely.to_wkb(place), CGCS2000),
            demo=demo,
            created_by=account.id,
            changed_by=account.id,
        )
        .returning(f.c.id)
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
            f.c.zone_id == values["zone_id"],
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
    state: str
    values: Mapping[str, Any]
    place: shapely.Point


def lock_finding(connection: Connection, account: Account, finding_id: int) -> HeldFinding | None:
    """The finding, locked until the transaction ends; None when there is none of theirs."""
    result = connection.execute(
        select(
            f.c.version,
            f.c.state,
            f.c.kind,
            f.c.found_at,
            f.c.deadline,
            f.c.note,
            f.c.photo,
            func.ST_AsBinary(f.c.geom).label("wkb"),
            select(zone.c.code).where(zone.c.id == f.c.zone_id).scalar_subquery().label("zone"),
        )
        .where(f.c.id == finding_id, in_scope(account))
        .with_for_update(of=f)
    )
    row = result.mappings().one_or_none()
    if row is None:
        return None
    names = ("kind", "zone", "found_at", "deadline", "note", "photo")
    values = {name: row[name] for name in names}
    return HeldFinding(
        finding_id, row["version"], row["state"], values, shapely.from_wkb(row["wkb"])
    )


def change_finding(
    connection: Connection,
    account: Account,
    held: HeldFinding,
    values: Mapping[str, Any],
    place: shapely.Point | None = None,
) -> None:
    """Write what changed of a finding."""
    set_change_author(connection, account)
    shape = {} if place is None else {"geom": func.ST_GeomFromWKB(shapely.to_wkb(place), CGCS2000)}
    connection.execute(
        update(f)
        .where(f.c.id == held.id)
        .values(
            **values, **shape, version=f.c.version + 1, changed_by=account.id, changed_at=func.now()
        )
    )


def add_step(
    connection: Connection, account: Account, finding_id: int, values: Mapping[str, Any]
) -> None:
    """Write a step; it is never changed."""
    connection.execute(
        insert(s).values(**values, finding_id=finding_id, account_id=account.id, actor=account.name)
    )


def delete_finding(
    connection: Connection, account: Account, held: HeldFinding, reason: str | None
) -> None:
    """Take a finding away; it stays in the log."""
    set_change_author(connection, account, reason)
    connection.execute(delete(f).where(f.c.id == held.id))
