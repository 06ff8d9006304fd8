"""Personal data of tracks, posts and records is deleted after its time, every day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from service.patrol.tracks.db.written import forget_tracks
from service.registers.db.records import forget_values
from service.run.background import in_background
from service.units.db.posts import forget_people
from service.web.db.idempotent_answers import forget_answers
from service.web.timestamps import day_of, now, today

log = structlog.get_logger()

DAY_S = 86_400.0
AWAY_S = 60.0


def forget(engine: Engine, days: int) -> tuple[int, datetime]:
    """Delete names, tracks and ground older than so many days; how many patrols, and since when.

    The engine must see the whole tree: rows that it does not see are not deleted.
    """
    before = now() - timedelta(days=days)
    with engine.begin() as connection:
        forget_answers(connection)  # they may hold tracks, too
        return forget_tracks(connection, before), before


def forget_posts(engine: Engine, days: int) -> tuple[int, datetime]:
    """Delete names and phones of posts that ended so many days ago; how many, and since when.

    The engine must see the whole tree, as for :func:`forget`.
    """
    before = now() - timedelta(days=days)
    with engine.begin() as connection:
        return forget_people(connection, day_of(before)), before


def forget_records(engine: Engine) -> int:
    """Delete personal values of records that are done since longer than their registers keep them;
    how many.

    The engine must see the whole tree, as for :func:`forget`.
    """
    with engine.begin() as connection:
        return forget_values(connection, today())


@contextmanager
def forgetting(engine: Engine, days: int, post_days: int) -> Iterator[None]:
    """Forget now and once a day in the background; it retries while the database is away."""

    def work() -> float:
        count, before = forget(engine, days)
        if count:
            log.info("tracks_forgotten", patrols=count, before=day_of(before).isoformat())
        count, before = forget_posts(engine, post_days)
        if count:
            log.info("people_forgotten", posts=count, before=day_of(before).isoformat())
        count = forget_records(engine)
        if count:
            log.info("values_forgotten", records=count)
        return DAY_S

    with in_background("forget-tracks", work, failed="tracks_not_forgotten", failed_pause_s=AWAY_S):
        yield
