"""Zones out of files and frames into the database."""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas
from sqlalchemy import Connection

from data.import_result import (
    Imported,
    ImportRefused,
    Progress,
    Rejection,
    no_progress,
    plain_rows,
)
from data.patrol.zones import ZoneTable
from gis.messages import Message, counted
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.districts.shift import shift_told
from service.errors import Problem
from service.patrol.zones.db import edit as zone_writing
from service.patrol.zones.db import zones
from service.patrol.zones.edit import checked, rewrite
from service.patrol.zones.schemas import LEVELS, ZoneProperties
from service.settings import Settings


def import_zones(  # noqa: PLR0913 - how a file is to be stored
    connection: Connection,
    account: Account,
    table: ZoneTable,
    file: str,
    settings: Settings,
    *,
    acknowledged: Sequence[str] = (),
    progress: Progress = no_progress,
) -> Imported:
    """Store the zones of a file, those above first; a code that is there gets a new version.

    Raises
    ------
    ImportRefused
        Nothing is stored when a zone overlaps another, lies outside the one above, lacks what is
        needed … unless the code of the warning is ``acknowledged``.
    """
    rejections = [
        Rejection(problem.row, problem.code, problem.message, problem.at)
        for problem in table.problems
    ]
    shift = shift_told(connection, table.frame.geometry.to_numpy())
    if shift is not None and shift.code not in acknowledged:
        rejections.append(Rejection(None, shift.code, shift.message, shift.at))
    rows = list(enumerate(plain_rows(table.frame), start=1))
    if not rejections:
        rows.sort(key=lambda numbered: LEVELS.index(numbered[1]["level"]))
        for number, row in rows:
            try:
                _store(connection, account, row, settings, acknowledged)
            except Problem as problem:
                rejections += _rejections(number, problem)
            progress(1)
    if rejections:
        rejections.sort(key=lambda rejection: rejection.row or 0)
        raise ImportRefused(
            file,
            Message(
                f"{len(rejections)} 处错误，未导入任何责任区，请修改所列各行；警告可用 "
                "--acknowledge 代码,… 保留",
                f"{counted(len(rejections), 'fault')}, "
                "nothing was stored: mend the rows named here, or let "
                "warnings stand by --acknowledge CODE,…",
            ),
            rejections,
        )
    note(connection, account, "import_zones", {"file": file, "rows": len(rows)})
    return Imported(file, len(rows), list(table.notes))


def _store(
    connection: Connection,
    account: Account,
    row: Mapping[str, Any],
    settings: Settings,
    acknowledged: Sequence[str],
    *,
    demo: bool = False,
) -> None:
    properties = {name: row.get(name) for name in ZoneProperties.model_fields}
    number = zones.zone_id_of(connection, account, row["code"])
    if number is not None:
        rewrite(connection, account, number, row["geometry"], properties, settings, acknowledged)
        return
    new = checked(
        connection, account, row["geometry"], properties, settings, acknowledged=acknowledged
    )
    zone_writing.insert_zone(connection, account, new, demo=demo)


def _rejections(row: int, problem: Problem) -> list[Rejection]:
    if not problem.errors:
        return [Rejection(row, problem.code, problem.message)]
    return [
        Rejection(
            row,
            str(error.get("code") or problem.code),
            error.get("message") or problem.message,
            (error["at"][0], error["at"][1]) if error.get("at") else None,
        )
        for error in problem.errors
    ]


def store_demo_zones(
    connection: Connection, account: Account, frame: geopandas.GeoDataFrame, settings: Settings
) -> set[str]:
    """Write demo zones; answers the codes that were left out, since real zones have them."""
    left_out = set()
    for row in plain_rows(frame):
        if zones.zone_id_of(connection, account, row["code"]) is not None:
            left_out.add(row["code"])
            continue
        everything = ("overlap", "outside_parent", "no_ranger", "ranger_twice")
        _store(connection, account, row, settings, everything, demo=True)
    return left_out
