"""Zones, with what was due and done, as the frames that files and the patrol map are made of."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import geopandas
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.patrol.duty.compliance import DutyAnswer
from service.patrol.zones.db import zones
from service.patrol.zones.db.zones import ZoneFilter
from service.patrol.zones.frames import rows_frame
from service.web.row_limits import ZONES, RowLimit
from service.web.timestamps import today

ZONE = (
    "id",
    "code",
    "name",
    "level",
    "parent",
    "district",
    "chief",
    "chief_title",
    "ranger",
    "office",
    "board",
    "valid_from",
    "valid_to",
)


DUTY = (
    "visits_due",
    "visits_done",
    "days_due",
    "effective_days",
    "length_km",
    "walked_share",
    "walked_share_sum",
    "overdue_days",
    "longest_gap_days",
    "streak",
    "last_visit",
    "state",
    "patrols",
    "open_findings",
)


def zones_day(duty: DutyAnswer) -> date:
    """The day on which zones are looked at: the end of a period, or its day of judgement."""
    return min(max(duty.as_of, duty.period.first), duty.period.last)


def _told_once(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where days are due, they are what is counted, and no visits beside them."""
    if row["days_due"] is None:
        return row
    return {**row, "visits_due": None, "visits_done": None}


def zones_frame(
    connection: Connection,
    account: Account,
    bound: RowLimit,
    duty: DutyAnswer | None = None,
    counties: Sequence[str] | None = None,
) -> geopandas.GeoDataFrame:
    """Zones as they hold at the end of the duty's period (or today), names for who may see them."""
    day = today() if duty is None else zones_day(duty)
    filters = ZoneFilter(day, counties=counties)
    rows = zones.stored_zones(connection, account, filters, limit=bound.limit + 1)
    rows = bound.within(rows, ZONES)
    by_code = {row["code"]: row["name"] for row in rows}
    records = [{**row, "parent_name": by_code.get(row["parent"])} for row in rows]
    names: tuple[str, ...] = (*ZONE, "parent_name", "demo")
    if duty is not None:
        of_zone = {row["zone"]: _told_once(row) for row in duty.table()}
        nothing = dict.fromkeys(DUTY)
        records = [
            {**row, **{name: of_zone.get(row["code"], nothing)[name] for name in DUTY}}
            for row in records
        ]
        names = (*names, *DUTY)
    return rows_frame(records, names)
