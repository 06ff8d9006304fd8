"""Records: written, asked for, counted."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from geoalchemy2 import WKBElement
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Text,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    update,
)

from gis.crs import CGCS2000
from gis.shapes import Shape
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import account as account_table
from service.database.register_tables import record, record_link, register_state

r = record
COLUMNS = (
    "id",
    "register",
    "number",
    "name",
    "county",
    "town",
    "village",
    "zone",
    "unit",
    "plan",
    "field_values",
    "state",
    "since",
    "deadline",
    "note",
    "area_m2",
    "length_m",
    "version",
    "demo",
    "changed_at",
)
# What people may write of a record beside its shape.
WRITTEN = ("number", "name", "zone", "unit", "plan", "field_values", "deadline", "note")


def in_scope(account: Account) -> ColumnElement[bool]:
    """Records of the account's counties and units."""
    if account.counties is None:
        return true()
    mine = [r.c.county.in_(account.counties)] if account.counties else []
    mine += [r.c.unit.in_(account.units)] if account.units else []
    return or_(*mine) if mine else false()


@dataclass(frozen=True)
class RecordFilter:
    """Which records of a register are asked for; None leaves a question open.

    ``bbox`` is west, south, east, north in degrees; ``done`` are the states in which nothing is
    overdue.
    """

    register: str
    today: date
    done: Sequence[str]
    counties: Sequence[str] | None = None
    below: str | None = None
    """Town or village."""
    states: Sequence[str] | None = None
    overdue: bool | None = None
    zone: str | None = None
    unit: str | None = None
    plan: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    plot: int | None = None
    """Linked to it."""
    number: int | None = None
    """That one alone."""


def is_overdue(filters: RecordFilter) -> ColumnElement[bool]:
    """Past its deadline and not done."""
    late = and_(r.c.deadline < filters.today, r.c.state.not_in(filters.done))
    return func.coalesce(late, false())


def _conditions(account: Account, filters: RecordFilter) -> Iterator[ColumnElement[bool]]:
    yield r.c.register == filters.register
    yield in_scope(account)
    if filters.counties is not None:
        yield r.c.county.in_(filters.counties)
    if filters.below is not None:
        yield or_(r.c.town == filters.below, r.c.village == filters.below)
    if filters.states is not None:
        yield r.c.state.in_(filters.states)
    if filters.overdue is not None:
        yield is_overdue(filters) == filters.overdue
    for name in ("zone", "unit", "plan"):
        wanted = getattr(filters, name)
        if wanted is not None:
            yield r.c[name] == wanted
    if filters.bbox is not None:
        box = func.ST_MakeEnvelope(*filters.bbox, CGCS2000)
        yield r.c.geom.op("&&")(box)
        yield func.ST_Intersects(r.c.geom, box)
    if filters.plot is not None:
        linked = select(record_link.c.record_id).where(record_link.c.plot_id == filters.plot)
        yield r.c.id.in_(linked)
    if filters.number is not None:
        yield r.c.id == filters.number


