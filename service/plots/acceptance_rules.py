"""An office's own rules of acceptance, out of a file into the database."""

from collections.abc import Sequence

from sqlalchemy import Connection

from data.codes import Code
from data.import_result import (
    Imported,
)
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.codes.db.codes import store_acceptance_rules


def import_acceptance_rules(
    connection: Connection, account: Account, rules: Sequence[Code], file: str
) -> Imported:
    """Store an office's own acceptance rules in the place of the built-in ones."""
    store_acceptance_rules(connection, rules)
    note(connection, account, "import_rules", {"file": file, "rows": len(rules)})
    return Imported(file, len(rules))
