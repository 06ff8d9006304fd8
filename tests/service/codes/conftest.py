"""Code lists as they are shipped, before and after each test."""

from collections.abc import Iterator

import pytest

from tests.service.codes.shipped import put_shipped_lists_back
from tests.service.conftest import Database


@pytest.fixture(autouse=True)
def shipped_lists(database: Database) -> Iterator[None]:
    """Nothing of a bureau's own is left in the lists."""
    yield
    put_shipped_lists_back(database)
