"""A GeoPackage with what lies beside it: the log of edits that QGIS has not yet written into it.

Runs only in the restricted `data.reading.sandbox_worker`.
"""

from __future__ import annotations

import shutil
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from data.reading.damage import damaged
from data.text_cleaning import few, row_list
from gis.messages import Message

__all__ = ["curved_note", "curved_rows", "views_note", "whole_database", "without_views"]

_LOGS: Final = ("-wal", "-journal")
_JOURNAL_MODE_AT: Final = 18
_WAL_MODE: Final = b"\x02\x02"
_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)
_CURVED: Final = frozenset(range(8, 15))
"""WKB numbers from CircularString to Surface."""
_MANY_ROWS: Final = 5_000_000
_FORGET: Final = (
    "PRAGMA writable_schema = ON",
    "DELETE FROM sqlite_master WHERE type IN ('view', 'trigger')",
)
_UNLIST: Final = (
    "DELETE FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?)",
    "DELETE FROM gpkg_contents WHERE lower(table_name) = lower(?)",
)


def whole_database(path: Path, folder: Path) -> tuple[Path, list[Message]]:
    """The database with its log worked in, in a copy of our own; the file itself without a log.

    Parameters
    ----------
    path
        The sender's file, which is never written to, nor are its neighbours.
    folder
        Of our own.

    Returns
    -------
    Path and list of Message
        What is to be read, and what was done.
    """
    logs = [log for end in _LOGS if (log := path.with_name(path.name + end)).is_file()]
    has_log = any(log.stat().st_size for log in logs)
    open_ = list(_perhaps_open(path))
    if not has_log and not open_:
        return path, []
    own = folder / "whole.gpkg"  # SQLite would make a log beside the sender's own
    shutil.copyfile(path, own)
    for log in logs:
        shutil.copyfile(log, own.with_name(own.name + log.name.removeprefix(path.name)))
    try:
        database = sqlite3.connect(own)
        try:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.execute("PRAGMA journal_mode = DELETE")
        finally:
            database.close()
    except sqlite3.Error as error:
        raise damaged(error) from error
    if not has_log:
        return own, open_
    return own, [
        Message(
            "连同日志文件（-wal）一起读取，包括尚未写入主文件的修改",
            "read together with its log (-wal): edits that are not yet in the file itself are in",
        )
    ]


def _perhaps_open(path: Path) -> Iterator[Message]:
    with path.open("rb") as file:
        head = file.read(_JOURNAL_MODE_AT + 2)
    if head[_JOURNAL_MODE_AT:] == _WAL_MODE:
        yield Message(
            "文件处于日志模式而没有 -wal 文件：若仍在 QGIS 中打开，最近的修改不在其中；"
            "请关闭 QGIS 后重新提交，或把 .gpkg、-wal、-shm 三个文件一起提交",
            "it is in the mode of a log and no -wal came with it: if it is still open in QGIS, the "
            "last edits are missing; close it there and send it again, or send all three files "
            "(.gpkg, -wal, -shm)",
        )


def without_views(path: Path, folder: Path, views: list[str]) -> Path:
    """A copy of our own without views and triggers, none of which is run.

    Parameters
    ----------
    path
        A GeoPackage, which stays as it is.
    folder
        Of our own.
    views
        Names of its views.
    """
    own = folder / "tables.gpkg"
    shutil.copyfile(path, own)
    try:
        for statements in (_FORGET, _UNLIST):
            database = sqlite3.connect(own)  # opened anew, it knows of no view and no trigger
            try:
                database.execute("PRAGMA trusted_schema = OFF")
                for statement in statements:
                    if "?" in statement:
                        database.executemany(statement, [(view,) for view in views])
                    else:
                        database.execute(statement)
                database.commit()
            finally:
                database.close()
    except sqlite3.Error as error:
        raise damaged(error) from error
    return own


def views_note(views: list[str]) -> Message:
    """What is told of views that were left out."""
    shown = few(views)
    return Message(
        f"其中的视图未读取：{shown}；需要时请导出为普通图层",
        f"views in it were not read: {shown}; export them as plain layers where they are wanted",
    )


def curved_rows(path: Path, layer: str) -> list[int]:
    """Rows (from 1, in the order of the layer) whose shape has curved edges."""
    try:
        with sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True
        ) as database:
            found = database.execute(
                "SELECT column_name, geometry_type_name FROM gpkg_geometry_columns "
                "WHERE lower(table_name) = lower(?)",
                (layer,),
            ).fetchone()
            if found is None or not _may_be_curved(str(found[1])):
                return []
            column, table = _quoted(str(found[0])), _quoted(layer)
            rows = database.execute(f"SELECT {column} FROM {table} LIMIT {_MANY_ROWS}")  # noqa: S608 - quoted
            return [row for row, (blob,) in enumerate(rows, 1) if _is_curved(blob)]
    except sqlite3.Error:  # GDAL says what is wrong with it
        return []


def _may_be_curved(kind: str) -> bool:
    return kind.upper() in (
        *("GEOMETRY", "CURVE", "SURFACE", "CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON"),
        *("MULTICURVE", "MULTISURFACE", "GEOMETRYCOLLECTION"),
    )


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _is_curved(blob: object) -> bool:
    """Whether the WKB in a blob of a GeoPackage is of a curved kind."""
    if not isinstance(blob, bytes) or len(blob) < 8:
        return False
    envelope = (blob[3] >> 1) & 7
    at = 8 + (_ENVELOPE_BYTES[envelope] if envelope < len(_ENVELOPE_BYTES) else 0)
    if len(blob) < at + 5:
        return False
    (kind,) = struct.unpack_from("<I" if blob[at] else ">I", blob, at + 1)
    return (kind & 0xFFFF) % 1000 in _CURVED


def curved_note(rows: list[int]) -> Message:
    """What was done to curved edges."""
    where = row_list(rows)
    return Message(
        f"{where.zh}含曲线边，已改为折线：每段转角不超过 0.5°，偏离不超过半径的十万分之一",
        f"{where.en}: curved edges became straight pieces of 0.5° of arc at the most, which lie "
        "within a hundred-thousandth of the radius",
    )
