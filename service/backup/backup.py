"""Writes a backup: the database as one moment sees it, with checksums and a manifest."""

import os
from pathlib import Path
from typing import Final

from data.scratch import Scratch
from gis.messages import Message
from service.backup.db.contents import count_rows, one_moment, postgis_version, server_version
from service.backup.manifest import DATABASE, NAME, Manifest, contents, open_settings
from service.database.client_programs import call, find_program
from service.database.engine import make_engine
from service.database.location import DatabaseLocation
from service.database.revision import version
from service.errors import Problem
from service.settings import Settings
from service.web.timestamps import now

# Secrets of this server: the copy gets its own.
WITHOUT_ROWS: Final = ("sealed.service_role", "public.spatial_ref_sys")
_MOST_AT_ONCE: Final = 4


def write_backup(place: DatabaseLocation, settings: Settings, folder: Path) -> Manifest:
    """Write a backup of everything into ``folder``, which is made; others may write meanwhile.

    Rows, accounts, files, sequences, jobs and settings go in, secret settings do not. The folder
    appears when all is written: there is never half of one.

    Raises
    ------
    Problem
        ``folder_not_empty``; ``not_migrated``: there is nothing to back up; ``no_pg_program``,
        ``pg_program_failed``.
    OSError
        The folder cannot be written, or the disk is full; nothing is left behind.
    """
    folder = folder.absolute()
    require_free(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with Scratch(beside=folder.parent) as scratch:
        half = scratch / folder.name
        half.mkdir(mode=0o700)
        manifest = _write(place, settings, half)
        try:
            half.rename(folder)
        except OSError:
            require_free(folder)  # another backup was quicker
            raise
    _sync(folder.parent)
    return manifest


def require_free(folder: Path) -> None:
    """Raise `Problem` ``folder_not_empty`` where something is already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Problem(
            409,
            "folder_not_empty",
            Message(
                f"{folder} 已存在且不为空，未写入任何内容：请指定新的文件夹",
                f"{folder} is there and not empty, nothing was written: name a new folder",
            ),
        )


def _write(place: DatabaseLocation, settings: Settings, half: Path) -> Manifest:
    made_at = now()
    owner = make_engine(place.owner)
    try:
        with one_moment(owner) as (connection, moment):
            migration = version(connection)
            if migration is None:
                raise Problem(
                    409,
                    "not_migrated",
                    Message(
                        "数据库是空的，没有可备份的内容",
                        "the database is empty: there is nothing to back up",
                    ),
                )
            server = server_version(connection)
            program = find_program("pg_dump", int(server.partition(".")[0]))
            without = [f"--exclude-table-data={table}" for table in WITHOUT_ROWS]
            jobs = min(_MOST_AT_ONCE, os.cpu_count() or 1)
            call(
                program,
                place.owner,
                [
                    "--format=directory",
                    f"--file={half / DATABASE}",
                    f"--jobs={jobs}",
                    "--compress=1",
                    f"--snapshot={moment}",
                    "--no-owner",
                    "--no-privileges",
                    *without,
                ],
            )
            rows = {
                table: count
                for table, count in count_rows(connection).items()
                if table not in WITHOUT_ROWS
            }
            postgis = postgis_version(connection)
    finally:
        owner.dispose()
    for path in half.rglob("*"):
        _sync(path)
    manifest = Manifest(
        made_at=made_at,
        migration=migration,
        postgresql=server,
        postgis=postgis,
        rows=rows,
        files=contents(half),
        settings=open_settings(settings),
    )
    (half / NAME).write_text(manifest.model_dump_json(indent=1) + "\n", "utf-8")
    _sync(half / NAME)
    _sync(half)
    return manifest


def _sync(path: Path) -> None:
    """Let the disk have it before a name tells that it is whole."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
