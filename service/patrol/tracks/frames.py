"""Zones, tracks and findings as the frames that files and the patrol map are made of."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from math import isnan
from typing import Any, NamedTuple

import geopandas
import pandas as pd
import shapely
from sqlalchemy import Connection

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.patrol.duty.compliance import DutyAnswer
from service.patrol.findings.db import findings
from service.patrol.findings.db.findings import FindingFilter
from service.patrol.tracks.db import patrols
from service.patrol.tracks.db.patrols import PatrolFilter
from service.patrol.zones.db import zones
from service.patrol.zones.db.zones import ZoneFilter, sees_names
from service.web.periods import Period
from service.web.row_limits import FINDINGS, TRACKS, ZONES, RowLimit
from service.web.timestamps import midnight, today

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


def _frame(
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    wkb: str = "wkb",
    into: str = "geometry",
) -> geopandas.GeoDataFrame:
    table = pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=object) for name in names}
    )
    table[into] = shapely.from_wkb(pd.Series([row[wkb] for row in rows], dtype=object).to_numpy())
    return geopandas.GeoDataFrame(table, geometry=into, crs=CGCS2000)


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
    who: Account,
    bound: RowLimit,
    duty: DutyAnswer | None = None,
    counties: Sequence[str] | None = None,
) -> geopandas.GeoDataFrame:
    """Zones as they hold at the end of the duty's period (or today), names for who may see them."""
    day = today() if duty is None else zones_day(duty)
    asked = ZoneFilter(day, counties=counties)
    rows = zones.stored_zones(connection, who, asked, limit=bound.limit + 1)
    rows = bound.within(rows, ZONES)
    by_code = {row["code"]: row["name"] for row in rows}
    told = [{**row, "parent_name": by_code.get(row["parent"])} for row in rows]
    names: tuple[str, ...] = (*ZONE, "parent_name", "demo")
    if duty is not None:
        of_zone = {one["zone"]: _told_once(one) for one in duty.table()}
        nothing = dict.fromkeys(DUTY)
        told = [
            {**row, **{name: of_zone.get(row["code"], nothing)[name] for name in DUTY}}
            for row in told
        ]
        names = (*names, *DUTY)
    return _frame(told, names)


def tracks_frame(
    connection: Connection,
    who: Account,
    bound: RowLimit,
    period: Period | None = None,
    counties: Sequence[str] | None = None,
    *,
    names: bool = False,
) -> geopandas.GeoDataFrame | None:
    """Cleaned tracks, for inspectors and administrators; None for others. Forgotten ones are not
    among them.
    """
    if not sees_names(who):
        return None
    columns = (
        "id",
        "zone",
        "ranger",
        "started_at",
        "ended_at",
        "length_km",
        "minutes",
        "effective",
        "apart",
        "wkb",
    )
    asked = PatrolFilter(
        first=period and period.first, after=period and period.after, counties=counties
    )
    rows = patrols.stored_patrols(connection, who, asked, limit=bound.limit + 1)
    rows = bound.within(rows, TRACKS)
    told = [
        {
            **row,
            "ranger": row["ranger"] if names else None,
            "length_km": row["length_m"] / 1000,
            "minutes": None if row["duration_s"] is None else row["duration_s"] / 60,
            "apart": [*row["apart"], *row["shortfalls"]],
            "effective": not row["apart"] and not row["shortfalls"] and row["inside_m"] is not None,
        }
        for row in rows
        if row["wkb"] is not None
    ]
    return _frame(told, columns[:-1])


class RecordedTracks(NamedTuple):
    """Tracks as they were recorded; ``forgotten`` counts patrols whose track is deleted."""

    frame: geopandas.GeoDataFrame
    forgotten: int


def recorded_tracks(
    connection: Connection, who: Account, bound: RowLimit, counties: Sequence[str] | None = None
) -> RecordedTracks:
    """Tracks as they were recorded, each fix with its moment: what an export hands out."""
    asked = PatrolFilter(counties=counties)
    rows = patrols.stored_patrols(connection, who, asked, limit=bound.limit + 1)
    rows = bound.within(rows, TRACKS)
    told = [
        {
            **row,
            "times": _moments(row["seconds"]),
        }
        for row in rows
        if row["track_wkb"] is not None
    ]
    names = ("zone", "ranger", "started_at", "ended_at", "times", "source")
    frame = _frame(told, names, wkb="track_wkb")
    return RecordedTracks(frame, len(rows) - len(frame))


def _moments(seconds: Sequence[float] | None) -> list[datetime | None] | None:
    if seconds is None:
        return None
    return [None if isnan(one) else datetime.fromtimestamp(one, UTC) for one in seconds]


def findings_frame(
    connection: Connection,
    who: Account,
    bound: RowLimit,
    period: Period | None = None,
    counties: Sequence[str] | None = None,
) -> geopandas.GeoDataFrame:
    """Findings of the scope; those found in the period."""
    asked = FindingFilter(
        today(),
        counties,
        first=period and midnight(period.first),
        after=period and midnight(period.after),
    )
    rows = findings.stored_findings(connection, who, asked, limit=bound.limit + 1)
    rows = bound.within(rows, FINDINGS)
    names = ("id", "zone", "kind", "found_at", "deadline", "state", "overdue", "note", "photo")
    return _frame(rows, names, into="place")
