"""Reminders of open duties, every morning, where a bureau named addresses."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from service.accounts.db.accounts import command_line_account
from service.run.background import in_background
from service.web.timestamps import midnight, now, today

log = structlog.get_logger()

HOUR = 8
AWAY_S = 600.0


def seconds_until_morning(moment: datetime) -> float:
    """Seconds until it is 08:00 in Beijing next.

    >>> seconds_until_morning(midnight(today()))
    28800.0
    """
    morning = midnight(today()) + timedelta(hours=HOUR)
    if morning <= moment:
        morning += timedelta(days=1)
    return (morning - moment).total_seconds()


@contextmanager
def reminding(engine: Engine, urls: Sequence[str]) -> Iterator[None]:
    """Remind every morning in the background; without an address nothing is done.

    The engine must see the whole tree.
    """
    if not urls:
        yield
        return

    def work() -> float:
        # It imports apprise, which few need.
        from service.duties.reminders import remind  # noqa: PLC0415

        with engine.begin() as connection:
            count, sent = remind(connection, command_line_account(connection, "reminder"), urls)
        log.info("duties_reminded", entries=count, sent=sent)
        return seconds_until_morning(now())

    with in_background(
        "remind-duties",
        work,
        failed="duties_not_reminded",
        first_pause_s=seconds_until_morning(now()),
        failed_pause_s=AWAY_S,
    ):
        yield
