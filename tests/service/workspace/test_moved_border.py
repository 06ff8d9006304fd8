"""The table of coverage by old and new borders, and which ground changed its county."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import expect

from data.districts.districts import DistrictTree
from service.accounts.db.accounts import Account
from service.embedded import Endpoint
from service.plots.district_import import import_districts
from service.settings import Settings
from tests.service.conftest import Database, Server, SignIn, new_database, ring
from tests.service.plots.made import approved
from tests.service.plots.test_border_moved import counties_with_border_at
from tests.service.workspace.conftest import OFFICE, TABLET, OpenDesk


@pytest.fixture
def database(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """A database of its own, whose borders may move."""
    with new_database(endpoint, with_districts) as database:
        yield database


@pytest.fixture
def server(settings: Settings, database: Database) -> Iterator[Server]:
    """A service over that database."""
    with Server(settings, database) as server:
        yield server


@pytest.mark.parametrize(
    ("language", "size", "words"),
    [
        ("zh", OFFICE, ("截至", "按此日界线", "此后改了归属的地块")),
        ("en", TABLET, ("As of", "By borders of", "Ground that changed its county since")),
    ],
    ids=["zh", "en"],
)
def test_the_table_stands_on_the_borders_of_a_day_and_tells_what_moved_since(
    open_desk: OpenDesk,
    sign_in: SignIn,
    database: Database,
    language: Literal["zh", "en"],
    size: tuple[int, int],
    words: tuple[str, str, str],
) -> None:
    as_of, of_day, moved = words
    plot = approved(sign_in, geometry=ring(125.09, 43.05), year=2024)
    green = f"{plot['properties']['area_m2'] / (2000 / 3):.2f}"
    database.account("surveyor", "admin")
    number = database.scalar("SELECT id FROM account WHERE name = 'surveyor'")
    account = Account(int(number), "surveyor", "admin", (), None)
    with database.service.begin() as connection:
        tree = DistrictTree(counties_with_border_at(125.08))
        import_districts(connection, account, tree, "界线.geojson", acknowledged=["plots_outside"])
    yesterday = database.scalar("SELECT (beijing_today() - 1)::text")

    page = open_desk("viewer", language=language, size=size).page
    page.evaluate("location.hash = 'table=coverage'")
    west, east = (page.get_by_role("row").filter(has_text=name) for name in ("西县", "东县"))
    expect(east).to_contain_text(green)
    expect(west).not_to_contain_text(green)
    # Yesterday the plot was not there yet, nor are plots behind a figure of that day.
    page.get_by_label(as_of, exact=True).fill(yesterday)
    expect(east).not_to_contain_text(green)
    expect(east.get_by_role("button").last).to_be_disabled()
    page.get_by_label(as_of, exact=True).fill("")
    page.get_by_label(of_day).fill(yesterday)
    expect(west).to_contain_text(green)
    expect(east).not_to_contain_text(green)
    ground = page.get_by_role("list", name=moved)
    expect(ground).to_contain_text("西县 → 东县")
    expect(ground).to_contain_text(green)
