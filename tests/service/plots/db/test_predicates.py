"""The first lock alone: each query, asked by somebody of the next county as the owner.

The owner passes by row security, and no route stands before the query or after it: a predicate that
is lost shows here, though two others hide it from the routes.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gis.polygons import from_geojson
from service.accounts.db.accounts import Account
from service.plots import search as searching
from service.plots.db import acceptance, history, plots, review, worklist
from service.plots.db import edit as editing
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.db.plots import PlotFilter
from service.tiles.db import plot_tiles
from service.tiles.db.tile_extent import Ground
from tests.service.conftest import EAST, WEST, Database, ring

REVIEWS = ("approved", "draft", "submitted")
Plots = dict[str, int]
EASTERN = Ground(125.1, 43.0, 125.2, 43.1, mercator=True)
Query = Callable[[Connection, Account, Plots], Any]

QUERIES: dict[str, Query] = {
    "list": lambda c, account, _: plots.list_plots(c, account, PlotFilter(), limit=9),
    "count": lambda c, account, _: plots.count_plots(c, account, PlotFilter()),
    "files and maps": lambda c, account, _: plots.list_records(c, account, PlotFilter(), limit=9),
    "one plot": lambda c, account, those: plots.read_plot(c, account, those["approved"]),
    "plans named": lambda c, account, those: plots.existing_plot_ids(
        c, account, list(those.values())
    ),
    "review": lambda c, account, those: review.lock_working(c, account, those["submitted"]),
    "edit": lambda c, account, those: editing.lock_plot(c, account, those["draft"]),
    "undelete": lambda c, account, those: editing.lock_deleted(c, account, those["deleted"]),
    "versions": lambda c, account, those: history.list_versions(
        c, account, those["approved"], limit=9
    ),
    "one version": lambda c, account, those: history.read_version(c, account, those["approved"], 1),
    "a version's record": lambda c, account, those: history.version_record(
        c, account, those["draft"], 1
    ),
    "accept": lambda c, account, those: acceptance.lock_approved(c, account, those["approved"]),
    "acceptances": lambda c, account, those: acceptance.records(c, account, those["approved"]),
    "what waits": lambda c, account, _: worklist.work(c, account, limit=9)["waiting"]["plots"],
    "how many wait": lambda c, account, _: worklist.work(c, account, limit=9)["waiting"]["count"],
    "search": lambda c, account, _: searching.search(c, account, "00001", limit=9)["plots"],
    "a tile of plots": lambda c, account, _: (
        plot_tiles.plots_tile(c, account, PlotFilter(), EASTERN, max_plots=9).matched
    ),
    "a tile of squares": lambda c, account, _: (
        plot_tiles.squares_tile(c, account, PlotFilter(), EASTERN, 7).matched
    ),
    "search of districts": lambda c, account, _: searching.search(c, account, EAST, limit=9)[
        "districts"
    ],
}


def of(county: str, number: int) -> Account:
    """Somebody of one county who may do everything there."""
    return Account(number, "wang", "admin", (county,), (county,))


def eastern(connection: Connection, maker: Account) -> Plots:
    """Plots of the eastern county in each state, one with a record, one deleted."""
    new = [
        NewPlot(
            geometry=from_geojson(ring(125.15, 43.02 + n / 100)),
            district=EAST,
            attributes={"stage": "planted", "kind": "RGZL", "year": 2026, "name": "东林"},
            review=review,
        )
        for n, review in enumerate((*REVIEWS, "draft"))
    ]
    made = dict(zip((*REVIEWS, "deleted"), insert_plots(connection, maker, new), strict=True))
    connection.execute(
        text("INSERT INTO acceptance (plot_id, checked_on) VALUES (:plot, '2026-05-01')"),
        {"plot": made["approved"]},
    )
    gone = text("DELETE FROM plot_version WHERE plot_id = :plot")
    connection.execute(gone, {"plot": made["deleted"]})
    return made


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    ("county", "visible"), [(EAST, True), (WEST, False)], ids=["own", "foreign"]
)
def test_a_query_finds_the_ground_of_the_account_only(
    database: Database, query: str, county: str, visible: bool
) -> None:
    database.account("maker", "admin")
    database.account("wang", "admin", county)
    with database.owner.begin() as connection:
        those = eastern(connection, of(EAST, 1))
        assert bool(QUERIES[query](connection, of(county, 2), those)) == visible


MOVED = (
    "INSERT INTO plot_number SELECT :west, year, plot_no, plot_id FROM plot_number "
    "WHERE plot_id = :plot",
    "UPDATE plot_version SET district = :west WHERE plot_id = :plot",
)


def test_what_a_plot_was_in_another_county_is_not_what_it_was_before(database: Database) -> None:
    database.account("maker", "admin")
    with database.owner.begin() as connection:
        plot = eastern(connection, of(EAST, 1))["approved"]
        for moved in MOVED:
            connection.execute(text(moved), {"west": WEST, "plot": plot})
        entries = history.list_versions(connection, of(WEST, 1), plot, limit=9)
        whole = history.list_versions(
            connection, Account(1, "wang", "admin", (), None), plot, limit=9
        )
    assert [entry["before"] is None for entry in entries] == [True]
    assert [entry["before"] is None for entry in whole] == [False, True]
