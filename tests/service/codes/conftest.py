"""Code lists as they are shipped, before and after each test."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from service.codes.db.codes import load_code_lists
from tests.service.conftest import Database


@pytest.fixture(autouse=True)
def shipped_lists(database: Database) -> Iterator[None]:
    """Nothing of a bureau's own is left in the lists."""
    yield
    with database.owner.begin() as connection:
        connection.execute(text("DELETE FROM plot_version"))
        for table in ("kind", "code"):
            connection.execute(text(f"DELETE FROM {table} WHERE properties->>'local' = 'true'"))
        load_code_lists(connection)
