"""Brings a backup into an empty database, which then stands at this version."""

from pathlib import Path
from typing import Final

from data.scratch import Scratch
from gis.messages import Message
from service.backup.db.contents import (
    DIFFERENT,
    is_empty,
    let_library_be_replaced,
    refuse_other_counts,
    server_version,
    tell_planner,
)
from service.backup.manifest import DATABASE, Manifest, read_manifest, require_whole
from service.database.client_programs import call, feed, find_program
from service.database.engine import make_engine
from service.database.location import DatabaseLocation
from service.database.migrate import Loader, make_extensions, migrate
from service.database.revision import refuse_newer
from service.database.rights import require_rights
from service.errors import Problem

# These the database has before: only a superuser may make them.
_THERE_ALREADY: Final = (" EXTENSION ", " SCHEMA - public ", " spatial_ref_sys ")


def check_backup(folder: Path) -> Manifest:
    """Compare each file of a backup with its checksum; answers what the backup says of itself.

    Raises
    ------
    Problem
        ``no_backup``, ``backup_incomplete``, ``newer_database``: a newer Luotu made it.
    """
    manifest = read_manifest(folder)
    refuse_newer(manifest.migration)
    require_whole(folder, manifest)
    return manifest


def restore_backup(
    place: DatabaseLocation,
    folder: Path,
    *,
    checked: Manifest | None = None,
    loaders: tuple[Loader, ...] = (),
) -> Manifest:
    """Bring a backup into an empty database, all or nothing, and migrate that to this version.

    Every row, number of a sequence and file is as it was; the role of the service and its password
    are those of the new place. ``checked`` is what `check_backup` just said of this folder, whose
    files are then not read twice; ``loaders`` are as for `service.database.migrate.migrate`.

    Raises
    ------
    Problem
        As `check_backup`; ``database_not_empty``; ``rows_differ``: other rows came in than went
        out; ``no_pg_program``, ``pg_program_failed``.
    RightsMissing
        The owner lacks rights: each is named with the statement that gives it.
    """
    folder = folder.absolute()
    manifest = checked or check_backup(folder)
    owner = make_engine(place.owner)
    try:
        with owner.begin() as connection:
            if not is_empty(connection):
                raise _not_empty()
            require_rights(connection, place.role)
            make_extensions(connection)
            major = int(server_version(connection).partition(".")[0])
        _read_in(max(major, _major_of(manifest)), place, folder, manifest)
        with owner.begin() as connection:
            let_library_be_replaced(connection)
        migrate(owner, role=place.role, loaders=loaders)
        tell_planner(owner)
    finally:
        owner.dispose()
    return manifest


def _read_in(major: int, place: DatabaseLocation, folder: Path, manifest: Manifest) -> None:
    program, psql = find_program("pg_restore", major), find_program("psql", major)
    database = str(folder / DATABASE)
    with Scratch() as scratch:
        everything, wanted = scratch / "everything", scratch / "wanted"
        call(program, None, ["--list", f"--file={everything}", database])
        lines = everything.read_text("utf-8").splitlines()
        kept = [line for line in lines if not any(word in line for word in _THERE_ALREADY)]
        wanted.write_text("\n".join(kept) + "\n", "utf-8")
        source = (
            program,
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            f"--use-list={wanted}",
            "--file=-",
            database,
        )
        try:
            feed(source, psql, place.owner, refuse_other_counts(manifest.rows))
        except Problem as problem:
            raise _rows_differ(problem) or problem from None


def _major_of(manifest: Manifest) -> int:
    return int(manifest.postgresql.partition(".")[0])


def _rows_differ(problem: Problem) -> Problem | None:
    """What to say where the counts of rows refused the restore; None where something else did."""
    found = DIFFERENT.search(problem.message.en)
    if found is None:
        return None
    table, there, told = found[1], int(found[2]), int(found[3])
    return Problem(
        500,
        "rows_differ",
        Message(
            f"恢复出的 {table} 有 {there:,} 行，备份中为 {told:,} 行：未恢复，请换一份备份",
            f"{table} came out with {there:,} rows and the backup told of {told:,}: nothing was "
            "restored, use another backup",
        ),
    )


def _not_empty() -> Problem:
    return Problem(
        409,
        "database_not_empty",
        Message(
            "目标数据库已有表，未作任何改动：请用空库恢复（内嵌数据库：LUOTU_HOME=新文件夹；"
            "外部数据库：CREATE DATABASE 后写入 LUOTU_DATABASE_URL）",
            "the database has tables already and was left as it is: restore into an empty one "
            "(embedded: LUOTU_HOME=NEW_FOLDER; your own server: CREATE DATABASE, then name it in "
            "LUOTU_DATABASE_URL)",
        ),
    )
