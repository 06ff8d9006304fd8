"""A folder of backups: one a night, and which of them stay."""

import re
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from service.backup.manifest import NAME
from service.web.timestamps import BEIJING

_FORM: Final = "luotu-%Y%m%dT%H%M%SZ"
_NAMED: Final = re.compile(r"luotu-\d{8}T\d{6}Z")


def folder_name(moment: datetime) -> str:
    """Name of a backup in a folder of backups; names sort as moments do.

    >>> folder_name(datetime(2026, 11, 30, 2, 30, tzinfo=UTC))
    'luotu-20261130T023000Z'
    """
    return moment.astimezone(UTC).strftime(_FORM)


def moment_of(name: str) -> datetime | None:
    """When a backup of this name was made; None where it is no such name.

    >>> moment_of("luotu-20261130T023000Z")
    datetime.datetime(2026, 11, 30, 2, 30, tzinfo=datetime.timezone.utc)
    """
    if _NAMED.fullmatch(name) is None:
        return None
    try:
        return datetime.strptime(name, _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None


def backups_in(folder: Path) -> dict[datetime, Path]:
    """Whole backups of a folder, the oldest first; empty where there is no such folder."""
    found = {
        moment: path
        for path in sorted(folder.glob("luotu-*"))
        if (moment := moment_of(path.name)) is not None and (path / NAME).is_file()
    }
    return dict(sorted(found.items()))


def to_be_dropped(moments: Iterable[datetime], *, days: int, months: int) -> list[datetime]:
    """Backups that no rule keeps, of those made at ``moments``.

    Kept are all of the last ``days`` days, the first of each of the last ``months`` months by
    Beijing's calendar, and always the newest.

    >>> made = [datetime(2026, month, day, tzinfo=UTC) for month in (9, 10) for day in (3, 20)]
    >>> [f"{moment:%m-%d}" for moment in to_be_dropped(made, days=1, months=2)]
    ['09-20']
    """
    ordered = sorted(moments)
    if not ordered:
        return []
    newest = ordered[-1]
    first_of: dict[tuple[int, int], datetime] = {}
    for moment in ordered:
        day = moment.astimezone(BEIJING)
        first_of.setdefault((day.year, day.month), moment)
    kept = {newest, *[first_of[month] for month in sorted(first_of)[len(first_of) - months :]]}
    since = newest - timedelta(days=days)
    return [moment for moment in ordered if moment not in kept and moment < since]


def drop_old_backups(folder: Path, *, days: int, months: int) -> list[Path]:
    """Delete the backups of a folder that no rule keeps; answers which they were.

    What is no whole backup of Luotu is left alone.
    """
    there = backups_in(folder)
    dropped = [there[moment] for moment in to_be_dropped(there, days=days, months=months)]
    for path in dropped:
        # Without its manifest it counts as none, should the rest not be removed.
        (path / NAME).unlink()
        shutil.rmtree(path)
    return dropped


def newest_backup(folder: Path) -> datetime | None:
    """When the newest whole backup of a folder was made; None where there is none."""
    return max(backups_in(folder), default=None)
