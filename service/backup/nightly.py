"""The backup of a night, in the folder of backups."""

from pathlib import Path

from gis.messages import Message
from service.backup.backup import write_backup
from service.backup.kept import drop_old_backups, folder_name
from service.backup.manifest import Manifest
from service.database.location import DatabaseLocation
from service.errors import Problem
from service.settings import Settings
from service.web.timestamps import now


def back_up_tonight(place: DatabaseLocation, settings: Settings) -> tuple[Path, Manifest]:
    """Write a backup into a dated folder below ``backup_dir``, then delete what no rule keeps.

    Old backups go only after the new one is whole.

    Raises
    ------
    Problem
        ``no_backup_folder``: the setting is not given; else as `write_backup`.
    """
    if settings.backup_dir is None:
        raise Problem(
            409,
            "no_backup_folder",
            Message(
                "请写明备份到哪个新文件夹，或用 LUOTU_BACKUP_DIR 设定备份目录",
                "name the new folder to back up to, or set LUOTU_BACKUP_DIR",
            ),
        )
    folder = settings.backup_dir / folder_name(now())
    manifest = write_backup(place, settings, folder)
    drop_old_backups(settings.backup_dir, days=settings.backup_days, months=settings.backup_months)
    return folder, manifest
