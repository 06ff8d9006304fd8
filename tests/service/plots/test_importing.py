"""Rows of a file: the verdicts of every door, and what becomes of the plots that are there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import geopandas
import pandas as pd
import pytest
from sqlalchemy import Connection, text

from data.import_result import Imported, ImportRefused
from data.plots.plots import PlotTable, plot_table
from gis.crs import CGCS2000
from gis.polygons import from_geojson
from service.accounts.db.accounts import Account, account_by_secret, add_account, give_credential
from service.plots.db.edit import delete_approved, lock_plot
from service.plots.db.plots import PlotFilter, list_records
from service.plots.importing import import_plots
from service.plots.row_checks import CheckedRows, check_rows
from service.plots.settlement import Changed, Settlement
from service.plots.validate import validate
from service.settings import Settings
from tests.service.conftest import EAST, WEST, Database, ring

PLACE = ring(125.05, 43.05)
SETTINGS = Settings()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A transaction of the whole tree, rolled back."""
    with database.service.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def importer(connection: Connection) -> Account:
    """GIS staff of every district."""
    return Account(add_account(connection, "importer", "gis"), "importer", "gis", (), None)


def file_of(*rows: tuple[dict[str, Any], dict[str, Any]]) -> PlotTable:
    """A file of shapes, each with its attributes: planted in 2026 unless said otherwise."""
    said = pd.DataFrame(
        [{"stage": "planted", "kind": "RGZL", "year": 2026} | row for _, row in rows]
    )
    shapes = [from_geojson(shape) for shape, _ in rows]
    frame = geopandas.GeoDataFrame(said, geometry=shapes, crs=CGCS2000)
    return plot_table(frame, fields={}, defaults={})


def brought(
    connection: Connection,
    account: Account,
    table: PlotTable,
    *acknowledged: str,
    changed: Changed = "refuse",
    skip_blocked: bool = False,
    review: Any = "draft",
) -> Imported:
    settlement = Settlement(acknowledged, skip_blocked, changed, review)
    return import_plots(
        connection, account, table, "plots.shp", SETTINGS, settlement=settlement, why="test"
    )


def codes(checked: CheckedRows, row: int = 0) -> list[str]:
    return sorted(entry.verdict.code for entry in checked.reported[row])


def refused(error: pytest.ExceptionInfo[ImportRefused]) -> list[tuple[int | None, str]]:
    return [(rejection.row, rejection.code) for rejection in error.value.rejections]


def plots(connection: Connection, account: Account) -> list[Any]:
    return list_records(connection, account, PlotFilter(), limit=None)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(PLACE, id="same ground, credited"),
        pytest.param(ring(125.051, 43.05), id="overlap"),
        pytest.param(ring(125.0999, 43.05), id="across a border"),
        pytest.param(ring(125.02, 43.02, 0.0001, 0.0001), id="too small"),
        pytest.param(ring(125.02, 43.02, 0.05, 0.000005), id="a sliver"),
        pytest.param(ring(125.052, 43.05), id="a neighbour that touches"),
        pytest.param(ring(10, 50), id="another continent"),
    ],
)
def test_a_row_is_told_what_a_drawing_is_told(
    connection: Connection, importer: Account, shape: dict[str, Any]
) -> None:
    brought(connection, importer, file_of((PLACE, {})), review="approved")
    planner = Account(importer.id, "planner", "planner", (WEST,), (WEST,))
    drawn = validate(
        connection, planner, from_geojson(shape), {"stage": "planted", "kind": "RGZL"}, SETTINGS
    )
    checked = check_rows(connection, planner, file_of((shape, {})), SETTINGS)
    assert codes(checked) == sorted(entry.verdict.code for entry in drawn.reported)


def test_a_warning_is_asked_about_before_anything_is_stored(
    connection: Connection, importer: Account
) -> None:
    brought(connection, importer, file_of((PLACE, {})))
    again = file_of((ring(125.02, 43.02), {}), (PLACE, {}))
    with pytest.raises(ImportRefused, match="--acknowledge same_ground") as error:
        brought(connection, importer, again)
    assert refused(error) == [(2, "same_ground")]
    assert brought(connection, importer, again, "same_ground").rows == 2


def test_rows_on_each_other_are_told_by_their_rows(
    connection: Connection, importer: Account
) -> None:
    checked = check_rows(
        connection, importer, file_of((PLACE, {}), (ring(125.051, 43.05), {})), SETTINGS
    )
    assert [codes(checked, row) for row in (0, 1)] == [["overlap"], ["overlap"]]
    assert "row 2 of this file" in checked.reported[0][0].verdict.message.en


