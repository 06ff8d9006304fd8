"""What districts have adds up to the plots' own areas: whatever is cut, and whoever adds it up."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gis.coverage import union_figures
from gis.crs import CGCS2000
from gis.topology.bounds import outline_bounds_m2
from service.coverage.db.figures import Choice, CoverageResult, coverage_figures
from service.coverage.db.rebuild import rebuild
from service.coverage.db.verify import boundaries, forget
from service.embedded import Endpoint
from service.run.coverage_worker import settle
from tests.service.conftest import EAST, SQUARES, WEST, Database, new_database

NORTH = "220106"
COUNTIES = [WEST, EAST, NORTH]
NORTHERN = shapely.Polygon(
    [(125.03, 43.1), (125.1, 43.1), (125.17, 43.1), (125.16, 43.15), (125.17, 43.2), (125.03, 43.2)]
)
PLOT = """
WITH made AS (INSERT INTO plot DEFAULT VALUES RETURNING id),
number AS (
    INSERT INTO plot_number (district, year, plot_no, plot_id)
    SELECT :county, 2026, id::text, id FROM made RETURNING plot_id, plot_no
)
INSERT INTO plot_version
    (plot_id, slot, version, geom, district, stage, kind, year, plot_no, review)
SELECT plot_id, 'approved', 1, ST_Multi(ST_GeomFromWKB(:shape, :srid)),
       :county, 'planted', 'RGZL', 2026, plot_no, 'approved'
FROM number RETURNING area_m2
"""
COUNTY = """
WITH made AS (INSERT INTO district (code, name, level) VALUES (:code, :code, 'county'))
INSERT INTO district_boundary (code, geom, source, valid_from)
VALUES (:code, ST_Multi(ST_GeomFromWKB(:shape, :srid)), 'test', '1949-10-01')
"""


@pytest.fixture(scope="module")
def three(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """Two square counties beside each other, a third north of both, and nothing around them."""
    with new_database(endpoint, with_districts) as database:
        with database.owner.begin() as connection:
            shape = shapely.to_wkb(NORTHERN)
            values = {"code": NORTH, "shape": shape, "srid": CGCS2000}
            connection.execute(text(COUNTY), values)
        yield database


@pytest.fixture
def empty(three: Database) -> Database:
    """No plots, and nothing waits."""
    with three.owner.begin() as connection:
        connection.execute(text("TRUNCATE plot CASCADE"))
    assert settle(three.service)
    return three


def plant_shapes(database: Database, shapes: Sequence[shapely.Polygon]) -> float:
    """Plots of these shapes; answers what their own areas add up to, square metres."""
    with database.owner.begin() as connection:
        values = [
            {"county": WEST, "shape": shapely.to_wkb(shape), "srid": CGCS2000} for shape in shapes
        ]
        return sum(float(connection.execute(text(PLOT), value).scalar_one()) for value in values)


def figures(database: Database, choice: Choice | None = None) -> CoverageResult:
    """Figures of the three counties."""
    with database.service.connect() as connection:
        return coverage_figures(
            connection, COUNTIES, None, choice or Choice(), exact_cells=1_000_000
        )


def sums(result: CoverageResult) -> float:
    """What all districts have, added up."""
    return sum(row.sum_m2 for row in result.rows)


def rebuilt(database: Database, *, fast: bool) -> CoverageResult:
    """Figures after everything was computed anew outside of the database."""
    for number, _code in boundaries(database.owner):
        forget(database.owner, number)
    while rebuild(database.owner, fast=fast):
        pass
    return figures(database)


def test_kilometre_edges_across_a_border_lose_and_win_nothing(empty: Database) -> None:
    wedge = shapely.Polygon([(125.094, 43.0543), (125.1, 43.05), (125.107, 43.0543)])
    own_m2 = plant_shapes(empty, [wedge])
    assert own_m2 == pytest.approx(250_000, rel=2e-2)
    assert sums(figures(empty)) == pytest.approx(own_m2, rel=1e-9)


def test_what_lies_beyond_all_counties_is_told_apart(empty: Database) -> None:
    own_m2 = plant_shapes(empty, [shapely.box(124.99, 43.05, 125.01, 43.06)])
    result = figures(empty)
    assert result.outside_m2 == pytest.approx(own_m2 / 2, rel=1e-6)
    assert sums(result) + result.outside_m2 == pytest.approx(own_m2, rel=1e-9)


corners = st.tuples(st.floats(0.002, 0.02), st.floats(0.0, 0.9))


@st.composite
def wide_shapes(draw: st.DrawFn) -> shapely.Polygon:
    """A star of three to six corners with edges of kilometres, anywhere around the counties."""
    middle = draw(st.tuples(st.floats(124.99, 125.21), st.floats(42.99, 43.21)))
    arms = draw(st.lists(corners, min_size=3, max_size=6))
    turn = 2 * np.pi * (np.arange(len(arms)) + [part for _, part in arms]) / len(arms)
    reach = np.array([length for length, _ in arms])
    ends = np.column_stack([reach * np.cos(turn), reach * np.sin(turn)]) + middle
    shape = shapely.set_precision(shapely.Polygon(ends), 1e-9, mode="valid_output")
    return max(shapely.get_parts(shape), key=shapely.area, default=shapely.box(*middle, 125.2, 43))


@given(shapes=st.lists(wide_shapes(), min_size=1, max_size=6))
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_own_areas_are_what_districts_have_and_what_lies_beyond(
    three: Database, shapes: list[shapely.Polygon]
) -> None:
    with three.owner.begin() as connection:
        connection.execute(text("TRUNCATE plot CASCADE"))
    own_m2 = plant_shapes(three, shapes)
    live = figures(three)
    assert sums(live) + live.outside_m2 == pytest.approx(own_m2, rel=1e-9)
    moment = three.scalar("SELECT clock_timestamp()")
    for fast in (False, True):
        result = rebuilt(three, fast=fast)
        assert sums(result) + result.outside_m2 == pytest.approx(own_m2, rel=1e-9)
        assert [row.code for row in result.rows] == [row.code for row in live.rows]
        for row, other in zip(result.rows, live.rows, strict=True):
            assert row[2:] == pytest.approx(other[2:], rel=1e-9, abs=1e-3)
    within_the_bound(three, live, shapes)
    with three.owner.begin() as connection:
        connection.execute(text("DELETE FROM plot"))
    past = figures(three, Choice(as_of=moment))
    assert sums(past) + past.outside_m2 == pytest.approx(own_m2, rel=1e-9)
    assert sums(figures(three)) == 0


def within_the_bound(
    database: Database, result: CoverageResult, shapes: Sequence[shapely.Polygon]
) -> None:
    """Green is the union of the plots in the uncut county, within rule 4's bound."""
    counties = dict(zip(COUNTIES, [SQUARES[WEST], SQUARES[EAST], NORTHERN], strict=True))
    plots = np.array(shapes, dtype=object)
    # Twice: a cut along a straight border adds vertices to the border's side, too.
    bound_m2 = 2 * float(outline_bounds_m2(plots).sum()) + 0.001
    for row in result.rows:
        county = np.array([counties[row.code]], dtype=object)
        uncut = union_figures(county, plots, np.zeros(len(plots), dtype=np.int64), 1)
        assert row.green_m2 == pytest.approx(float(uncut.green_m2[0, 0]), abs=bound_m2)


