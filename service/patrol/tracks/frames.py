"""Tracks as the frames that files and the patrol map are made of."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import isnan
from typing import NamedTuple

import geopandas
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.patrol.tracks.db import patrols
from service.patrol.tracks.db.patrols import PatrolFilter
from service.patrol.zones.db.zones import sees_names
from service.patrol.zones.frames import rows_frame
from service.web.periods import Period
from service.web.row_limits import TRACKS, RowLimit


def tracks_frame(
    connection: Connection,
    account: Account,
    bound: RowLimit,
    period: Period | None = None,
    counties: Sequence[str] | None = None,
    *,
    names: bool = False,
) -> geopandas.GeoDataFrame | None:
    """Cleaned tracks, for inspectors and administrators; None for others. Forgotten ones are not
    among them.
    """
    if not sees_names(account):
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
    filters = PatrolFilter(
        first=period and period.first, after=period and period.after, counties=counties
    )
    rows = patrols.stored_patrols(connection, account, filters, limit=bound.limit + 1)
    rows = bound.within(rows, TRACKS)
    records = [
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
    return rows_frame(records, columns[:-1])


class RecordedTracks(NamedTuple):
    """Tracks as they were recorded; ``forgotten`` counts patrols whose track is deleted."""

    frame: geopandas.GeoDataFrame
    forgotten: int


def recorded_tracks(
    connection: Connection, account: Account, bound: RowLimit, counties: Sequence[str] | None = None
) -> RecordedTracks:
    """Tracks as they were recorded, each fix with its moment: what an export hands out."""
    filters = PatrolFilter(counties=counties)
    rows = patrols.stored_patrols(connection, account, filters, limit=bound.limit + 1)
    rows = bound.within(rows, TRACKS)
    records = [
        {
            **row,
            "times": _moments(row["seconds"]),
        }
        for row in rows
        if row["track_wkb"] is not None
    ]
    names = ("zone", "ranger", "started_at", "ended_at", "times", "source")
    frame = rows_frame(records, names, wkb="track_wkb")
    return RecordedTracks(frame, len(rows) - len(frame))


def _moments(seconds: Sequence[float] | None) -> list[datetime | None] | None:
    if seconds is None:
        return None
    return [None if isnan(second) else datetime.fromtimestamp(second, UTC) for second in seconds]
