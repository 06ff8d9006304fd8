"""A backup every night, where a bureau named a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from service.backup.nightly import back_up_tonight
from service.database.location import DatabaseLocation
from service.run.background import in_background
from service.settings import Settings
from service.web.timestamps import day_of, midnight, now

log = structlog.get_logger()

AWAY_S = 600.0


def seconds_until(hour: int, moment: datetime) -> float:
    """Seconds from a moment until it is this hour in Beijing next.

    >>> from datetime import UTC
    >>> seconds_until(2, datetime(2026, 11, 30, 17, 0, tzinfo=UTC)) / 3600  # 01:00 in Beijing
    1.0
    """
    begins = midnight(day_of(moment)) + timedelta(hours=hour)
    if begins <= moment:
        begins += timedelta(days=1)
    return (begins - moment).total_seconds()


@contextmanager
def backing_up(place: DatabaseLocation, settings: Settings) -> Iterator[None]:
    """Back up every night in the background; without a folder nothing is done.

    A backup that fails is logged and tried again after ten minutes.
    """
    if settings.backup_dir is None:
        yield
        return

    def work() -> float:
        folder, manifest = back_up_tonight(place, settings)
        log.info("backed_up", folder=str(folder), bytes=manifest.bytes)
        return seconds_until(settings.backup_hour, now())

    with in_background(
        "back-up",
        work,
        failed="not_backed_up",
        first_pause_s=seconds_until(settings.backup_hour, now()),
        failed_pause_s=AWAY_S,
    ):
        yield
