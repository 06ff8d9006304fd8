"""Records from a file: those of known numbers are changed, none is deleted."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from data.import_result import Imported, ImportRefused, Rejection
from data.records import FieldWords, RecordRow, RecordTable
from gis.errors import GeometryError
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem
from service.registers.db import records
from service.registers.db.places import Placement, placements
from service.registers.definition import Definition
from service.registers.edit import CheckedRecord, NewRecord, overwrite, ready, write
from service.registers.office import Office, office

# Faults that are told one by one.
MAX_REJECTIONS = 1_000
# New records that are written by one statement.
AT_ONCE = 1_000


def field_words(definition: Definition) -> list[FieldWords]:
    """The fields of a register as files call them."""
    return [
        FieldWords(field.name, field.label_zh, field.label_en or field.name, field.type, field.list)
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
    rejections = [
        Rejection(problem.row, problem.code, problem.message, problem.at)
        for problem in table.problems
    ]
    wrong = {problem.row for problem in table.problems}
    # Even where a shape is wrong the rows are tried, so that all faults are told at once.
    tried = {
        number: row
        for number, row in enumerate(table.rows, start=1)
        if number not in wrong and None not in wrong
    }
    with connection.begin_nested() as trial:
        batch = _Batch(office(connection, account, code), tried, demo=demo)
        for number, row in tried.items():
            batch.take(number, row)
            if len(rejections) + len(batch.rejections) >= MAX_REJECTIONS:
                break
        batch.store()
        rejections += batch.rejections
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
    ids = [batch.ids[number] for number in tried]
    note(
        connection, account, "records_imported", {"register": code, "file": file, "rows": len(ids)}
    )
    notes = list(table.notes)
    if batch.changed:
        notes.append(
            Message(
                f"{batch.changed} 行的编号已有记录，已更新",
                f"{batch.changed} rows have the number of a record, which was changed",
            )
        )
    return Imported(file, len(ids), notes, ids)


class _Batch:
    """Rows of a file on their way into the database: new records are written together.

    Whatever can be asked for all rows at once is asked before the first one.
    """

    def __init__(self, register: Office, rows: Mapping[int, RecordRow], *, demo: bool) -> None:
        self.register = register
        self.demo = demo
        self.ids: dict[int, int] = {}
        self.changed = 0
        self.rejections: list[Rejection] = []
        self.waiting: dict[int, CheckedRecord] = {}
        self.named: set[str] = set()
        """Numbers that rows which wait have in the file."""
        self.places = _places(register, rows)
        numbers = [row.said["number"] for row in rows.values() if row.said.get("number")]
        held = records.number_holders(register.connection, register.account, register.code, numbers)
        register.numbered.update({number: held.get(number) for number in numbers})

    def take(self, number: int, row: RecordRow) -> None:
        """Change the record that a row names, or keep the new one until it is stored."""
        said = row.said.get("number")
        if said in self.named:
            self.store()
        place = self.places.get(number)
        new = NewRecord({**row.said, "field_values": row.values}, row.kind, row.shape, place)
        holder = None if said is None else self.register.holder(said)
        try:
            if holder is None:
                self.waiting[number] = ready(self.register, new)
                self.named |= set() if said is None else {said}
            else:
                self._change(holder, new)
                self.ids[number] = holder
                self.changed += 1
        except (Problem, GeometryError) as refusal:
            self.rejections += _rejections(number, refusal)
        # The next record of a zoned register is compared with this one.
        if len(self.waiting) >= AT_ONCE or self.register.register.definition.zoned:
            self.store()

    def _change(self, holder: int, new: NewRecord) -> None:
        register = self.register
        held = records.lock_record(register.connection, register.account, register.code, holder)
        assert held is not None
        kept = {name: value for name, value in held.values.items() if name != "field_values"}
        said = {name: value for name, value in new.values.items() if value is not None}
        overwrite(register, held, replace(new, values={**kept, **said}), whole=False)

    def store(self) -> None:
        """Write the new records that wait; one by one where one of them is refused."""
        waiting, self.waiting, self.named = self.waiting, {}, set()
        if not waiting:
            return
        try:
            self._write(waiting)
        except Problem:
            for number, one in waiting.items():
                try:
                    self._write({number: one})
                except Problem as refusal:
                    self.rejections += _rejections(number, refusal)

    def _write(self, those: Mapping[int, CheckedRecord]) -> None:
        ids = write(self.register, list(those.values()), demo=self.demo)
        for (number, (row, _)), identity in zip(those.items(), ids, strict=True):
            self.ids[number] = identity
            if row["number"] is not None:
                self.register.numbered[row["number"]] = identity


def _places(register: Office, rows: Mapping[int, RecordRow]) -> dict[int, Placement]:
    """Where the shapes of rows lie; none where one of them has too many edges to tell."""
    shapes = {number: row.shape for number, row in rows.items() if row.shape is not None}
    try:
        found = placements(register.connection, list(shapes.values()))
    except GeometryError:
        return {}
    return dict(zip(shapes, found, strict=True))


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
