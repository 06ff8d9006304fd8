"""Records from a file: those of known numbers are changed, none is deleted."""

from dataclasses import replace

from sqlalchemy import Connection

from data.import_result import Imported, ImportRefused, Rejection
from data.records import FieldWords, RecordTable
from gis.errors import GeometryError
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem
from service.registers.db import records
from service.registers.definition import Definition
from service.registers.edit import NewRecord, create, overwrite
from service.registers.office import Office, office

# Faults that are told one by one.
MAX_REJECTIONS = 1_000


def field_words(definition: Definition) -> list[FieldWords]:
    """The fields of a register as files call them."""
    return [
        FieldWords(field.name, field.label_zh, field.label_en or field.name)
        for field in definition.fields
    ]


def import_records(
    connection: Connection,
    account: Account,
    code: str,
    table: RecordTable,
    file: str,
    *,
    demo: bool = False,
) -> Imported:
    """Store the records of a file; a row whose number a record has changes what it names.

    Raises
    ------
    ImportRefused
        With each fault, its row and its place; nothing is stored then.
    Problem
        404.
    """
    register = office(connection, account, code)
    rejections = [
        Rejection(problem.row, problem.code, problem.message, problem.at)
        for problem in table.problems
    ]
    ids: list[int] = []
    changed = 0
    # Even where a shape is wrong the rows are tried, so that all faults are told at once.
    with connection.begin_nested() as trial:
        wrong = {problem.row for problem in table.problems}
        for number, row in enumerate(table.rows, start=1):
            if number in wrong or None in wrong:
                continue
            new = NewRecord({**row.said, "field_values": row.values}, row.kind, row.shape)
            try:
                identity, known = _stored(register, new, demo=demo)
            except (Problem, GeometryError) as refusal:
                rejections += _rejections(number, refusal)
                if len(rejections) >= MAX_REJECTIONS:
                    break
            else:
                ids.append(identity)
                changed += known
        if rejections:
            trial.rollback()
    if rejections:
        rows = len({rejection.row for rejection in rejections})
        more = len(rejections) >= MAX_REJECTIONS
        raise ImportRefused(
            file,
            Message(
                f"{'至少 ' if more else ''}{rows} 行有误，全部未保存",
                f"{'at least ' if more else ''}{rows} wrong rows, nothing stored",
            ),
            sorted(rejections, key=lambda rejection: rejection.row or 0),
        )
    note(
        connection, account, "records_imported", {"register": code, "file": file, "rows": len(ids)}
    )
    notes = list(table.notes)
    if changed:
        notes.append(
            Message(
                f"{changed} 行的编号已有记录，已更新",
                f"{changed} rows have the number of a record, which was changed",
            )
        )
    return Imported(file, len(ids), notes, ids)


def _stored(register: Office, new: NewRecord, *, demo: bool) -> tuple[int, bool]:
    number = new.values.get("number")
    holder = None
    if number is not None:
        holder = records.number_holder(register.connection, register.account, register.code, number)
    with register.connection.begin_nested():
        if holder is None:
            return create(register, new, demo=demo), False
        held = records.lock_record(register.connection, register.account, register.code, holder)
        assert held is not None
        kept = {name: value for name, value in held.values.items() if name != "field_values"}
        said = {name: value for name, value in new.values.items() if value is not None}
        merged = replace(new, values={**kept, **said})
        overwrite(register, held, merged, whole=False)
        return holder, True


def _rejections(row: int, refusal: Problem | GeometryError) -> list[Rejection]:
    if isinstance(refusal, GeometryError):
        return [Rejection(row, refusal.code, refusal.message, refusal.at)]
    if not refusal.errors:
        return [Rejection(row, refusal.code, refusal.message)]
    return [
        Rejection(
            row,
            error.get("code", refusal.code),
            error.get("message", refusal.message),
            tuple(error["at"]) if "at" in error else None,
        )
        for error in refusal.errors
    ]
