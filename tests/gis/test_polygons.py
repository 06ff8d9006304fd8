"""What is taken as a plot, and what is refused with which code and where."""

from __future__ import annotations

from typing import Any, cast

import pytest
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.polygons import as_multipolygon, from_geojson, polygon_parts
from tests.gis import zoo

SQUARE = [[126.0, 43.8], [126.01, 43.8], [126.01, 43.81], [126.0, 43.81], [126.0, 43.8]]


def code_of(geometry: BaseGeometry | None) -> str:
    with pytest.raises(GeometryError) as refused:
        as_multipolygon(geometry)
    return refused.value.code


@pytest.mark.parametrize("name", zoo.VALID)
def test_a_valid_shape_is_taken_as_a_multipolygon(name: str) -> None:
    assert as_multipolygon(zoo.VALID[name]).equals(zoo.VALID[name])


@pytest.mark.parametrize("code", zoo.INVALID)
def test_each_kind_of_invalid_shape_has_its_own_code(code: str) -> None:
    assert code_of(zoo.INVALID[code]) == code


@pytest.mark.parametrize("name", zoo.OFF_THE_GLOBE)
def test_positions_off_the_globe_are_refused(name: str) -> None:
    assert code_of(zoo.OFF_THE_GLOBE[name]) == "out_of_range"


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        pytest.param(None, "missing", id="none"),
        pytest.param(zoo.empty_polygon, "empty", id="empty polygon"),
        pytest.param(zoo.empty_multipolygon, "empty", id="empty multipolygon"),
        pytest.param(zoo.point, "not_polygon", id="point"),
        pytest.param(zoo.line, "not_polygon", id="line"),
        pytest.param(zoo.mixed, "not_polygon", id="polygon and line"),
        pytest.param(zoo.not_a_number, "not_finite", id="nan"),
        pytest.param(zoo.infinite, "not_finite", id="infinite"),
        pytest.param(zoo.half_the_globe, "too_wide", id="180 degrees"),
        pytest.param(zoo.overlapping_parts, "self_intersection", id="parts overlap"),
    ],
)
def test_what_is_no_plot_is_refused(geometry: BaseGeometry | None, code: str) -> None:
    assert code_of(geometry) == code


def test_a_bow_tie_is_refused_where_it_crosses() -> None:
    with pytest.raises(GeometryError) as refused:
        as_multipolygon(zoo.bow_tie)
    assert refused.value.at == pytest.approx((126.005, 43.805))


def test_heights_are_dropped() -> None:
    assert not as_multipolygon(zoo.with_height).has_z


def test_a_collection_of_polygons_is_taken() -> None:
    assert len(as_multipolygon(zoo.collected).geoms) == 2


def test_a_shape_that_vanishes_on_the_grid_is_refused_as_empty() -> None:
    assert code_of(shapely.box(126.0, 43.8, 126.0 + 1e-11, 43.8 + 1e-11)) == "empty"


def test_noise_below_the_grid_does_not_make_a_shape_invalid() -> None:
    touching = zoo.ring((126.0, 43.8), (126.01, 43.8), (126.01, 43.81), (126.005, 43.8 - 1e-13))
    assert not touching.is_valid
    assert code_of(touching) == "self_intersection"


def test_a_result_carries_no_precision_that_would_snap_later_overlays() -> None:
    assert shapely.get_precision(as_multipolygon(zoo.square)) == 0.0


def test_polygon_parts_of_a_mixed_collection_keep_its_ground() -> None:
    assert polygon_parts(zoo.mixed).equals(zoo.square)


def test_polygon_parts_of_a_line_are_nothing() -> None:
    assert polygon_parts(zoo.line).is_empty


@pytest.mark.parametrize("name", zoo.VALID)
def test_geojson_comes_back_as_the_shape_it_was(name: str) -> None:
    assert from_geojson(mapping(zoo.VALID[name])).equals(zoo.VALID[name])


@pytest.mark.parametrize(
    ("coordinates", "code"),
    [
        pytest.param([SQUARE[:-1]], "ring_not_closed", id="unclosed"),
        pytest.param([SQUARE[:1]], "too_few_points", id="one point"),
        pytest.param([], "empty", id="no ring"),
        pytest.param(SQUARE, "not_geojson", id="one bracket too few"),
        pytest.param([[SQUARE]], "not_geojson", id="one bracket too many"),
        pytest.param([[[126.0], *SQUARE[1:]]], "not_geojson", id="lone ordinate"),
        pytest.param([[["126", "43"], *SQUARE[1:]]], "not_geojson", id="text"),
        pytest.param([[[True, False], *SQUARE[1:]]], "not_geojson", id="truth values"),
        pytest.param(None, "not_geojson", id="null"),
        pytest.param("SQUARE", "not_geojson", id="a word"),
        pytest.param(
            [[[float("nan"), 43.8], *SQUARE[1:-1], [float("nan"), 43.8]]],
            "not_finite",
            id="nan",
        ),
    ],
)
def test_geojson_that_is_no_polygon_is_refused(coordinates: Any, code: str) -> None:
    with pytest.raises(GeometryError) as refused:
        from_geojson({"type": "Polygon", "coordinates": coordinates})
    assert refused.value.code == code


@pytest.mark.parametrize("kind", ["Point", "GeometryCollection", "polygon", None, 7])
def test_geojson_of_another_type_is_refused(kind: object) -> None:
    with pytest.raises(GeometryError) as refused:
        from_geojson({"type": kind, "coordinates": [SQUARE]})
    assert refused.value.code == "not_polygon"


def test_geojson_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        from_geojson(cast(Any, ["Polygon"]))
    assert refused.value.code == "not_polygon"
