"""A file is read some rows at a time: what is said of it is the same as if it were read at once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

import data.slices
from data.errors import FileRefused
from data.plots.plots import plot_table, read_plots
from data.reading.placing import placed
from data.reading.stated_crs import stated_system
from gis.crs import from_cgcs2000
from tests.data.sending import collection, geojson, squares, table

NOWHERE = np.empty((0, 2))
DEFAULTS = {"stage": "planned", "kind": "RGZL", "year": 2026}
BOW_TIE = shapely.Polygon([(126, 44), (126.01, 44.01), (126.01, 44), (126, 44.01)])


@pytest.fixture(params=[2, 10_000], ids=["in slices", "at once"])
def _rows_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many rows are looked at together."""
    monkeypatch.setattr(data.slices, "AT_ONCE", request.param)


@pytest.mark.usefixtures("_rows_at_once")
@pytest.mark.parametrize(
    ("crs", "fault", "code", "row"),
    [
        pytest.param(
            "EPSG:4490", lambda at: np.add(at, (np.inf, 0)), "not_finite", 4, id="no number"
        ),
        pytest.param("EPSG:4490", lambda at: at * 1e4, "not_degrees", 4, id="metres"),
        pytest.param(
            "EPSG:4530", lambda at: np.add(at, (9e7, 0)), "crs_unfit", 4, id="out of the zone"
        ),
    ],
)
def test_the_row_that_is_refused_is_counted_from_the_first_of_the_file(
    crs: str,
    fault: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    code: str,
    row: int,
) -> None:
    shapes = np.array(squares(5), dtype=object)
    if crs != "EPSG:4490":
        shapes = from_cgcs2000(shapes, crs)
    shapes[row - 1] = shapely.transform(shapes[row - 1], fault)
    with pytest.raises(FileRefused) as refused:
        placed(shapes, stated_system(crs, None, NOWHERE))
    assert (refused.value.code, refused.value.feature) == (code, row)


@pytest.mark.usefixtures("_rows_at_once")
def test_degrees_in_every_row_are_no_metres() -> None:
    with pytest.raises(FileRefused) as refused:
        placed(np.array(squares(5), dtype=object), stated_system("EPSG:4530", None, NOWHERE))
    assert refused.value.code == "not_metres"


@pytest.mark.usefixtures("_rows_at_once")
def test_degrees_in_one_row_among_metres_are_out_of_the_zone() -> None:
    degrees = np.array(squares(5), dtype=object)
    shapes = from_cgcs2000(degrees, "EPSG:4530")
    shapes[:2] = degrees[:2]
    with pytest.raises(FileRefused) as refused:
        placed(shapes, stated_system("EPSG:4530", None, NOWHERE))
    assert refused.value.feature == 1


@pytest.mark.usefixtures("_rows_at_once")
def test_faults_of_shapes_name_their_rows() -> None:
    shapes = [*squares(4), BOW_TIE, *squares(1)]
    plots = plot_table(table({"name": list("abcdef")}, shapes), fields={}, defaults=DEFAULTS)
    assert [(problem.row, problem.field) for problem in plots.problems] == [(5, "geometry")]
    assert [shape is None for shape in plots.frame.geometry] == [False] * 4 + [True, False]


def test_a_frame_that_somebody_else_holds_keeps_its_shapes() -> None:
    sent = table({"name": list("ab")}, squares(2))
    before = [shape.wkt for shape in sent.geometry]
    plot_table(sent, fields={}, defaults=DEFAULTS)
    assert [shape.wkt for shape in sent.geometry] == before


@pytest.mark.usefixtures("_rows_at_once")
def test_rows_without_a_shape_are_told_from_the_first_of_the_file(tmp_path: Path) -> None:
    sent = geojson(tmp_path / "plots.geojson", collection([*squares(3), None, *squares(1)]))
    plots = read_plots(sent, defaults=DEFAULTS)
    assert any("第 4 行没有几何" in note.zh for note in plots.notes)
    assert [shape is None for shape in plots.frame.geometry] == [False] * 3 + [True, False]
