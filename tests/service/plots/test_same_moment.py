"""Two writers of one ground at one moment: the second sees the first as if it came later."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import Any

import geopandas
import httpx
import numpy as np
import pytest
import shapely
from shapely import Polygon, box
from sqlalchemy import text

from data.import_result import Imported, ImportRefused
from data.plots.plots import PlotTable
from gis.crs import CGCS2000
from gis.polygons import from_geojson
from service.accounts.db.accounts import Account, account_id
from service.plots import importing as importing_plots
from service.plots.db.ground_lock import LEVELS, MAX_CELLS, GroundBusy, _cells, lock_ground
from service.plots.db.numbers import reserved_numbers
from service.plots.importing import Stored, import_plots, store_rows
from service.plots.settlement import Settlement
from service.settings import Settings
from tests.service.conftest import Database, SignIn, feature, ring
from tests.service.plots.made import drawn
from tests.service.plots.test_edit import delete, match, said
from tests.service.plots.test_two_editors import at_once
from tests.waiting import until

PLACES = [(125.005 + n / 60, 43.005 + m / 60) for n, m in itertools.product(range(6), range(5))]


def codes(answer: httpx.Response) -> list[str]:
    """What a 409 warns of."""
    assert said(answer) == (409, "warnings")
    return [error["code"] for error in answer.json()["errors"]]


def one_of_two(answers: list[httpx.Response], *codes_of_loser: str) -> None:
    """One did its work, the other was warned of the ground of the first."""
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert won.status_code in (200, 201), won.text
    assert codes(lost) == list(codes_of_loser)


def test_thirty_pairs_of_equal_plots_at_one_moment_make_thirty_plots(
    sign_in: SignIn, database: Database
) -> None:
    clients = [sign_in("planner"), sign_in("planner")]
    for lon, lat in PLACES:
        body = feature(ring(lon, lat))
        one_of_two(
            at_once(*(partial(client.post, "/api/plots", json=body) for client in clients)),
            "same_ground",
        )
    assert database.scalar("SELECT count(*) FROM plot") == len(PLACES) == 30


def test_thirty_equal_plots_at_one_moment_make_one(sign_in: SignIn, database: Database) -> None:
    planner = sign_in("planner")
    answers = at_once(*[partial(planner.post, "/api/plots", json=feature())] * 30)
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[201] == 1
    assert set(statuses) <= {201, 409, 503}  # who would wait for longer than two seconds is told so
    assert database.scalar("SELECT count(*) FROM plot") == 1


def test_plots_that_only_overlap_are_told_of_each_other_too(sign_in: SignIn) -> None:
    clients = [sign_in("planner"), sign_in("planner")]
    for lon, lat in PLACES[:10]:
        shapes = [ring(lon, lat), ring(lon + 0.001, lat)]
        calls = [
            partial(client.post, "/api/plots", json=feature(shape))
            for client, shape in zip(clients, shapes, strict=True)
        ]
        one_of_two(at_once(*calls), "overlap")


Change = Callable[[httpx.Client, dict[str, Any], dict[str, Any]], Callable[[], httpx.Response]]


def put(client: httpx.Client, plot: dict[str, Any], shape: dict[str, Any]) -> Any:
    """The plot moved to a place."""
    address = f"/api/plots/{plot['id']}"
    return partial(client.put, address, json=feature(shape), headers=match(1))


def patch(client: httpx.Client, plot: dict[str, Any], shape: dict[str, Any]) -> Any:
    """The same by a merge patch."""
    address = f"/api/plots/{plot['id']}"
    return partial(client.patch, address, json={"geometry": shape}, headers=match(1))


@pytest.mark.parametrize("change", [put, patch])
def test_a_plot_that_is_moved_and_one_that_is_drawn(sign_in: SignIn, change: Change) -> None:
    mover, drawer = sign_in("planner"), sign_in("planner")
    for n, (lon, lat) in enumerate(PLACES[:10]):
        plot = drawn(mover, geometry=ring(125.15, 43.005 + n / 200))
        draw = partial(drawer.post, "/api/plots", json=feature(ring(lon, lat)))
        one_of_two(at_once(change(mover, plot, ring(lon, lat)), draw), "same_ground")


def test_a_plot_that_comes_back_and_one_that_is_drawn(sign_in: SignIn) -> None:
    keeper, drawer = sign_in("planner"), sign_in("planner")
    for lon, lat in PLACES[:10]:
        plot = drawn(keeper, geometry=ring(lon, lat))
        assert delete(keeper, plot).status_code == 204
        back = partial(keeper.post, f"/api/plots/{plot['id']}/restore", json={"version": 1})
        draw = partial(drawer.post, "/api/plots", json=feature(ring(lon, lat)))
        one_of_two(at_once(back, draw), "same_ground")


def test_the_ground_between_merged_plots_and_one_that_is_drawn_there(sign_in: SignIn) -> None:
    merger, drawer = sign_in("planner"), sign_in("planner")
    for lon, lat in PLACES[:10]:
        plots = [drawn(merger, geometry=ring(lon + n * 0.002, lat)) for n in range(2)]
        ids = {"ids": [plot["id"] for plot in plots]}
        merge = partial(merger.post, "/api/plots/merge", json=ids)
        over = feature(ring(lon, lat, 0.004))
        merged, answer = at_once(merge, partial(drawer.post, "/api/plots", json=over))
        assert merged.status_code == 200, merged.text
        # Either of the two that were there, or of the one that they became.
        assert set(codes(answer)) <= {"overlap", "same_ground"}


def test_neighbours_who_split_at_one_moment_never_wait_in_a_circle(sign_in: SignIn) -> None:
    clients = [sign_in("planner"), sign_in("planner")]
    for lon, lat in PLACES[:15]:
        plots = [drawn(clients[0], geometry=ring(lon + n * 0.002, lat)) for n in range(2)]
        line = {
            "type": "LineString",
            "coordinates": [[lon - 0.01, lat + 0.001], [lon + 0.01, lat + 0.001]],
        }
        calls = [
            partial(
                client.post, f"/api/plots/{plot['id']}/split", json={"line": line}, headers=match(1)
            )
            for client, plot in zip(clients, plots, strict=True)
        ]
        assert [answer.status_code for answer in at_once(*calls)] == [201, 201]


def table(*shapes: dict[str, Any]) -> PlotTable:
    """A file of plots."""
    rows = [{"stage": "planted", "kind": "RGZL", "year": 2026} for _ in shapes]
    geometry = [from_geojson(shape) for shape in shapes]
    frame = geopandas.GeoDataFrame(rows, geometry=geometry, crs=CGCS2000)
    return PlotTable.of(frame)


@contextmanager
def importing(database: Database, *shapes: dict[str, Any]) -> Iterator[Callable[[], None]]:
    """An import that has written its plots; what is given ends it."""
    database.account("importer", "gis")
    with database.service.connect() as connection, connection.begin() as transaction:
        number = account_id(connection, "importer")
        assert number is not None
        account = Account(number, "importer", "gis", (), None)
        import_plots(connection, account, table(*shapes), "plots.geojson", Settings())
        yield transaction.commit


def waits(database: Database) -> bool:
    """Whether somebody waits for a lock on ground."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return bool(database.scalar(waiting))