def list_records(
    connection: Connection,
    account: Account,
    filters: RecordFilter,
    *,
    after: int = 0,
    limit: int,
    wkb: bool = False,
) -> list[dict[str, Any]]:
    """Records after number ``after``, in the order of their numbers.

    ``geometry`` is GeoJSON text, with ``wkb`` bytes instead.
    """
    author, editor = account_table.alias("author"), account_table.alias("editor")
    shape = func.ST_AsBinary(r.c.geom) if wkb else func.ST_AsGeoJSON(r.c.geom, 9, 0)
    statement = (
        select(
            *(r.c[name] for name in COLUMNS),
            is_overdue(filters).label("overdue"),
            author.c.name.label("created_by"),
            editor.c.name.label("changed_by"),
            shape.label("geometry"),
        )
        .select_from(
            r.outerjoin(author, author.c.id == r.c.created_by).outerjoin(
                editor, editor.c.id == r.c.changed_by
            )
        )
        .where(*_conditions(account, filters), r.c.id > after)
        .order_by(r.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_records(connection: Connection, account: Account, filters: RecordFilter) -> int:
    """How many records the filter matches in the account's scope."""
    statement = select(func.count()).select_from(r).where(*_conditions(account, filters))
    return connection.scalar(statement) or 0


def state_counts(
    connection: Connection, account: Account, today: date, register: str | None = None
) -> dict[str, dict[str, tuple[int, int]]]:
    """By register and state: how many records of the scope, and how many past their deadline."""
    done = exists().where(
        register_state.c.register == r.c.register,
        register_state.c.code == r.c.state,
        register_state.c.done,
    )
    late = func.count().filter(r.c.deadline < today, ~done)
    statement = select(r.c.register, r.c.state, func.count(), late).where(in_scope(account))
    if register is not None:
        statement = statement.where(r.c.register == register)
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for code, state, total, overdue in connection.execute(
        statement.group_by(r.c.register, r.c.state)
    ):
        counts.setdefault(code, {})[state] = (total, overdue)
    return counts


@dataclass(frozen=True)
class HeldRecord:
    """A record locked for a change."""

    id: int
    version: int
    state: str
    since: date
    county: str | None
    created_by: int | None
    values: Mapping[str, Any]
    """What people wrote: see `WRITTEN`."""
    shape: Shape | None


def lock_record(
    connection: Connection, account: Account, register: str, number: int
) -> HeldRecord | None:
    """The record, locked until the transaction ends; None when there is none of theirs."""
    names = ("version", "state", "since", "county", "created_by", *WRITTEN)
    statement = (
        select(*(r.c[name] for name in names), func.ST_AsBinary(r.c.geom).label("wkb"))
        .where(r.c.id == number, r.c.register == register, in_scope(account))
        .with_for_update()
    )
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        return None
    return HeldRecord(
        number,
        row["version"],
        row["state"],
        row["since"],
        row["county"],
        row["created_by"],
        {name: row[name] for name in WRITTEN},
        None if row["wkb"] is None else shapely.from_wkb(row["wkb"]),
    )


def _geometry(shape: Shape | None) -> Any:
    return None if shape is None else func.ST_GeomFromWKB(shapely.to_wkb(shape), CGCS2000)


def insert_records(
    connection: Connection,
    account: Account,
    rows: Sequence[tuple[Mapping[str, Any], Shape | None]],
    *,
    demo: bool = False,
) -> list[int]:
    """Write records, each with its columns and its shape; answers their numbers in their order."""
    if not rows:
        return []
    set_change_author(connection, account)
    written = {"demo": demo, "created_by": account.id, "changed_by": account.id}
    return list(
        connection.scalars(
            insert(r).returning(r.c.id, sort_by_parameter_order=True),
            [{**values, "geom": _element(shape), **written} for values, shape in rows],
        )
    )


def _element(shape: Shape | None) -> WKBElement | None:
    return None if shape is None else WKBElement(shapely.to_wkb(shape), srid=CGCS2000)


def change_record(
    connection: Connection,
    account: Account,
    number: int,
    values: Mapping[str, Any],
    *shape: Shape | None,
) -> None:
    """Write what changed of a record, and its shape where one is given."""
    set_change_author(connection, account)
    geom = {"geom": _geometry(shape[0])} if shape else {}
    connection.execute(
        update(r)
        .where(r.c.id == number)
        .values(
            **values, **geom, version=r.c.version + 1, changed_by=account.id, changed_at=func.now()
        )
    )


def delete_record(
    connection: Connection, account: Account, number: int, reason: str | None
) -> None:
    """Take a record away; its history stays."""
    set_change_author(connection, account, reason)
    connection.execute(delete(r).where(r.c.id == number))


def number_holder(
    connection: Connection, account: Account, register: str, number: str
) -> int | None:
    """The record of the scope that has a number; None when none has it."""
    return number_holders(connection, account, register, [number]).get(number)


def number_holders(
    connection: Connection, account: Account, register: str, numbers: Sequence[str]
) -> dict[str, int]:
    """The records of the scope that have some numbers; those that none has are missing."""
    statement = select(r.c.number, r.c.id).where(
        r.c.register == register,
        r.c.number == func.any(literal(list(numbers), ARRAY(Text))),
        in_scope(account),
    )
    return {row.number: row.id for row in connection.execute(statement)}


_SAME = text("""
SELECT r.id FROM record r
WHERE r.register = :register AND r.zone = :zone AND r.note IS NOT DISTINCT FROM :note
  AND ST_Equals(r.geom, ST_GeomFromWKB(:wkb, :srid))
  AND (SELECT bool_and(r.field_values ->> name IS NOT DISTINCT FROM CAST(:said AS jsonb) ->> name)
       FROM unnest(CAST(:codes AS text[])) AS name) IS NOT FALSE
  AND beijing_day(CASE WHEN CAST(:moment AS text) IS NULL THEN r.changed_at
                       ELSE CAST(r.field_values ->> :moment AS timestamptz) END)
      = CAST(:day AS date)
ORDER BY r.id LIMIT 1
""")


def same_record(
    connection: Connection,
    row: Mapping[str, Any],
    shape: Shape,
    codes: Sequence[str],
    moment: str | None,
) -> int | None:
    """Number of a record of the same zone, codes, place, day and note; None without one.

    ``codes`` are its fields that hold codes, ``moment`` the one that says when it happened.
    """
    number: int | None = connection.scalar(
        _SAME,
        {
            "register": row["register"],
            "zone": row["zone"],
            "note": row["note"],
            "wkb": shapely.to_wkb(shape),
            "srid": CGCS2000,
            "said": json.dumps(row["field_values"]),
            "codes": list(codes),
            "moment": moment,
            "day": row["since"],
        },
    )
    return number


_NEXT = text("""
INSERT INTO register_counter AS c (register, county, last) VALUES (:register, :county, :count)
ON CONFLICT (register, county) DO UPDATE SET last = c.last + :count RETURNING last
""")
_LAST = text("""
UPDATE register_counter SET last = :last WHERE register = :register AND county = :county
""")
NO_COUNTY = "000000"


def next_numbers(
    connection: Connection,
    account: Account,
    register: str,
    prefix: str,
    county: str | None,
    count: int = 1,
) -> list[str]:
    """Numbers that no record of the register has: letters, county, five digits.

    Where many are taken in a row, twice as many are looked at each time: a file brings thousands.
    """
    free: list[str] = []
    head = f"{prefix}{county or NO_COUNTY}"
    key = {"register": register, "county": county or NO_COUNTY}
    ahead = 1
    while len(free) < count:
        wanted = max(count - len(free), ahead)
        ahead *= 2
        last = connection.scalar(_NEXT, key | {"count": wanted}) or 0
        numbers = [f"{head}{n:05d}" for n in range(last - wanted + 1, last + 1)]
        held = number_holders(connection, account, register, numbers)
        free += [number for number in numbers if number not in held]
    if len(free) > count:
        connection.execute(_LAST, key | {"last": int(free[count - 1][len(head) :])})
    return free[:count]


_FORGET = text("""
UPDATE record r SET field_values = r.field_values - g.personal, forgotten_at = now(),
       version = r.version + 1, changed_at = now()
FROM register g, register_state s
WHERE g.code = r.register AND s.register = r.register AND s.code = r.state AND s.done
  AND r.since + g.retention_days < :today AND r.field_values ?| g.personal
""")


def forget_values(connection: Connection, today: date) -> int:
    """Delete the personal values of done records that are past the time of their register; answers
    how many. Their history never had them.
    """
    return connection.execute(_FORGET, {"today": today}).rowcount
