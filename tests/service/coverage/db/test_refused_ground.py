"""Ground on layers that block is no green area: at every moment, in every group, whoever counts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from gis.coverage import union_figures
from gis.crs import CGCS2000
from service.coverage.db.figures import By, Choice, CoverageRow, coverage_figures
from service.coverage.db.rebuild import rebuild
from service.coverage.db.verify import boundaries, forget
from service.embedded import Endpoint
from service.run.coverage_worker import settle
from tests.service.conftest import EAST, SQUARES, WEST, Database, new_database
from tests.service.coverage.db.test_coverage_proof import wrong
from tests.service.coverage.db.test_queue import plant

LAYER = """
INSERT INTO layer (code, label_zh, label_en, role, rule)
VALUES (:code, :code, :code, :role, CAST(:rule AS jsonb))
"""
VERSION = """
INSERT INTO layer_version (layer, valid_from, valid_to, source, hash, features)
VALUES (:code, CAST(:first AS date), CAST(:after AS date), 'test', '', 0) RETURNING id
"""
FEATURE = """
INSERT INTO layer_feature (version_id, class, geom)
VALUES (:version, :cls, ST_Multi(ST_GeomFromWKB(:shape, :srid)))
"""


@pytest.fixture(scope="module")
def made(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """Two square counties beside each other."""
    with new_database(endpoint, with_districts) as database:
        yield database


@pytest.fixture
def alone(made: Database) -> Database:
    """No plots and no layers, and nothing waits."""
    with made.owner.begin() as connection:
        connection.execute(text("DELETE FROM layer"))
        connection.execute(text("TRUNCATE plot CASCADE"))
        connection.execute(text("DELETE FROM plot_history"))
        connection.execute(text("UPDATE coverage_layer_day SET day = beijing_today()"))
    assert settle(made.service)
    return made


def farmland(
    database: Database,
    *shapes: shapely.Geometry,
    code: str = "JBNT",
    rule: str = "{}",
    first: str = "2020-01-01",
    after: str | None = None,
    cls: str | None = None,
) -> int:
    """A layer that blocks, with a version of these shapes; answers the number of the version."""
    with database.owner.begin() as connection:
        known = connection.scalar(text("SELECT count(*) FROM layer WHERE code = :c"), {"c": code})
        if not known:
            connection.execute(text(LAYER), {"code": code, "role": "block", "rule": rule})
        values = {"code": code, "first": first, "after": after}
        version = connection.scalar(text(VERSION), values)
        for shape in shapes:
            wkb = shapely.to_wkb(shape)
            feature = {"version": version, "cls": cls, "shape": wkb, "srid": CGCS2000}
            connection.execute(text(FEATURE), feature)
    return int(version or 0)


def field(west: float, south: float, size: float = 0.002) -> shapely.Polygon:
    """A square, in degrees."""
    return shapely.box(west, south, west + size, south + size)


def run(database: Database, statement: str, **values: Any) -> None:
    """One statement, as the owner."""
    with database.owner.begin() as connection:
        connection.execute(text(statement), values)


def rows(database: Database, by: By | None = None, **choice: Any) -> list[CoverageRow]:
    """Figures of the two counties."""
    with database.service.connect() as connection:
        result = coverage_figures(
            connection, [WEST, EAST], by, Choice(**choice), exact_cells=1_000_000
        )
    assert result.pending_cells == 0
    return sorted(result.rows, key=lambda row: (row.code, row.group or ""))


def refused(database: Database, **choice: Any) -> float:
    """Refused ground of both counties; drained, it is the same."""
    before = sum(row.refused_m2 for row in rows(database, **choice))
    assert settle(database.service)
    after = sum(row.refused_m2 for row in rows(database, **choice))
    assert after == pytest.approx(before, rel=1e-12)
    return before


def plot_m2(database: Database) -> float:
    """Own area of the first plot."""
    return float(database.scalar("SELECT area_m2 FROM plot_version ORDER BY plot_id LIMIT 1"))


def test_what_a_plot_has_on_farmland_is_refused_and_not_green(alone: Database) -> None:
    farmland(alone, field(125.051, 43.05))
    with alone.owner.begin() as connection:
        plant(connection)
    (row,) = rows(alone)
    assert row.refused_m2 == pytest.approx(row.sum_m2 / 2, rel=1e-6)
    assert row.green_m2 + row.refused_m2 == pytest.approx(row.sum_m2, rel=1e-15)


def test_a_layer_that_comes_after_the_plot_takes_its_ground_out(alone: Database) -> None:
    with alone.owner.begin() as connection:
        plant(connection)
    assert refused(alone) == 0
    farmland(alone, field(125.05, 43.05, 0.01))
    assert refused(alone) == pytest.approx(plot_m2(alone), rel=1e-12)
    assert [row.green_m2 for row in rows(alone)] == [0]


@pytest.mark.parametrize(
    ("change", "share"),
    [
        ("DELETE FROM layer", 0),
        ("DELETE FROM layer_version", 0),
        ("UPDATE layer SET role = 'warn'", 0),
        ("""UPDATE layer SET rule = '{"stages": ["planned"]}'""", 0),
        ("""UPDATE layer SET rule = '{"kinds": ["FSYL"]}'""", 0),
        ("""UPDATE layer SET rule = '{"classes": ["0101"]}'""", 0),
        ("""UPDATE layer SET rule = '{"kinds": ["RGZL"], "tolerance_m2": 1e9}'""", 1),
        ("UPDATE layer_version SET valid_to = beijing_today()", 0),
        ("UPDATE layer_version SET valid_to = beijing_today() + 1", 1),
        ("UPDATE layer_version SET valid_from = beijing_today() + 1", 0),
        ("TRUNCATE layer CASCADE", 0),
        ("UPDATE plot_version SET stage = 'existing'", 0),
        ("UPDATE plot_version SET kind = 'G11'", 1),
    ],
)
def test_a_change_of_layer_rule_role_days_or_plot_counts_at_once(
    alone: Database, change: str, share: float
) -> None:
    farmland(alone, field(125.05, 43.05))
    with alone.owner.begin() as connection:
        plant(connection)
    assert refused(alone) == pytest.approx(plot_m2(alone), rel=1e-9)
    run(alone, change)
    assert refused(alone) == pytest.approx(share * plot_m2(alone), rel=1e-9)
    assert wrong(alone) == []


def test_a_tolerance_marks_nothing(alone: Database) -> None:
    farmland(alone, field(125.05, 43.05))
    assert settle(alone.service)
    run(alone, """UPDATE layer SET rule = '{"tolerance_m2": 10}'""")
    assert alone.scalar("SELECT count(*) FROM coverage_dirty") == 0


def test_a_version_that_ends_counts_until_midnight_in_beijing(alone: Database) -> None:
    # As it was yesterday: today's midnight has passed, and nobody has drained since.
    farmland(alone, field(125.05, 43.05))
    with alone.owner.begin() as connection:
        plant(connection)
    assert refused(alone) > 0
    run(alone, "UPDATE layer_version SET valid_to = beijing_today()")
    run(alone, "DELETE FROM coverage_dirty")
    run(alone, "UPDATE coverage_layer_day SET day = beijing_today() - 1")
    assert wrong(alone) == []
    assert refused(alone) == 0
    assert alone.scalar("SELECT day = beijing_today() FROM coverage_layer_day") is True
    assert wrong(alone) == []


def test_a_past_day_has_the_layers_of_that_day(alone: Database) -> None:
    with alone.owner.begin() as connection:
        plant(connection)
        connection.execute(text("UPDATE plot_history SET valid_from = '2025-01-01'"))
    farmland(alone, field(125.05, 43.05), first="2026-03-01")
    farmland(alone, field(125.051, 43.05), first="2025-06-01", after="2026-03-01")
    own_m2 = plot_m2(alone)
    noon = datetime(2025, 2, 1, 4, tzinfo=UTC)
    assert refused(alone, as_of=noon) == 0
    assert refused(alone, as_of=noon.replace(month=8)) == pytest.approx(own_m2 / 2, rel=1e-6)
    # The first of March begins at 16:00 of the day before, by the clock of Greenwich.
    midnight = datetime(2026, 2, 28, 16, tzinfo=UTC)
    second = timedelta(seconds=1)
    assert refused(alone, as_of=midnight - second) == pytest.approx(own_m2 / 2, rel=1e-6)
    assert refused(alone, as_of=midnight) == pytest.approx(own_m2, rel=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE layer SET role = 'warn'",
        """UPDATE layer SET rule = '{"stages": ["planned"]}'""",
        """UPDATE layer SET rule = '{"kinds": ["FSYL"]}'""",
        """UPDATE layer SET rule = '{"classes": ["0101"]}'""",
    ],
)
def test_a_past_moment_has_the_roles_and_rules_of_that_moment(alone: Database, change: str) -> None:
    farmland(alone, field(125.051, 43.05))
    with alone.owner.begin() as connection:
        plant(connection)
    half_m2 = pytest.approx(plot_m2(alone) / 2, rel=1e-6)
    assert refused(alone) == half_m2
    before = alone.scalar("SELECT clock_timestamp()")
    run(alone, change)
    assert refused(alone) == 0
    assert refused(alone, as_of=before) == half_m2
    assert refused(alone, as_of=before, kinds=["RGZL"]) == half_m2
    between = alone.scalar("SELECT clock_timestamp()")
    run(alone, "UPDATE layer SET role = 'block', rule = '{}'")
    assert refused(alone) == half_m2
    assert refused(alone, as_of=between) == 0


def test_years_and_kinds_have_their_own_refused_ground(alone: Database) -> None:
    farmland(alone, field(125.05, 43.05))
    with alone.owner.begin() as connection:
        plant(connection, kind="RGZL")
        plant(connection, kind="G11", stage="existing")
    own_m2 = plot_m2(alone)
    by_kind = {row.group: row.refused_m2 for row in rows(alone, "kind")}
    assert by_kind == {"G11": 0, "RGZL": pytest.approx(own_m2, rel=1e-9)}
    assert [row.refused_m2 for row in rows(alone)] == [0]  # green by what stood there before
    assert sum(row.refused_m2 for row in rows(alone, year=2026, kinds=["RGZL"])) == (
        pytest.approx(own_m2, rel=1e-9)
    )


@pytest.fixture
def crowded(alone: Database) -> Database:
    """Plots of every stage and kind on each other, across a border, on two layers with rules."""
    rng = np.random.default_rng(7)
    with alone.owner.begin() as connection:
        for n in range(40):
            plant(
                connection,
                125.095 + rng.uniform(0, 0.01),
                43.05 + rng.uniform(0, 0.01),
                size=0.001 * (1 + n % 4),
                stage=("planted", "existing", "accepted")[n % 3],
                kind=("RGZL", "G11")[n % 2],
            )
    discs = shapely.buffer(shapely.points([(125.098, 43.052), (125.103, 43.058)]), 0.004)
    farmland(alone, *discs, rule="""{"kinds": ["RGZL"]}""")
    farmland(alone, field(125.099, 43.055, 0.004), code="LINE", cls="0101")
    return alone


def plain(database: Database, by: By | None) -> dict[tuple[str, str | None], tuple[float, float]]:
    """Green and refused area by the definition, without the database's overlays."""
    with database.owner.connect() as connection:
        plots = connection.execute(
            text("SELECT ST_AsBinary(geom) AS wkb, stage, kind FROM plot_version")
        ).all()
        features = connection.execute(
            text("""SELECT l.code, ST_AsBinary(f.geom) AS wkb FROM layer_feature f
                    JOIN layer_version v ON v.id = f.version_id JOIN layer l ON l.code = v.layer""")
        ).all()
    shapes = shapely.from_wkb([bytes(plot.wkb) for plot in plots])
    left = []
    for shape, plot in zip(shapes, plots, strict=True):
        barred = [
            shapely.from_wkb(bytes(feature.wkb))
            for feature in features
            if plot.stage != "existing" and (feature.code == "LINE" or plot.kind == "RGZL")
        ]
        left.append(shapely.difference(shape, shapely.union_all(barred)))
    words = [None if by is None else getattr(plot, by) for plot in plots]
    groups = sorted(set(words), key=str)
    group_of = np.array([groups.index(word) for word in words])
    counties = np.array([SQUARES[WEST], SQUARES[EAST]])
    ground = union_figures(counties, shapes, group_of, len(groups)).green_m2
    green = union_figures(counties, np.array(left), group_of, len(groups)).green_m2
    return {
        (code, group): (green[row, column], ground[row, column] - green[row, column])
        for row, code in enumerate((WEST, EAST))
        for column, group in enumerate(groups)
    }


@pytest.mark.parametrize("by", [None, "stage", "kind"])
def test_figures_are_those_of_the_definition_live_drained_and_rebuilt(
    crowded: Database, by: By | None
) -> None:
    live = rows(crowded, by)
    assert settle(crowded.service)
    drained = rows(crowded, by)
    rebuilt = []
    for fast in (False, True):
        for number, _code in boundaries(crowded.owner):
            forget(crowded.owner, number)
        while rebuild(crowded.owner, fast=fast):
            pass
        rebuilt.append(rows(crowded, by))
    assert wrong(crowded) == []
    expected = plain(crowded, by)
    assert sum(refused_m2 for _, refused_m2 in expected.values()) > 1e5
    for other in (drained, *rebuilt):
        for mine, theirs in zip(live, other, strict=True):
            for name in ("green_m2", "refused_m2", "sum_m2"):
                assert getattr(mine, name) == pytest.approx(
                    getattr(theirs, name), rel=1e-9, abs=1e-3
                )
    for row in live:
        green_m2, refused_m2 = expected[row.code, row.group]
        assert row.green_m2 == pytest.approx(green_m2, rel=1e-6, abs=1)
        assert row.refused_m2 == pytest.approx(refused_m2, rel=1e-6, abs=1)
