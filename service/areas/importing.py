"""Reporting areas from a file: those of known codes are changed, none is deleted."""

from sqlalchemy import Connection

from data.areas import AreaTable
from data.import_result import Imported, ImportRefused, Rejection
from gis.messages import Message, counted
from service.accounts.db.accounts import Account
from service.areas.edit import NewArea, put_areas
from service.districts.shift import shift_told
from service.errors import Problem


def import_areas(connection: Connection, account: Account, table: AreaTable, file: str) -> Imported:
    """Store the areas of a file.

    Raises
    ------
    ImportRefused
        With each fault, its row and its place; nothing is stored then.
    """
    rejections = [
        Rejection(problem.row, problem.code, problem.message, problem.at)
        for problem in table.problems
    ]
    if not rejections:
        shift = shift_told(connection, table.shapes, may_stand=False)
        if shift is not None:
            rejections = [Rejection(None, shift.code, shift.message, shift.at)]
    if not rejections:
        new = [NewArea(row, shape) for row, shape in zip(table.rows, table.shapes, strict=True)]
        try:
            put_areas(connection, account, new)
        except Problem as problem:
            if not problem.errors:
                raise
            rejections = [
                Rejection(
                    error["row"],
                    error["code"],
                    error["message"],
                    tuple(error["at"]) if "at" in error else None,
                )
                for error in problem.errors
            ]
    if rejections:
        raise ImportRefused(
            file,
            Message(
                f"{len(rejections)} 处错误，未作任何改动，请修改后重新导入",
                f"{counted(len(rejections), 'fault')}, "
                "nothing was changed: mend what is named here and "
                "import again",
            ),
            rejections,
        )
    return Imported(file, len(table.rows), list(table.notes))
