"""Files of plots, records and reported figures: what may be kept, and who may take it away."""

import hashlib
from typing import Any

from sqlalchemy import Connection

from data.reading.photos import media_type, read_exif
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.database.one_at_a_time import one_at_a_time
from service.errors import Problem, not_found
from service.files.db import files
from service.files.db.files import Owner
from service.plans.reported import open_figure, read_figure
from service.plots.db.plots import read_plot
from service.registers.db.records import RecordFilter, list_records
from service.settings import Settings
from service.web.timestamps import today

MAX_FILES = 200
"""Files that one plot, record or reported figure may have."""


def refuse_unseen(
    connection: Connection, account: Account, owner: Owner, number: int, register: str = ""
) -> None:
    """Raise `Problem` 404 for a plot, a record or a figure that the account does not see."""
    if owner == "plot_id":
        if read_plot(connection, account, number) is None:
            raise not_found("此图斑")
        return
    if owner == "reported_id":
        read_figure(connection, account, number)
        return
    filters = RecordFilter(register, today(), (), number=number)
    if not list_records(connection, account, filters, limit=1):
        raise not_found("此记录")


def keep(  # noqa: PLR0913, PLR0917 - the file, and what it belongs to
    connection: Connection,
    account: Account,
    owner: Owner,
    number: int,
    name: str,
    content: bytes,
    settings: Settings,
) -> int:
    """Keep a file of a plot, record or figure that the account sees; answers its number.

    Raises
    ------
    FileRefused
        ``unknown_kind_of_file``.
    Problem
        422 ``file_too_large``, ``too_many_files``; 409 ``locked_figure`` or ``closed_plan``.
    """
    _refuse_locked(connection, account, owner, number)
    if len(content) > settings.file_limit_bytes:
        limit = settings.file_limit_bytes // 1_000_000
        message = Message(
            f"附件超过 {limit} MB，请压缩后再传，或调大 LUOTU_FILE_LIMIT_BYTES",
            f"the file is larger than {limit} MB: send a smaller one, or raise "
            "LUOTU_FILE_LIMIT_BYTES",
        )
        raise Problem(422, "file_too_large", message, errors=[{"field": "file"}])
    one_at_a_time(connection, f"files of {owner} {number}")
    if files.count_files(connection, owner, number) >= MAX_FILES:
        message = Message(
            f"已有 {MAX_FILES} 个附件，请先删除不用的",
            f"there are {MAX_FILES} files already: delete some first",
        )
        raise Problem(422, "too_many_files", message)
    kind = media_type(content, name)
    photo = read_exif(content) if kind.startswith("image/") else None
    values: dict[str, Any] = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "name": name,
        "media_type": kind,
        "content": content,
        "taken_at": photo and photo.taken_at,
        "place": photo and photo.place,
    }
    stored = files.add_file(connection, account, owner, number, values)
    note(connection, account, "file", {"file": stored, owner: number, "sha256": values["sha256"]})
    return stored


def remove(
    connection: Connection, account: Account, owner: Owner, number: int, file_id: int
) -> None:
    """Delete a file: one's own, those of others as inspector or GIS staff.

    Raises
    ------
    Problem
        404, 403 ``not_own_file``; 409 ``locked_figure`` or ``closed_plan``, ``file_proves_figure``:
        a reported figure names it that is under review or approved.
    """
    _refuse_locked(connection, account, owner, number)
    row = files.read_content(connection, owner, number, file_id)
    if row is None:
        raise not_found("此附件")
    if row["made_by"] != account.id and not (account.holds("inspector") or account.holds("gis")):
        message = Message(
            "只能删除自己上传的附件", "only your own files are yours to delete: ask an inspector"
        )
        raise Problem(403, "not_own_file", message)
    proved = files.figures_proved(connection, file_id)
    if proved:
        numbers = ", ".join(map(str, proved[:10]))
        message = Message(
            f"上报数 {numbers} 以此附件为证明，在审核中或已通过，不能删除；"
            "请先退回该上报数，或在别处再存一份",
            f"it proves reported figures, submitted or approved ({numbers}): have them "
            "returned first, or keep the same file elsewhere too",
        )
        raise Problem(409, "file_proves_figure", message)
    files.delete_file(connection, file_id)
    note(
        connection,
        account,
        "file_deleted",
        {"file": file_id, owner: number, "sha256": row["sha256"]},
    )


def _refuse_locked(connection: Connection, account: Account, owner: Owner, number: int) -> None:
    """What a figure was reviewed by stays: its files change as long as it does itself."""
    if owner == "reported_id":
        open_figure(connection, account, number)
