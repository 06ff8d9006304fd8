"""A border that commits while plots are written: each plot gets the county that holds then."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from data.districts.districts import DistrictTree
from data.import_result import ImportRefused
from gis.polygons import from_geojson
from service.accounts.db.accounts import Account
from service.embedded import Endpoint
from service.plots.db.ground_lock import lock_ground, wait_for_writers
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.db.shares import county_shares
from service.plots.district_import import import_districts
from service.plots.review import approve
from tests.service.conftest import EAST, WEST, Database, new_database, ring
from tests.service.plots.test_border_moved import counties_with_border_at
from tests.service.plots.test_same_moment import checking
from tests.waiting import until

PLANTED = {"stage": "planted", "kind": "RGZL", "year": 2026}
SURVEYOR = Account(1, "surveyor", "admin", (), None)


@pytest.fixture
def office(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """A database of its own, for its borders move."""
    with new_database(endpoint, with_districts) as database:
        database.account("surveyor", "admin")
        yield database


def place(connection: Connection, west: float) -> NewPlot:
    """What a writer does before it writes: lock the ground, see in which county it lies."""
    geometry = from_geojson(ring(west, 43.05))
    lock_ground(connection, [geometry])
    county = county_shares(connection, [geometry])[0][0].county
    return NewPlot(geometry, county, PLANTED | {"plot_no": f"{west:.3f}"})


def move(database: Database) -> None:
    with database.service.begin() as connection:
        tree = DistrictTree(counties_with_border_at(125.08))
        import_districts(connection, SURVEYOR, tree, "new.geojson")


def waits_for_writers(database: Database) -> bool:
    """Whether a border asks for its turn; it asks again and again."""
    return bool(
        database.scalar(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'ShareLock' "
            "AND relation = 'plot_version'::regclass"
        )
    )


def until_it_waits(database: Database) -> None:
    until(lambda: waits_for_writers(database))


def county_of(database: Database, plot_id: int) -> str:
    district = database.scalar("SELECT district FROM plot_version WHERE plot_id = :n", n=plot_id)
    return str(district)


def test_a_plot_placed_by_the_old_border_goes_to_the_new_county(office: Database) -> None:
    with ThreadPoolExecutor(1) as threads:
        with office.service.begin() as writer:
            new = place(writer, 125.09)
            assert new.district == WEST
            border = threads.submit(move, office)
            until_it_waits(office)
            (number,) = insert_plots(writer, SURVEYOR, [new])
            # Others go on meanwhile.
            with office.service.begin() as other:
                insert_plots(other, SURVEYOR, [place(other, 125.03)])
        border.result()
    assert county_of(office, number) == EAST
    reason = office.scalar(
        "SELECT reason FROM plot_history WHERE plot_id = :n AND valid_to IS NULL", n=number
    )
    assert "按最大部分重新归属" in reason


def test_who_comes_when_the_border_has_its_turn_is_placed_by_the_new_one(office: Database) -> None:
    with ThreadPoolExecutor(1) as threads:
        with office.service.begin() as border:
            tree = DistrictTree(counties_with_border_at(125.08))
            import_districts(border, SURVEYOR, tree, "new.geojson")

            def write() -> int:
                with office.service.begin() as writer:
                    return insert_plots(writer, SURVEYOR, [place(writer, 125.09)])[0]

            plot = threads.submit(write)
        number = plot.result()
    assert county_of(office, number) == EAST


def submitted(database: Database) -> int:
    """A plot of the west that waits for its review, on ground that goes to the east."""
    with database.service.begin() as connection:
        new = replace(place(connection, 125.09), review="submitted")
        return insert_plots(connection, SURVEYOR, [new])[0]


def approve_it(connection: Connection, plot_id: int) -> None:
    approve(connection, SURVEYOR, plot_id, four_eyes=False)


def waits_for_a_plot(database: Database) -> bool:
    """Whether somebody waits for a transaction that holds rows."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
    return bool(database.scalar(waiting))


def moved_and_approved(database: Database, plot_id: int) -> bool:
    """Whether the one version of a plot is approved, in the east, under a number that it has."""
    return bool(
        database.scalar(
            "SELECT count(*) = 1 AND bool_and(v.review = 'approved' AND v.district = :east "
            "AND n.plot_id = v.plot_id) FROM plot_version v "
            "LEFT JOIN plot_number n USING (district, year, plot_no) WHERE v.plot_id = :id",
            id=plot_id,
            east=EAST,
        )
    )


def test_a_plot_that_is_approved_while_its_border_moves_is_approved_in_the_new_county(
    office: Database,
) -> None:
    number = submitted(office)
    with ThreadPoolExecutor(1) as threads:
        with office.service.begin() as inspector:
            approve_it(inspector, number)
            border = threads.submit(move, office)
            until(lambda: waits_for_a_plot(office) or waits_for_writers(office))
        border.result()
    assert moved_and_approved(office, number)


def test_who_approves_a_plot_that_a_border_holds_approves_it_in_the_new_county(
    office: Database,
) -> None:
    number = submitted(office)
    with ThreadPoolExecutor(1) as threads:
        with office.service.begin() as border:
            tree = DistrictTree(counties_with_border_at(125.08))
            import_districts(border, SURVEYOR, tree, "new.geojson")

            def review() -> None:
                with office.service.begin() as inspector:
                    approve_it(inspector, number)

            approval = threads.submit(review)
            until(lambda: waits_for_a_plot(office))
        approval.result()
    assert moved_and_approved(office, number)


def test_a_file_that_was_checked_by_the_old_border_goes_to_the_new_county(
    office: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = [ring(125.03, 43.05), ring(125.09, 43.05)]
    with ThreadPoolExecutor(1) as threads:
        with checking(office, monkeypatch, *shapes) as end:
            border = threads.submit(move, office)
            until_it_waits(office)
            assert end().rows == 2
        border.result()
    counties = "SELECT string_agg(district, ' ' ORDER BY ST_XMin(geom)) FROM plot_version"
    assert office.scalar(counties) == f"{WEST} {EAST}"


def test_a_border_that_never_gets_its_turn_changes_nothing(
    office: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "service.plots.district_import.wait_for_writers"
    monkeypatch.setattr(name, lambda connection: wait_for_writers(connection, wait_s=0))
    with office.service.begin() as writer:
        place(writer, 125.09)
        with pytest.raises(ImportRefused, match="一直有图斑在写入"):
            move(office)
    assert office.scalar("SELECT count(*) FROM district_boundary WHERE valid_to IS NOT NULL") == 0
