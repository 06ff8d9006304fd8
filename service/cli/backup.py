"""``luotu backup`` and ``luotu restore``."""

import time
from pathlib import Path
from typing import Annotated

import typer

from service.backup.backup import write_backup
from service.backup.manifest import Manifest
from service.backup.nightly import back_up_tonight
from service.backup.restore import check_backup, restore_backup
from service.cli.language import described, label
from service.database.location import database
from service.run.loaders import LOADERS
from service.settings import load


@described("把整个数据库备份到新文件夹。")
def backup(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", help="A new folder; a dated one below LUOTU_BACKUP_DIR if not given."
        ),
    ] = None,
) -> None:
    """Write the whole database into a new folder, with checksums, while people work on."""
    settings = load()
    began = time.monotonic()
    with database(settings) as place:
        if folder is None:
            folder, manifest = back_up_tonight(place, settings)
        else:
            manifest = write_backup(place, settings, folder)
    _tell(label("已备份到", "backed up to"), folder, manifest, began)


@described("把备份恢复到空数据库。")
def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `luotu backup` wrote.")],
    check: Annotated[
        bool, typer.Option("--check", help="Compare the checksums, restore nothing.")
    ] = False,
) -> None:
    """Bring a backup into an empty database: LUOTU_HOME names a new one, or your own server's."""
    began = time.monotonic()
    manifest = check_backup(folder)
    if check:
        _tell(label("备份完好", "the backup is whole"), folder, manifest, began)
        return
    with database(load(), make=True) as place:
        restore_backup(place, folder, checked=manifest, loaders=LOADERS)
    _tell(label("已恢复", "restored"), folder, manifest, began)


def _tell(done: str, folder: Path, manifest: Manifest, began: float) -> None:
    rows = sum(manifest.rows.values())
    typer.echo(
        f"{done} {folder}: {rows:,} {label('行', 'rows')}, {len(manifest.rows)} "
        f"{label('张表', 'tables')}, {manifest.bytes / 1e6:,.1f} MB, "
        f"{label('迁移', 'migration')} {manifest.migration}, "
        f"{manifest.made_at:%Y-%m-%d %H:%M:%S} UTC ({time.monotonic() - began:.1f} s)"
    )
