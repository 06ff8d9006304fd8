"""A bureau's rows for a code list, out of a file into the database: whole or not at all."""

from collections.abc import Sequence

from sqlalchemy import Connection

from data.codes import Code
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.codes.db.codes import codes
from service.codes.db.local_codes import lock_list
from service.codes.edit import kept_rows, names_codes_of, refuse_unknown_list, store_rows


def import_codes(
    connection: Connection, account: Account, name: str, rows: Sequence[Code], file: str
) -> int:
    """Store checked rows beside the shipped ones; answers how many.

    Raises
    ------
    Problem
        404; 409 ``rules_by_file``, ``closed_list`` or ``word_taken``; 422 ``unknown_code`` or
        ``circle``: nothing is stored.
    """
    refuse_unknown_list(name)
    lock_list(connection, name)
    if names_codes_of(name):  # codes may be gone since the file was read
        kept_rows(connection, name, [cells_of(row) for row in rows])
    before = {entry["code"]: entry for entry in codes(connection, name)}
    store_rows(connection, name, rows, before)
    note(connection, account, "import_codes", {"list": name, "file": file, "rows": len(rows)})
    return len(rows)


def cells_of(row: Code) -> dict[str, str]:
    """A row as the cells that it was read from."""
    cells = {"code": row.code, "label_zh": row.label_zh, "label_en": row.label_en}
    return {**cells, "source": row.source, **row.more}
