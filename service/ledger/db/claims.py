"""Claims in the database: added and ended, never changed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    any_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from service.accounts.db.accounts import Account
from service.database.ledger_tables import plot_claim
from service.database.metadata import account as account_table
from service.database.metadata import plot_history, plot_version
from service.plots.db.plots import GREEN_STAGES

__all__ = [
    "ClaimFilter",
    "add_claim",
    "carriers_of",
    "claim_rows",
    "count_claims",
    "end_claim",
    "lock_claim",
    "standing_claim",
]

c = plot_claim.c
v = plot_version

Row = Mapping[str, Any]


def add_claim(connection: Connection, account: Account, values: Mapping[str, Any]) -> int:
    """Store a claim (plot_id, holder_id, district, claimed_as, why, area_m2); returns its id."""
    statement = insert(plot_claim).values(**values, made_by=account.id).returning(c.id)
    number = connection.scalar(statement)
    assert isinstance(number, int)
    return number


def carriers_of(connection: Connection, plan_id: int, holder_ids: Collection[int]) -> set[int]:
    """Which approved plots, out of some by their ids, name a planned one as their plan."""
    if not holder_ids:
        return set()
    names_it = literal(plan_id) == any_(v.c.plan_ids)
    carriers = (v.c.plot_id.in_(holder_ids), v.c.slot == "approved", names_it)
    return set(connection.scalars(select(v.c.plot_id).where(*carriers)))


def end_claim(connection: Connection, account: Account, claim_id: int, because: str) -> None:
    """End a claim that stands."""
    connection.execute(
        update(plot_claim)
        .where(c.id == claim_id, c.ended_at.is_(None))
        .values(ended_by=account.id, ended_at=func.clock_timestamp(), ended_because=because)
    )


def standing_claim(connection: Connection, plot_id: int, holder_id: int) -> Row | None:
    """The claim of a plot upon a holder that stands; None when there is none."""
    standing = (c.plot_id == plot_id, c.holder_id == holder_id, c.ended_at.is_(None))
    row = connection.execute(select(plot_claim).where(*standing)).mappings().one_or_none()
    return None if row is None else dict(row)


def lock_claim(connection: Connection, account: Account, claim_id: int) -> Row | None:
    """A claim in scope; None when there is none. Others who end it wait for the transaction."""
    # Locking the row itself needs a right to change all of it.
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK, claim_id % 2**31)))
    statement = select(plot_claim).where(c.id == claim_id, _in_scope(account))
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


_LOCK = 4171


@dataclass(frozen=True)
class ClaimFilter:
    """Which claims are asked for; None leaves a condition out."""

    plot_id: int | None = None
    """On either side."""
    claimed_as: str | None = None
    standing: bool | None = None
    orphaned: bool | None = None
    """Those whose holder holds nothing any more."""


def _in_scope(account: Account) -> ColumnElement[bool]:
    """The condition on the account's districts and units: those of the claiming plot."""
    if account.counties is None:
        return true()
    there = c.district.in_(account.counties)
    if not account.units:
        return there
    own = exists().where(v.c.plot_id == c.plot_id, v.c.unit.in_(account.units))
    return or_(there, own)


_HOLDS = exists().where(
    v.c.plot_id == c.holder_id, v.c.slot == "approved", v.c.stage.in_(GREEN_STAGES)
)


def _conditions(account: Account, filters: ClaimFilter) -> Iterator[ColumnElement[bool]]:
    yield _in_scope(account)
    if filters.plot_id is not None:
        yield or_(c.plot_id == filters.plot_id, c.holder_id == filters.plot_id)
    if filters.claimed_as is not None:
        yield c.claimed_as == filters.claimed_as
    if filters.standing is not None:
        yield c.ended_at.is_(None) if filters.standing else c.ended_at.is_not(None)
    if filters.orphaned is not None:
        yield ~_HOLDS if filters.orphaned else _HOLDS


def claim_rows(
    connection: Connection, account: Account, filters: ClaimFilter, *, after: int, limit: int
) -> list[Row]:
    """Claims by id with both sides as they stand now, or as they stood last."""
    maker, ender = account_table.alias("maker"), account_table.alias("ender")
    statement = (
        select(
            plot_claim,
            (~_HOLDS).label("orphaned"),
            maker.c.name.label("made_by_name"),
            ender.c.name.label("ended_by_name"),
        )
        .outerjoin(maker, maker.c.id == c.made_by)
        .outerjoin(ender, ender.c.id == c.ended_by)
        .where(*_conditions(account, filters), c.id > after)
        .order_by(c.id)
        .limit(limit)
    )
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    sides = _sides(connection, {row[name] for row in rows for name in ("plot_id", "holder_id")})
    return [
        row | {"plot": sides.get(row["plot_id"]), "holder": sides.get(row["holder_id"])}
        for row in rows
    ]


def count_claims(connection: Connection, account: Account, filters: ClaimFilter) -> int:
    """How many claims of the scope the filter selects."""
    statement = select(func.count()).select_from(plot_claim).where(*_conditions(account, filters))
    return connection.scalar(statement) or 0


_SIDE = ("plot_id", "plot_no", "name", "year", "programme", "stage", "area_m2", "evidence")


def _sides(connection: Connection, ids: set[int]) -> dict[int, Row]:
    """The newest version of each plot, and whether it is gone; out of the history when it is."""
    if not ids:
        return {}
    sides: dict[int, Row] = {}
    for row in connection.execute(_past(ids)).mappings():
        sides[row["plot_id"]] = dict(row) | {"gone": True}
    columns = [v.c[name] for name in _SIDE]
    present = select(*columns, v.c.slot).where(v.c.plot_id.in_(ids)).order_by(v.c.slot)
    for row in connection.execute(present).mappings():
        side = {name: row[name] for name in _SIDE}
        sides[row["plot_id"]] = side | {"gone": False}
    return sides


def _past(ids: set[int]) -> Select[Any]:
    h = plot_history.c
    last = (
        select(func.max(h.id).label("id"))
        .where(h.plot_id.in_(ids), h.slot == "approved", h.operation != "delete")
        .group_by(h.plot_id)
        .subquery()
    )
    return select(*(h[name] for name in _SIDE)).join(last, last.c.id == h.id)
