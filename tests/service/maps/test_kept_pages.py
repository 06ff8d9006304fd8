"""Drawn maps are kept until what they show changes, for those who may see the same."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from maps.page import Page
from service.maps.kept_pages import PageStore
from service.settings import Settings
from tests.service.conftest import EAST, WEST, Database, Server, SignIn, ring, signing_in
from tests.service.plots.made import approved
from tests.waiting import until


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.html"))


def drain(database: Database) -> None:
    """Compute the coverage until nothing is marked, whoever else is at it."""

    def drained() -> bool:
        with database.service.begin() as connection:
            connection.exec_driver_sql("SELECT drain_coverage(1000)")
        return not database.scalar("SELECT count(*) FROM coverage_dirty")

    until(drained)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "maps"


@pytest.fixture
def sign_in(settings: Settings, database: Database, tmp_path: Path) -> Iterator[SignIn]:
    """Accounts of a service that keeps its maps."""
    keeping = settings.model_copy(update={"home": tmp_path, "map_store_bytes": 10_000_000})
    with Server(keeping, database) as server, signing_in(server, database) as made:
        yield made


@pytest.fixture
def viewer(sign_in: SignIn, database: Database) -> httpx.Client:
    approved(sign_in, name="城南一号")
    drain(database)
    return sign_in("viewer")


@pytest.mark.parametrize("name", ["coverage", "afforestation", "patrol"])
def test_a_map_that_did_not_change_is_not_sent_again(viewer: httpx.Client, name: str) -> None:
    first = viewer.get(f"/maps/{name}")
    again = viewer.get(f"/maps/{name}", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert first.headers["cache-control"] == "private, no-cache"
    # A browser would put them in the place of those that it kept with the page.
    assert not {"content-security-policy", "x-frame-options"} & set(again.headers)


def test_a_kept_map_is_the_page_that_was_drawn_with_its_policy(
    viewer: httpx.Client, folder: Path
) -> None:
    first = viewer.get("/maps/coverage")
    assert first.text in [path.read_text() for path in files(folder)]
    again = viewer.get("/maps/coverage")
    assert again.text == first.text
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


def test_a_map_is_drawn_anew_when_a_plot_changes(
    viewer: httpx.Client, sign_in: SignIn, database: Database
) -> None:
    first = viewer.get("/maps/coverage")
    approved(sign_in, name="城北二号", geometry=ring(125.06, 43.06))
    drain(database)
    again = viewer.get("/maps/coverage", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 200
    assert "城北二号" in again.text


def test_a_kept_map_is_for_accounts_of_the_same_scope(
    viewer: httpx.Client, sign_in: SignIn
) -> None:
    tags = {
        viewer.get("/maps/coverage").headers["etag"],
        sign_in("viewer", WEST).get("/maps/coverage").headers["etag"],
        sign_in("viewer", EAST).get("/maps/coverage").headers["etag"],
    }
    assert len(tags) == 3
    assert "城南一号" not in sign_in("viewer", EAST).get("/maps/coverage").text


def test_a_map_that_is_served_has_a_button_for_its_file_and_the_file_has_none(
    viewer: httpx.Client,
) -> None:
    page = viewer.get("/maps/coverage", params={"district": WEST})
    assert f'"download": "?district={WEST}\\u0026download=true"' in page.text or (
        f'"download":"?district={WEST}' in page.text
    )
    file = viewer.get("/maps/coverage", params={"district": WEST, "download": "true"})
    assert f"district={WEST}" not in file.text


def test_the_folder_of_maps_is_bounded_and_the_oldest_goes_first(tmp_path: Path) -> None:
    store = PageStore(tmp_path, max_bytes=25)
    for key in ("one", "two"):
        store.write(key, Page("x" * 10, ""))
    store.read("one")
    store.write("three", Page("x" * 10, ""))
    assert store.read("two") is None
    assert store.read("one") is not None
    store.write("four", Page("x" * 26, ""))
    assert store.read("four") is None


def test_with_map_store_bytes_of_nothing_no_map_is_kept(tmp_path: Path) -> None:
    store = PageStore(tmp_path, Settings(map_store_bytes=0).map_store_bytes)
    store.write("one", Page("x", ""))
    assert list(tmp_path.iterdir()) == []
