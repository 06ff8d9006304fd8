"""An office's own rules of patrols, out of a file into the database."""

from sqlalchemy import Connection

from data.import_result import Imported, ImportRefused, Rejection
from data.patrol.rules import RuleTable
from gis.messages import Message, counted
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.patrol.rules.db.rules import store_patrol_rules


def import_rules(connection: Connection, account: Account, table: RuleTable, file: str) -> Imported:
    """Store an office's own rules in the place of the product's.

    Raises
    ------
    ImportRefused
        A row names no level, asks for nothing …: nothing is stored.
    """
    if table.problems:
        raise ImportRefused(
            file,
            Message(
                f"{len(table.problems)} 处错误，未导入任何规则，请修改这些行",
                f"{counted(len(table.problems), 'fault')}, nothing was stored: mend the rows",
            ),
            [
                Rejection(
                    problem.row,
                    problem.code,
                    Message(
                        f"{problem.field}: {problem.message.zh}",
                        f"{problem.field}: {problem.message.en}",
                    ),
                )
                for problem in table.problems
            ],
        )
    store_patrol_rules(connection, table.rules)
    note(connection, account, "import_rules", {"file": file, "rows": len(table.rules)})
    return Imported(file, len(table.rules), table.notes)