def test_a_planned_row_may_lie_on_a_planted_one(connection: Connection, importer: Account) -> None:
    table = file_of((PLACE, {"stage": "planned"}), (PLACE, {}), (PLACE, {"stage": "cancelled"}))
    assert brought(connection, importer, table).rows == 3


def test_blocked_rows_are_left_out_when_that_is_wanted(
    connection: Connection, importer: Account
) -> None:
    table = file_of((PLACE, {}), (ring(10, 50), {}))
    with pytest.raises(ImportRefused) as error:
        brought(connection, importer, table)
    assert refused(error) == [(2, "outside_district")]
    done = brought(connection, importer, table, skip_blocked=True)
    assert (done.rows, len(plots(connection, importer))) == (1, 1)


def test_a_plot_beyond_the_scope_is_refused_by_its_row(
    connection: Connection, importer: Account
) -> None:
    planner = Account(importer.id, "planner", "planner", (WEST,), (WEST,))
    with pytest.raises(ImportRefused) as error:
        brought(connection, planner, file_of((PLACE, {}), (ring(125.15, 43.05), {})))
    assert refused(error) == [(2, "outside_district")]


def test_a_plot_beyond_the_scope_is_named_by_its_county_only(
    connection: Connection, importer: Account
) -> None:
    foreign = file_of((ring(125.0995, 43.05, 0.004), {}))
    brought(connection, importer, foreign, "crosses_district", review="approved")
    number = add_account(connection, "planner", "planner", [WEST])
    secret = give_credential(connection, number, "token", timedelta(minutes=1))
    planner = account_by_secret(connection, secret, ["token"])
    assert planner is not None
    shape = ring(125.098, 43.05, 0.0019)
    checked = check_rows(connection, planner, file_of((shape, {})), SETTINGS)
    assert codes(checked) == ["credited_ground", "overlap"]
    for entry in checked.reported[0]:
        assert (entry.plot_id, entry.county) == (None, EAST)
        assert "00001" not in entry.verdict.message.en


NUMBERED = {"plot_no": "A1", "name": "北坡", "note": "旧"}


def test_a_row_that_says_what_is_there_writes_nothing(
    connection: Connection, importer: Account
) -> None:
    brought(connection, importer, file_of((PLACE, NUMBERED)))
    before = plots(connection, importer)
    done = brought(connection, importer, file_of((PLACE, NUMBERED)))
    assert (done.rows, plots(connection, importer)) == (0, before)


def test_a_shape_that_went_through_a_projection_is_the_same(
    connection: Connection, importer: Account
) -> None:
    brought(connection, importer, file_of((PLACE, NUMBERED)))
    shifted = ring(125.05 + 3e-9, 43.05 - 2e-9)
    checked = check_rows(connection, importer, file_of((shifted, NUMBERED)), SETTINGS)
    assert checked.matches.rows[0].state == "same"


def test_a_changed_row_is_refused_until_somebody_says_what_shall_become_of_it(
    connection: Connection, importer: Account
) -> None:
    brought(connection, importer, file_of((PLACE, NUMBERED)), review="approved")
    table = file_of((PLACE, {"plot_no": "A1", "name": "南坡"}))
    with pytest.raises(ImportRefused) as error:
        brought(connection, importer, table)
    assert refused(error) == [(1, "number_taken")]
    assert brought(connection, importer, table, changed="leave").rows == 0
    assert brought(connection, importer, table, changed="replace").rows == 1
    (plot,) = plots(connection, importer)
    # What the file does not say stays as it is.
    assert (plot["name"], plot["note"], plot["review"]) == ("南坡", "旧", "draft")


def test_a_changed_row_is_not_told_of_the_plot_that_it_changes(
    connection: Connection, importer: Account
) -> None:
    brought(connection, importer, file_of((PLACE, NUMBERED)))
    wider = ring(125.05, 43.05, 0.003)
    checked = check_rows(connection, importer, file_of((wider, NUMBERED)), SETTINGS)
    assert (codes(checked), checked.matches.rows[0].fields) == ([], ("geometry",))


def test_a_plot_under_review_is_not_changed(connection: Connection, importer: Account) -> None:
    brought(connection, importer, file_of((PLACE, NUMBERED)))
    connection.exec_driver_sql("UPDATE plot_version SET review = 'submitted'")
    table = file_of((PLACE, {**NUMBERED, "name": "南坡"}))
    with pytest.raises(ImportRefused) as error:
        brought(connection, importer, table, changed="replace")
    assert refused(error) == [(1, "submitted")]


