"""Folders whose disks may fill, and how much of each is free."""

import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from service.settings import Settings


class Disk(NamedTuple):
    """Bytes of the disk that a folder lies on."""

    free: int
    size: int


def folders(settings: Settings) -> dict[str, Path]:
    """Folders whose disks matter, by the names that metrics have for them.

    >>> sorted(folders(Settings()))
    ['home', 'out', 'temporary']
    """
    named = {
        "home": settings.home,
        "out": settings.out,
        "backups": settings.backup_dir,
        "temporary": Path(tempfile.gettempdir()),
    }
    return {name: folder for name, folder in named.items() if folder is not None}


def disk_of(folder: Path) -> Disk | None:
    """The disk of a folder, of the one above where it is not there yet; None: it cannot be asked.

    >>> disk_of(Path("/nowhere/at/all")) == disk_of(Path("/"))
    True
    """
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        usage = shutil.disk_usage(place)
    except OSError:
        return None
    return Disk(usage.free, usage.total)
