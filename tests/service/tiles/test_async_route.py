"""The quick way to a tile of plots: the same answer, the same rights, in one statement."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import URL, text

from service.accounts.db.accounts import account_id
from service.database.engine import sqlalchemy_url
from service.plots.db.plots import PlotFilter
from service.tiles import tiles
from service.tiles.api import async_route
from service.tiles.db.async_plot_tiles import SignedTile, signed_statement, tile_for_secret
from service.tiles.db.async_pool import LoopPool
from service.tiles.db.tile_extent import Ground
from service.tiles.tiles import GridName
from tests.service.conftest import CITY, EAST, WEST, Database, SignIn, ring, run_sql
from tests.service.mvt import layers
from tests.service.plots.made import approved, drawn
from tests.service.tiles.db.test_plot_squares import filled, measured, plan
from tests.service.tiles.test_tiles import BOTH, LAT, LON, address

EASTERN = Ground(125.1, 43.0, 125.2, 43.1, mercator=True)


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """No query is remembered before a test."""
    async_route._remembered.clear()
    yield
    async_route._remembered.clear()


def twice(client: httpx.Client, path: str) -> list[httpx.Response]:
    """The ordinary answer to a query and the quick one."""
    return [client.get(path) for _ in range(2)]


def tile_asked_for(url: URL, token: str) -> tuple[SignedTile | None, int]:
    """The eastern tile, and how many plots the same connection shows after it."""

    async def both() -> tuple[SignedTile | None, int]:
        async with LoopPool(url, max_connections=1) as pool:
            tile = await tile_for_secret(
                pool, token, ["token"], PlotFilter(), EASTERN, max_plots=9, some=True, tags=[]
            )
            left = await pool.ask(b"SELECT count(*) AS plots FROM plot_version", {})
        return tile, left.plots

    return asyncio.run(both())


@pytest.mark.parametrize("grid", BOTH)
@pytest.mark.parametrize("role", ["viewer", "planner"])
@pytest.mark.parametrize(
    "words", ["", "?version=approved", "?stage=planted&year=2026&review=draft&review=approved"]
)
def test_the_quick_answer_is_the_ordinary_one(
    sign_in: SignIn, role: str, grid: GridName, words: str
) -> None:
    approved(sign_in)
    drawn(sign_in("planner"), geometry=ring(LON, LAT))
    ordinary, quick = twice(sign_in(role, WEST), address(14, grid=grid) + words)
    assert (quick.status_code, quick.content) == (200, ordinary.content)
    for name in ("etag", "cache-control", "vary", "content-type"):
        assert quick.headers[name] == ordinary.headers[name]


@pytest.mark.parametrize("end", ["credential", "account"])
def test_who_is_shut_out_gets_no_further_tile(
    sign_in: SignIn, database: Database, end: str
) -> None:
    planner = sign_in("planner", WEST, name="wang")
    drawn(planner)
    assert [answer.status_code for answer in twice(planner, address(14))] == [200, 200]
    how = {
        "credential": "UPDATE credential SET ended_at = now()",
        "account": "UPDATE account SET disabled_at = now()",
    }
    with database.owner.begin() as connection:
        connection.execute(text(how[end]))
    assert planner.get(address(14)).status_code == 401


def test_a_scope_that_was_changed_holds_for_the_next_tile(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner", WEST, name="wang")
    drawn(planner)
    tag = twice(planner, address(14))[1].headers["etag"]
    with database.owner.begin() as connection:
        number = account_id(connection, "wang")
        moved = text("UPDATE account_scope SET district = :east WHERE account_id = :number")
        connection.execute(moved, {"east": EAST, "number": number})
    assert planner.get(address(14), headers={"If-None-Match": tag}).status_code == 204


def test_a_viewer_is_refused_working_versions_however_often_they_ask(sign_in: SignIn) -> None:
    twice(sign_in("planner", WEST), f"{address(14)}?version=working")
    refused = sign_in("viewer", WEST).get(f"{address(14)}?version=working")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")


def test_what_is_wrong_is_refused_in_the_same_words_after_a_query_is_known(sign_in: SignIn) -> None:
    planner = sign_in("planner", WEST)
    twice(planner, address(14))
    there = "/tiles/plots/WebMercatorQuad/14"
    for path, status in ((f"{there}/99999/0", 404), (f"{there}/x/0", 422), (f"{there}/-1/0", 422)):
        answer = planner.get(path)
        assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert planner.post(address(14)).status_code == 405
    assert planner.get(address(14), headers={"If-None-Match": "x" * 501}).status_code == 422
    assert planner.get(f"{address(14)}?distric={WEST}").status_code == 422


@pytest.mark.parametrize(("county", "matched"), [(EAST, 1), (WEST, 0), (CITY, 1)])
def test_the_statement_alone_shows_the_ground_of_the_account_only(
    sign_in: SignIn, database: Database, county: str, matched: int
) -> None:
    """As the owner, whom row security lets pass: the predicate alone must hold."""
    drawn(sign_in("planner", EAST), geometry=ring(125.15, 43.05))
    token = database.account("wang", "planner", county)
    tile, _ = tile_asked_for(database.owner.url, token)
    assert tile is not None
    assert (tile.account.name, tile.matched) == ("wang", matched)


def test_the_statement_leaves_no_scope_behind(sign_in: SignIn, database: Database) -> None:
    drawn(sign_in("planner", EAST), geometry=ring(125.15, 43.05))
    token = database.account("wang", "planner", EAST)
    tile, left = tile_asked_for(
        sqlalchemy_url(database.endpoint.url("service", database.name)), token
    )
    assert tile is not None
    assert (tile.matched, left) == (1, 0)


def test_a_tile_is_drawn_the_ordinary_way_where_the_loop_has_lost_its_connection(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner", WEST)
    drawn(planner)
    ordinary, _ = twice(planner, address(14))
    run_sql(
        database.endpoint,
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        f" WHERE usename = 'luotu_service' AND datname = '{database.name}'",
    )
    for _ in range(2):
        answer = planner.get(address(14))
        assert (answer.status_code, answer.content) == (200, ordinary.content)


@pytest.mark.parametrize("size", [0, 1_000_000])
def test_a_tile_is_the_same_whoever_packs_it(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(async_route, "LONG_BYTES", size)
    planner = sign_in("planner", WEST)
    drawn(planner)
    ordinary, quick = twice(planner, address(14))
    assert quick.headers["content-encoding"] == "gzip"
    assert quick.content == ordinary.content


@pytest.mark.parametrize("approved_only", [True, False])
def test_the_statement_uses_the_spatial_index_of_each_slot(
    database: Database, approved_only: bool
) -> None:
    measured(database)
    words = signed_statement(("year",), approved=approved_only, mercator=True, some=True).text
    values = {"secret": "''", "kinds": "'{token}'", "tags": "'{}'", "first": "1", "last": "2"}
    for name, value in {**values, "low": "1", "high": "2", "year": "2026"}.items():
        words = words.replace(f":{name}", value)
    explained = plan(database, filled(words))
    assert "plot_version_approved_geom_idx" in explained, explained
    assert ("plot_version_working_geom_idx" in explained) == (not approved_only), explained


@pytest.mark.parametrize("grid", BOTH)
@pytest.mark.parametrize("z", [11, 12])
def test_many_plots_are_squares_at_11_and_12_and_few_are_plots(
    sign_in: SignIn, grid: GridName, z: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "MANY", 2)
    planner = sign_in("planner", WEST)
    for step in range(3):
        drawn(planner, geometry=ring(LON + 0.0025 * step, LAT))
    few = f"{address(z, grid=grid)}?stage=planned"
    drawn(planner, stage="planned", geometry=ring(LON, LAT + 0.003))
    scale = z + (grid == "CGCS2000Quad")
    for answer in twice(planner, address(z, grid=grid)):
        shown = layers(answer.content)
        if scale <= 12:
            assert "plots" not in shown
            assert shown["plot_squares"]["count"].sum() == 4
            assert shown["tile"]["detail"].tolist() == ["squares"]
        else:
            assert len(shown["plots"]) == 4
    for answer in twice(planner, few):
        assert len(layers(answer.content)["plots"]) == 1


@pytest.mark.parametrize("grid", BOTH)
def test_what_a_tile_leaves_out_stands_in_it(
    sign_in: SignIn, grid: GridName, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "MOST", 2)
    planner = sign_in("planner", WEST)
    for step in range(3):
        drawn(planner, geometry=ring(LON + 0.003 * step, LAT, 0.001 * (step + 1)))
    for answer in twice(planner, address(13, grid=grid)):
        shown = layers(answer.content)
        counts = shown["tile"][["matched", "left_out", "detail"]].to_dict("records")
        assert counts == [{"matched": 3, "left_out": 1, "detail": "plots"}]
        # The largest stay.
        assert len(shown["plots"]) == 2
        assert shown["plots"]["area_m2"].min() > 20_000