def test_a_plot_in_no_county_is_told_until_a_border_holds_it(empty: Database) -> None:
    own_m2 = plant_shapes(empty, [shapely.box(125.3, 43.05, 125.31, 43.06)])
    assert figures(empty).outside_m2 == pytest.approx(own_m2, rel=1e-12)
    moved = "UPDATE plot_version SET geom = ST_Translate(geom, -0.15, 0)"
    with empty.owner.begin() as connection:
        connection.execute(text(moved))
    assert figures(empty).outside_m2 == 0
    assert sums(figures(empty)) == pytest.approx(own_m2, rel=1e-9)


def test_when_a_county_goes_its_ground_lies_beyond_and_its_neighbour_keeps_its_share(
    endpoint: Endpoint, with_districts: str
) -> None:
    with new_database(endpoint, with_districts) as database:
        own_m2 = plant_shapes(
            database,
            [
                shapely.Polygon([(125.08, 43.05), (125.12, 43.04), (125.09, 43.06)]),
                shapely.box(125.15, 43.05, 125.16, 43.06),
            ],
        )
        assert settle(database.service)
        before = figures(database)
        moment = database.scalar("SELECT clock_timestamp()")
        with database.owner.begin() as connection:
            connection.execute(
                text(
                    "UPDATE district_boundary SET valid_to = beijing_today() + 1 WHERE code = :code"
                ),
                {"code": EAST},
            )
        after = figures(database)
        assert sums(after) + after.outside_m2 == pytest.approx(own_m2, rel=1e-9)
        assert after.outside_m2 > 1e6
        for fast in (False, True):
            result = rebuilt(database, fast=fast)
            assert sums(result) + result.outside_m2 == pytest.approx(own_m2, rel=1e-9)
        past = figures(database, Choice(as_of=moment))
        assert past.outside_m2 == 0
        for row, other in zip(past.rows, before.rows, strict=True):
            assert row[2:] == pytest.approx(other[2:], rel=1e-9)
