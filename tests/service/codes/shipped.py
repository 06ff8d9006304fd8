"""The code lists as they are shipped, after a test that added to them."""

from sqlalchemy import text

from service.codes.db.codes import load_code_lists
from tests.service.conftest import Database


def put_shipped_lists_back(database: Database) -> None:
    """Take out what a bureau added, and the plots that may name it."""
    with database.owner.begin() as connection:
        connection.execute(text("DELETE FROM plot_version"))
        for table in ("kind", "code"):
            connection.execute(text(f"DELETE FROM {table} WHERE properties->>'local' = 'true'"))
        load_code_lists(connection)