def test_a_number_that_stands_twice_is_told_of_both_rows(
    connection: Connection, importer: Account
) -> None:
    table = file_of((PLACE, {"plot_no": "A1"}), (ring(125.02, 43.02), {"plot_no": "A1"}))
    with pytest.raises(ImportRefused) as error:
        brought(connection, importer, table)
    assert refused(error) == [(1, "number_twice"), (2, "number_twice")]


@pytest.mark.parametrize(("one", "other"), [("A-1", "ａ－ 1"), ("001", "1")])
def test_numbers_that_differ_by_case_width_blanks_or_zeros_are_asked_about(
    connection: Connection, importer: Account, one: str, other: str
) -> None:
    table = file_of((PLACE, {"plot_no": one}), (ring(125.02, 43.02), {"plot_no": other}))
    with pytest.raises(ImportRefused) as error:
        brought(connection, importer, table)
    assert refused(error) == [(1, "number_alike"), (2, "number_alike")]
    assert "row 2" in error.value.rejections[0].message.en
    assert brought(connection, importer, table, "number_alike").rows == 2


def test_the_number_of_a_deleted_plot_is_not_given_again(
    connection: Connection, importer: Account
) -> None:
    done = brought(connection, importer, file_of((PLACE, NUMBERED)), review="approved")
    locked = lock_plot(connection, importer, done.ids[0])
    assert locked is not None
    delete_approved(connection, importer, locked, "test")
    with pytest.raises(ImportRefused) as error:
        brought(connection, importer, file_of((PLACE, NUMBERED)))
    assert refused(error) == [(1, "number_taken")]


def test_plots_that_the_file_leaves_out_are_counted_in_its_counties_and_years(
    connection: Connection, importer: Account
) -> None:
    last_year = (ring(125.03, 43.03), {"plot_no": "A3", "year": 2025})
    there = file_of((PLACE, NUMBERED), (ring(125.02, 43.02), {"plot_no": "A2"}), last_year)
    brought(connection, importer, there)
    checked = check_rows(connection, importer, file_of((PLACE, NUMBERED)), SETTINGS)
    assert checked.matches.missing == 1
    unnumbered = check_rows(connection, importer, file_of((PLACE, {})), SETTINGS)
    assert unnumbered.matches.missing == 0


def test_a_plan_that_is_none_is_told_by_row(connection: Connection, importer: Account) -> None:
    done = brought(connection, importer, file_of((PLACE, {})))
    table = file_of(
        (ring(125.02, 43.02), {"plan_ids": [done.ids[0]]}),
        (ring(125.03, 43.03), {"plan_ids": [999]}),
    )
    checked = check_rows(connection, importer, table, SETTINGS)
    assert [codes(checked, row) for row in (0, 1)] == [["not_a_plan"], ["unknown_plan"]]


def test_areas_of_a_file_are_those_that_postgis_measures(
    connection: Connection, importer: Account
) -> None:
    shapes = [ring(125.01, 43.02), ring(125.03, 43.02, 0.03, 0.04), ring(125.05, 43.08, 1e-4, 1e-4)]
    table = file_of(*((shape, {}) for shape in shapes))
    brought(connection, importer, table, "too_small", "too_large", review="approved")
    query = (
        "SELECT max(abs(area_m2 - ST_Area(geom::geography)) / area_m2), count(*) FROM plot_version"
    )
    worst, stored = connection.exec_driver_sql(query).one()
    assert stored == len(shapes)
    assert worst <= 1e-9


def test_a_number_that_stands_twice_is_told_where_no_district_is_known(
    connection: Connection, importer: Account
) -> None:
    twice = {"plot_no": "A-1"}
    nowhere = file_of((ring(10, 50), twice), (ring(10.01, 50), twice))
    checked = check_rows(connection, importer, nowhere, SETTINGS)
    assert all("number_twice" in codes(checked, row) for row in (0, 1))


MEASURED = text("SELECT max(abs(area_m2 / ST_Area(geom::geography) - 1)) FROM plot_version")


def test_the_area_of_a_plot_is_that_of_its_shape_whatever_a_file_says(
    connection: Connection, importer: Account
) -> None:
    said = {"area_m2": 5.0, "面积": 7.0, "declared_m2": 9.0}
    off = "declared_area_off"
    first, elsewhere = (
        file_of((place, {"plot_no": "A1", **said}))
        for place in (PLACE, ring(125.02, 43.02, 0.003, 0.002))
    )
    brought(connection, importer, first, off, review="approved")
    assert brought(connection, importer, elsewhere, off, changed="replace").rows == 1
    assert [plot["declared_m2"] for plot in plots(connection, importer)] == [9.0]
    assert connection.scalar(MEASURED) < 1e-9