def test_who_draws_where_a_file_is_being_imported_sees_its_plots(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner")
    shape = ring(125.05, 43.05)
    with importing(database, shape) as end, ThreadPoolExecutor(1) as threads:
        answer = threads.submit(planner.post, "/api/plots", json=feature(shape))
        until(lambda: answer.done() or waits(database))
        assert not answer.done(), answer.result().text
        end()
        assert codes(answer.result()) == ["same_ground"]


def test_who_would_wait_too_long_is_told_so_and_stores_nothing(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner")
    shape = ring(125.05, 43.05)
    with importing(database, shape):
        answer = planner.post("/api/plots", json=feature(shape))
        assert said(answer) == (503, "ground_busy")
        assert answer.headers["retry-after"] == "2"
    assert database.scalar("SELECT count(*) FROM plot") == 1  # the file's


def test_who_draws_elsewhere_in_the_county_does_not_wait_for_a_file(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner")
    with importing(database, ring(125.01, 43.01), ring(125.09, 43.01)) as end:
        # With a number of its own: no numbers were reserved for this file.
        elsewhere = feature(ring(125.05, 43.08), plot_no="A1")
        answer = planner.post("/api/plots", json=elsewhere)
        assert answer.status_code == 201
        end()


@contextmanager
def checking(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    *shapes: dict[str, Any],
    settlement: Settlement = Settlement(),  # noqa: B008 - frozen
) -> Iterator[Callable[[], Imported]]:
    """An import that has checked its rows, which what is given stores."""
    checked, stores = Event(), Event()
    stored: list[int] = []

    def store(*given: Any) -> Stored:
        stored.append(len(stored))
        checked.set()
        assert stores.wait(30)
        return store_rows(*given)

    def reserve(wanted: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], list[str]]:
        with database.service.begin() as connection:
            return reserved_numbers(connection, wanted)

    def run() -> Imported:
        with database.service.begin() as connection:
            number = account_id(connection, "importer")
            assert number is not None
            account = Account(number, "importer", "gis", (), None)
            file = table(*shapes)
            return import_plots(
                connection,
                account,
                file,
                "plots.geojson",
                Settings(),
                settlement=settlement,
                reserve=reserve,
            )

    database.account("importer", "gis")
    monkeypatch.setattr(importing_plots, "store_rows", store)
    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(run)

        def end() -> Imported:
            stores.set()
            imported = done.result()
            assert len(stored) == 1  # it was not done again
            return imported

        try:
            until(lambda: checked.is_set() or done.done())
            yield end
        finally:
            stores.set()


def test_who_saves_beside_a_file_that_is_being_checked_does_not_wait(
    sign_in: SignIn, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = sign_in("planner")
    shapes = [ring(125.01, 43.01), ring(125.09, 43.09)]
    with checking(database, monkeypatch, *shapes) as end:
        answer = planner.post("/api/plots", json=feature(ring(125.011, 43.015)))
        assert answer.status_code == 201, answer.text
        assert end().rows == 2
    numbers = "SELECT string_agg(plot_no, ' ' ORDER BY plot_no) FROM plot_version"
    assert database.scalar(numbers) == "00001 00002 00003"


def test_a_file_is_told_of_what_was_saved_on_its_ground_while_it_was_checked(
    sign_in: SignIn, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = sign_in("planner")
    shapes = [ring(125.01, 43.01), ring(125.09, 43.09)]
    with checking(database, monkeypatch, *shapes) as end:
        assert planner.post("/api/plots", json=feature(shapes[1])).status_code == 201
        with pytest.raises(ImportRefused) as refused:
            end()
    assert [(told.row, told.code) for told in refused.value.rejections] == [(2, "same_ground")]
    assert database.scalar("SELECT count(*) FROM plot") == 1


def test_a_file_whose_warnings_were_seen_is_stored_beside_what_was_saved_meanwhile(
    sign_in: SignIn, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = sign_in("planner")
    shapes = [ring(125.01, 43.01), ring(125.09, 43.09)]
    seen = Settlement(["overlap", "same_ground"])
    with checking(database, monkeypatch, *shapes, settlement=seen) as end:
        assert planner.post("/api/plots", json=feature(shapes[1])).status_code == 201
        assert end().rows == 2


def test_two_equal_zones_at_one_moment_are_told_of_each_other(sign_in: SignIn) -> None:
    clients = [sign_in("inspector"), sign_in("inspector")]
    for n, (lon, lat) in enumerate(PLACES[:10]):
        calls = []
        for side, client in enumerate(clients):
            given = {"code": f"V{n}-{side}", "name": "一", "level": "village"}
            zone = {"type": "Feature", "geometry": ring(lon, lat), "properties": given}
            calls.append(partial(client.post, "/api/zones", json=zone))
        one_of_two(at_once(*calls), "overlap")


def plot_at(west: float, south: float, width: float = 0.002, height: float = 0.002) -> Polygon:
    """A rectangle in degrees."""
    return box(west, south, west + width, south + height)


BOXES = {
    "a plot": [plot_at(125.05, 43.05)],
    "a plot at the corner of four cells": [plot_at(125.0244140625 - 0.001, 43.0224609375)],
    "a county's file": [plot_at(125 + n / 50, 43 + m / 50) for n in range(25) for m in range(25)],
    "a province": [plot_at(110.0, 20.0, 10.0, 10.0)],
    "half the world": [plot_at(-179.0, -89.0, 358.0, 178.0)],
}


@pytest.mark.parametrize("name", BOXES)
def test_whoever_touches_the_same_ground_wants_the_same_lock(name: str) -> None:
    file = _cells(shapely.bounds(np.array(BOXES[name])), 1)
    assert len(file) <= MAX_CELLS * len(LEVELS)
    for shape in BOXES[name][:: max(1, len(BOXES[name]) // 9)]:
        west, south, *_ = shape.bounds
        plot = _cells(shapely.bounds([plot_at(west, south)]), 1)
        shared = plot.keys() & file.keys()
        assert any(plot[key] or file[key] for key in shared), "both could write at once"
    elsewhere = _cells(shapely.bounds([plot_at(-100.0, 40.0)]), 1)
    if name != "half the world":
        assert not any(elsewhere[key] or file[key] for key in elsewhere.keys() & file.keys())


def test_a_large_shape_waits_for_a_small_one_within_it(database: Database) -> None:
    large, small = from_geojson(ring(124.0, 42.0, 3.0, 3.0)), from_geojson(ring(125.05, 43.05))
    with database.service.begin() as first, database.service.connect() as second:
        lock_ground(first, [small])
        lock_ground(second, [small], "zones")  # zones are another ground
        with pytest.raises(GroundBusy):
            lock_ground(second, [large], wait_s=0.1)
        second.rollback()
        lock_ground(second, [from_geojson(ring(125.09, 43.09))])


def test_the_time_limit_of_other_locks_stays_as_it_was(database: Database) -> None:
    with database.service.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '7s'"))
        lock_ground(connection, [from_geojson(ring(125.05, 43.05))])
        assert connection.scalar(text("SHOW lock_timeout")) == "7s"
