"""Tracks of a file into the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from data.import_result import Progress, no_progress, plain_rows
from data.patrol.tracks import TRACK_LIMITS, TrackTable
from data.reading.limits import Limits
from data.row_problems import RowProblem
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.patrol.tracks.evaluate import RecordedTrack, without_rollover
from service.patrol.tracks.schemas import PatrolNamed, TrackOutcome
from service.patrol.tracks.store import TrackRefused, store_tracks
from service.settings import Settings
from service.web.timestamps import day_of, now

TIMELESS_TOLD = 100
LISTED_FIXES = 10


def track_limits(settings: Settings) -> Limits:
    """Bounds on a file of tracks."""
    return replace(TRACK_LIMITS, file_bytes=settings.upload_limit_bytes)


def import_tracks(  # noqa: PLR0913 - how a file is to be stored
    connection: Connection,
    account: Account,
    table: TrackTable,
    file: str,
    *,
    fix_limit: int,
    unnamed: PatrolNamed | None = None,
    progress: Progress = no_progress,
) -> list[TrackOutcome]:
    """Store the tracks of a file that can be stored; every row is told of.

    ``unnamed`` is what holds for tracks that name no zone or walker themselves. Unlike
    plots a track hangs on no other: one that is refused keeps nobody else out.
    """
    refused = refused_rows(table)
    rows = plain_rows(table.frame)
    good = [n for n in range(1, len(rows) + 1) if n not in refused]
    default = unnamed or PatrolNamed()
    tracks = [
        replace(track, zone=track.zone or default.zone, ranger=track.ranger or default.ranger)
        for track in (recorded(rows[n - 1]) for n in good)
    ]
    stored_or_refused = store_tracks(
        connection, account, tracks, fix_limit=fix_limit, progress=progress
    )
    of_row = dict(zip(good, stored_or_refused, strict=True))
    outcomes = []
    for n in range(1, len(rows) + 1):
        if (why := refused.get(n)) is not None:
            outcomes.append(
                TrackOutcome(
                    row=n,
                    patrol=None,
                    apart=[],
                    code=why.code,
                    message=why.message,
                    field=why.field,
                )
            )
            continue
        outcome = of_row[n]
        if isinstance(outcome, TrackRefused):
            outcomes.append(
                TrackOutcome(
                    row=n,
                    patrol=None,
                    apart=[],
                    code=outcome.code,
                    message=outcome.message,
                    field="geometry",
                )
            )
        else:
            timeless = outcome.timeless_fixes
            outcomes.append(
                TrackOutcome(
                    row=n,
                    patrol=outcome.patrol_id,
                    apart=list(outcome.apart),
                    timeless=len(timeless),
                    timeless_fixes=list(timeless[:TIMELESS_TOLD]),
                )
            )
    stored = sum(outcome.patrol is not None for outcome in outcomes)
    note(connection, account, "import_patrols", {"file": file, "rows": len(rows), "stored": stored})
    return outcomes


def refused_rows(table: TrackTable) -> dict[int, RowProblem]:
    """Why tracks of a file cannot be stored, as far as the file alone tells: the first problem of
    each, by row.
    """
    problems: dict[int | None, RowProblem] = {}
    for problem in table.problems:
        problems.setdefault(problem.row, problem)
    of_all = problems.get(None)
    rows = range(1, len(table.frame) + 1)
    return {row: why for row in rows if (why := problems.get(row, of_all)) is not None}


def timeless_notes(outcomes: Sequence[TrackOutcome]) -> list[Message]:
    """Of which tracks fixes without a moment were left out, for people."""
    notes = []
    for outcome in outcomes:
        count = outcome.timeless
        if count:
            listed = ", ".join(map(str, outcome.timeless_fixes[:LISTED_FIXES]))
            more = " …" if count > LISTED_FIXES else ""
            message = Message(
                f"第 {outcome.row} 条轨迹有 {count} 个定位点没有时刻，不计入"
                f"（第 {listed}{more} 个）",
                f"row {outcome.row}: {count} fixes have no time and are in no figure "
                f"(fixes {listed}{more})",
            )
            notes.append(message)
    return notes


def apart_notes(outcomes: Sequence[TrackOutcome], table: TrackTable) -> list[Message]:
    """Why tracks are kept apart that look like those of a receiver which lost 1024 weeks."""
    begins = table.frame["started_at"].tolist()
    return [
        rollover_words(outcome.row, begins[outcome.row - 1])
        for outcome in outcomes
        if "week_rollover" in outcome.apart
    ]


def rollover_words(row: int, begin: datetime) -> Message:
    """The suspicion about a track that begins so long ago, and what to do about it."""
    written = day_of(begin)
    likely = day_of(without_rollover(begin, now()))
    return Message(
        f"第 {row} 条轨迹的日期是 {written}，疑似接收机周计数翻转（每 1024 周归零），实际可能是 "
        f"{likely}；已另存、不计入，请在设备或文件中改正日期（加 7168 天的倍数）后重新导入",
        f"row {row} is dated {written}: its receiver's count of weeks has probably rolled over "
        f"after 1024, and the day was {likely}; it is kept apart and counts for nothing: correct "
        "the dates in the device or the file (add 7168 days, or twice that) and import it again",
    )


def recorded(row: Mapping[str, Any]) -> RecordedTrack:
    """A row of a frame of tracks."""
    return RecordedTrack(
        row["geometry"],
        row["times"],
        row["zone"],
        row["ranger"],
        row["source"],
        row["started_at"],
        row["ended_at"],
    )
