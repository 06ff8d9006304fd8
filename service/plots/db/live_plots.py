"""Plots that are there under the numbers of a file, and those that the file leaves out."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Connection, all_, func, literal, select, text

from service.accounts.db.accounts import Account
from service.database.metadata import plot_version
from service.plots.db.plots import PlotFilter, as_records, conditions, in_scope

__all__ = ["Number", "count_missing", "live_plots", "missing_plots", "plot_ids_of"]

BATCH = 5_000
v = plot_version


class Number(NamedTuple):
    """A 图斑号, unique within a county and a task year."""

    district: str
    year: int
    plot_no: str


_OWNERS = text("""
SELECT n.district, n.year, n.plot_no, n.plot_id
FROM plot_number n
JOIN jsonb_to_recordset(CAST(:numbers AS jsonb))
    AS given(district text, year integer, plot_no text)
    USING (district, year, plot_no)
""")


def plot_ids_of(connection: Connection, numbers: Collection[Number]) -> dict[Number, int]:
    """Plots that have the numbers, deleted ones too: their numbers stay theirs."""
    listed = sorted(numbers)
    owners: dict[Number, int] = {}
    for start in range(0, len(listed), BATCH):
        sent = json.dumps([number._asdict() for number in listed[start : start + BATCH]])
        for row in connection.execute(_OWNERS, {"numbers": sent}):
            owners[Number(row.district, row.year, row.plot_no)] = row.plot_id
    return owners


def live_plots(
    connection: Connection, account: Account, plot_ids: Sequence[int]
) -> dict[int, Mapping[str, Any]]:
    """The newest versions of plots by id, geometry as WKB; of those in scope that are there."""
    newest: dict[int, Mapping[str, Any]] = {}
    for start in range(0, len(plot_ids), BATCH):
        ids = list(plot_ids[start : start + BATCH])
        statement = (
            as_records(v).add_columns(v.c.slot).where(v.c.plot_id.in_(ids), in_scope(account))
        )
        # The working version comes last and takes the place of the approved one.
        for row in connection.execute(statement.order_by(v.c.plot_id, v.c.slot)).mappings():
            newest[row["plot_id"]] = dict(row)
    return newest


def _missing(account: Account, number: tuple[str, int], seen: Collection[int]) -> list[Any]:
    filters = PlotFilter(counties=[number[0]], year=number[1])
    seen_ids = literal(sorted(seen), ARRAY(BigInteger))
    left_out = v.c.plot_id != all_(seen_ids)
    return [*conditions(account, filters), v.c.stage != "cancelled", left_out]


def count_missing(
    connection: Connection, account: Account, numbers: Collection[Number], seen: Collection[int]
) -> int:
    """How many plots of the counties and years of a file are not among the plots ``seen``."""
    return sum(
        connection.scalar(
            select(func.count()).select_from(v).where(*_missing(account, group, seen))
        )
        or 0
        for group in _groups(numbers)
    )


def missing_plots(
    connection: Connection,
    account: Account,
    numbers: Collection[Number],
    seen: Collection[int],
    *,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Plots of the counties and years of a file that it leaves out: id, number, name, area."""
    columns = (v.c.plot_id, v.c.district, v.c.year, v.c.plot_no, v.c.name, v.c.area_m2)
    left_out: list[Mapping[str, Any]] = []
    for group in _groups(numbers):
        statement = select(*columns).where(*_missing(account, group, seen)).order_by(v.c.plot_no)
        rows = connection.execute(statement.limit(limit - len(left_out)))
        left_out += [dict(row) for row in rows.mappings()]
        if len(left_out) >= limit:
            break
    return left_out


def _groups(numbers: Collection[Number]) -> list[tuple[str, int]]:
    return sorted({(number.district, number.year) for number in numbers})
