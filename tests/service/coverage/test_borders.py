"""The same plots by two vintages of borders: both figures hold, and what moved explains them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely import Polygon, box
from sqlalchemy import text

from gis.measure import area_m2
from gis.polygons import as_multipolygon
from service.accounts.db.accounts import Account
from service.coverage.borders import compare_borders
from service.coverage.db.figures import Choice
from service.coverage.rollup import CoverageAnswer, CoverageQuestion, coverage
from service.districts.db.districts import store_districts
from service.errors import Problem
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.db.shares import county_shares
from service.web.timestamps import today
from tests.service.conftest import EAST, WEST, Database, SignIn
from tests.service.plots.test_border_moved import Office, counties_with_border_at

OLD_DAY = today() - timedelta(days=30)
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # an example takes a second
CUT = (125.08, 125.1)  # what the western county loses


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    database.account("surveyor", "admin")
    with database.service.connect() as connection:
        number = connection.scalar(text("SELECT id FROM account WHERE name = 'surveyor'"))
        yield Office(connection, Account(number, "surveyor", "admin", (), None))
        connection.rollback()


def move(office: Office, lon: float = CUT[0]) -> None:
    office.border(lon, acknowledged=("plots_outside",))  # some lie beyond both counties
    office.connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def figures(office: Office, **choice: Any) -> CoverageAnswer:
    question = CoverageQuestion(choice=Choice(**choice))
    return coverage(office.connection, office.account, question)


def green(office: Office, **choice: Any) -> dict[str, float]:
    return {row.code: row.green_m2 for row in figures(office, **choice).rows}


def test_figures_stand_on_the_borders_of_the_day_and_say_so(office: Office) -> None:
    office.plot(125.03)
    office.plot(125.09)
    before = green(office)
    move(office)
    old, new = figures(office, borders_on=OLD_DAY), figures(office)
    assert {row.code: row.green_m2 for row in old.rows} == pytest.approx(before, rel=1e-9)
    assert {row.code: row.green_m2 for row in new.rows}[EAST] == pytest.approx(
        before[WEST] / 2, rel=1e-4
    )
    boundaries = [next(row.boundary for row in a.rows if row.code == WEST) for a in (old, new)]
    assert boundaries == ["test", f"test ({today()} 起)"]


def test_a_plot_drawn_since_counts_by_the_old_border_too(office: Office) -> None:
    move(office)
    office.plot(125.09, EAST)
    assert green(office)[WEST] == 0
    assert green(office, borders_on=OLD_DAY)[EAST] == 0
    assert green(office, borders_on=OLD_DAY, year=2026)[WEST] == pytest.approx(
        green(office)[EAST], rel=1e-9
    )


def test_what_moved_explains_the_difference(office: Office) -> None:
    for lon in (125.03, 125.0799, 125.09, 125.0905):
        office.plot(lon)
    office.plot(125.15, EAST)
    office.plot(125.092, review="draft")
    move(office)
    comparison = compare_borders(office.connection, office.account, OLD_DAY)
    (ground,) = comparison.moved
    assert (ground.from_code, ground.to_code, ground.plots) == (WEST, EAST, 3)
    assert ground.ground_m2 == pytest.approx(area_m2(box(CUT[0], 43.0, CUT[1], 43.1)), rel=1e-5)
    west, east = comparison.rows
    assert (west.code, east.code) == (WEST, EAST)
    assert west.before.green_m2 - west.after.green_m2 == pytest.approx(ground.green_m2, rel=1e-6)
    assert east.after.green_m2 - east.before.green_m2 == pytest.approx(ground.green_m2, rel=1e-6)


def test_ground_that_no_county_has_any_more_is_told(office: Office) -> None:
    office.plot(125.03)
    smaller = counties_with_border_at(CUT[0]).loc[lambda frame: frame["code"] == WEST]
    shape = as_multipolygon(box(125.05, 43.0, 125.1, 43.1))
    store_districts(office.connection, smaller.set_geometry([shape]))
    office.connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    (ground,) = compare_borders(office.connection, office.account, OLD_DAY).moved
    assert (ground.from_code, ground.to_code, ground.plots) == (WEST, None, 1)
    assert figures(office).outside_m2 == pytest.approx(green(office, borders_on=OLD_DAY)[WEST])
    assert figures(office, borders_on=OLD_DAY).outside_m2 == 0


def test_days_that_compare_nothing_are_refused(office: Office) -> None:
    for since, until in ((today(), None), (OLD_DAY, today() + timedelta(days=1))):
        with pytest.raises(Problem) as refused:
            compare_borders(office.connection, office.account, since, until)
        assert refused.value.status == 422


def test_nothing_moved_is_an_empty_answer(sign_in: SignIn) -> None:
    answer = sign_in("viewer").get("/api/coverage/borders", params={"since": str(OLD_DAY)})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["rows"], answer.json()["moved"]) == ([], [])


@st.composite
def broad_plots(draw: st.DrawFn) -> list[Polygon]:
    """Triangles with edges of kilometres, about both borders and beyond the counties."""
    corners = st.tuples(st.floats(124.97, 125.23), st.floats(42.97, 43.13))
    triangles = [Polygon(draw(st.lists(corners, min_size=3, max_size=3))) for _ in range(3)]
    return [triangle for triangle in triangles if triangle.area > 1e-5]


@settings(
    max_examples=6,
    deadline=None,
    phases=NO_SHRINKING,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(plots=broad_plots())
def test_own_areas_add_up_by_both_vintages(office: Office, plots: list[Polygon]) -> None:
    with office.connection.begin_nested() as world:
        shapes = [as_multipolygon(plot) for plot in plots]
        attributes = {"stage": "planted", "kind": "RGZL", "year": 2026}
        shares = zip(shapes, county_shares(office.connection, shapes), strict=True)
        new = [
            NewPlot(shape, of_shape[0].county, attributes, review="approved")
            for shape, of_shape in shares
            if of_shape
        ]
        insert_plots(office.connection, office.account, new)
        own = office.connection.scalar(text("SELECT coalesce(sum(area_m2), 0) FROM plot_version"))
        move(office)
        for answer in (figures(office), figures(office, borders_on=OLD_DAY)):
            total = sum(row.sum_m2 for row in answer.rows) + answer.outside_m2
            assert total == pytest.approx(own, rel=1e-9, abs=1e-3)
        world.rollback()


def test_borders_of_a_day_to_come_are_refused(sign_in: SignIn) -> None:
    viewer = sign_in("viewer", WEST)
    tomorrow = today() + timedelta(days=1)
    for address in ("/api/coverage?level=county&", f"/api/coverage/{WEST}/plots?"):
        answer = viewer.get(f"{address}borders_on={tomorrow}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "borders_on")
        assert str(today()) in answer.json()["detail"]
        assert viewer.get(f"{address}borders_on={today()}").status_code == 200
