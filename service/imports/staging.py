"""A file is read and its rows are checked; nothing becomes live."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine

from data.errors import FileRefused
from data.plots.plots import PlotTable
from data.reading.limits import Limits
from data.scratch import Scratch, room_needed
from gis.messages import Message
from service.codes.in_use import codes_in_use
from service.imports.db import imports, mappings
from service.imports.db.rows import replace_rows
from service.imports.progress import Progressing
from service.imports.reading import ReadFile, read_file, seems, seems_unplaced
from service.imports.verdicts import codes_of, counts_of, staged
from service.imports.wishes import Wishes
from service.imports.working import Work
from service.plots.row_checks import CheckedRows, check_rows
from service.plots.settlement import file_refusals
from service.settings import Settings
from service.web.kept_refusals import kept, refusal
from service.web.timestamps import now

__all__ = ["keep_rows", "stage"]

_OF_POSITIONS = (
    "crs_missing",
    "crs_unknown",
    "crs_unfit",
    "not_degrees",
    "not_metres",
    "axes_swapped",
)
"""Refusals of files whose numbers may be read in another system."""
_OF_FILE = Message(
    "整个文件有错误，请改正设置或文件后重新读取",
    "the whole file has a fault: change the settings or the file, and have it read again",
)


def stage(engine: Engine, settings: Settings, work: Work) -> None:
    """Read the file of an import, and stage its rows; why it is refused is kept with it.

    Nothing happens when it was cancelled, or is to be read anew by other settings.
    """
    with work.signed_in(engine) as (connection, account):
        row = imports.read_import(connection, account, work.import_id)
        if row is None or not imports.move(
            connection, work.import_id, ["reading"], begun_at=now(), done=0, total=0
        ):
            return
    found: dict[str, Any] = {}
    try:
        file = _read(engine, settings, work, row, found)
    except FileRefused as refused:
        error = refusal(refused)
        values: dict[str, Any] = {"state": "refused", "error": error}
        if found:
            values["seems"] = found
        with work.signed_in(engine) as (connection, account):
            imports.move(connection, work.import_id, ["reading"], attempt=row["attempt"], **values)
        return
    _features, table, _fields = file
    progress = Progressing(engine, work, len(table))
    with work.signed_in(engine) as (connection, account):
        checked = check_rows(connection, account, table, settings, progress)
        counties = sorted({county for county in checked.counties if county is not None})
        found = seems(connection, file, counties, Wishes.of(row["settings"]))
        told = [entry.verdict.message._asdict() for entry in checked.of_file]
        found["notes"] = [*told, *found["notes"]]
        keep_rows(connection, row, checked, table, seems=found)


def _read(
    engine: Engine, settings: Settings, work: Work, row: Mapping[str, Any], found: dict[str, Any]
) -> ReadFile:
    """The file as plots; `found` is filled where its reference system alone is in the way."""
    wishes = Wishes.of(row["settings"])
    limits = Limits(file_bytes=settings.upload_limit_bytes, features=settings.import_limit)
    with Scratch() as folder:
        path = folder / row["file"]
        with work.signed_in(engine) as (connection, account):
            with room_needed():
                imports.write_file(connection, work.import_id, path)
            remembered = mappings.remembered(connection, account)
            words = codes_in_use(connection)
        try:
            with words:
                return read_file(path, wishes, remembered, limits)
        except FileRefused as refused:
            if refused.code in _OF_POSITIONS:
                with suppress(FileRefused), work.signed_in(engine) as (connection, account):
                    found.update(seems_unplaced(connection, path, wishes, limits))
            raise


def keep_rows(
    connection: Connection,
    row: Mapping[str, Any],
    checked: CheckedRows,
    table: PlotTable,
    **values: Any,
) -> None:
    """Stage checked rows of an import that is being read, if somebody still waits for them.

    An import of which nothing can be stored, whatever is done about its rows, is refused.
    """
    blocking = file_refusals(checked)
    values |= {
        "state": "refused" if blocking else "staged",
        "error": kept(_OF_FILE, blocking[0].code, blocking) if blocking else row["error"],
        "counts": counts_of(checked),
        "codes": codes_of(checked),
        "done": len(checked.rows),
        "staged_at": now(),
    }
    if imports.move(connection, row["id"], ["reading"], attempt=row["attempt"], **values):
        replace_rows(connection, row["id"], staged(checked, table))
