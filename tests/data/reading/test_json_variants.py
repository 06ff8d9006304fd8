"""GeoJSON a line at a time, TopoJSON and the answers of map services."""

import json
from pathlib import Path

import pytest
import shapely

from data.errors import FileRefused
from data.plots.plots import read_plots
from data.reading.features import Features, read_features
from data.reading.limits import Limits
from tests.data.sending import collection, geojson, squares


def read(path: Path, whole: object) -> Features:
    return read_features(geojson(path / "a.json", whole))


def lines(folder: Path, *texts: str, mark: str = "") -> Path:
    path = folder / "a.geojsonl"
    path.write_text("\n".join(mark + text for text in texts) + "\n", encoding="utf-8")
    return path


def texts(count: int) -> list[str]:
    features = collection(squares(count))["features"]
    assert isinstance(features, list)
    return [json.dumps(feature) for feature in features]


@pytest.mark.parametrize("mark", ["", "\x1e"])
def test_features_line_by_line_are_read(tmp_path: Path, mark: str) -> None:
    frame = read_features(lines(tmp_path, *texts(3), mark=mark)).frame
    assert list(frame["name"]) == ["plot 0", "plot 1", "plot 2"]
    assert shapely.equals(frame.geometry.values, squares(3)).all()


def test_a_line_that_is_cut_off_is_refused_with_its_number(tmp_path: Path) -> None:
    first, second = texts(2)
    with pytest.raises(FileRefused) as refused:
        read_features(lines(tmp_path, first, second[:-20]))
    assert (refused.value.code, refused.value.feature) == ("json_damaged", 2)


def test_a_topology_is_read_with_its_shared_arcs(tmp_path: Path) -> None:
    arcs = [
        [[10, 0], [0, 10]],
        [[10, 10], [-10, 0], [0, -10], [10, 0]],
        [[10, 0], [10, 0], [0, 10], [-10, 0]],
    ]
    plots = [
        {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "西"}},
        {"type": "MultiPolygon", "arcs": [[[2, ~0]]], "properties": {"name": "东"}},
    ]
    transform = {"scale": [0.0001, 0.0001], "translate": [125.3, 43.9]}
    objects = {"plots": {"type": "GeometryCollection", "geometries": plots}}
    topology = {"type": "Topology", "objects": objects, "arcs": arcs, "transform": transform}
    features = read(tmp_path, topology)
    assert (features.layer, list(features.frame["name"])) == ("plots", ["西", "东"])
    west, east = features.frame.geometry
    assert west.equals_exact(shapely.box(125.3, 43.9, 125.301, 43.901), 1e-9, normalize=True)
    assert east.area == pytest.approx(west.area)
    assert west.intersection(east).length == pytest.approx(0.001)


def test_arcs_that_are_used_again_and_again_are_counted(tmp_path: Path) -> None:
    arcs = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    plots = [{"type": "Polygon", "arcs": [[0]]}] * 30
    objects = {"plots": {"type": "GeometryCollection", "geometries": plots}}
    path = geojson(tmp_path / "a.json", {"type": "Topology", "objects": objects, "arcs": arcs})
    with pytest.raises(FileRefused) as refused:
        read_features(path, limits=Limits(vertices=100))
    assert refused.value.code == "too_many_vertices"


def esri(**members: object) -> dict[str, object]:
    ring = [[125.3, 43.9], [125.3, 43.91], [125.31, 43.91], [125.31, 43.9], [125.3, 43.9]]
    hole = [[125.302, 43.902], [125.304, 43.902], [125.304, 43.904], [125.302, 43.902]]
    feature = {"attributes": {"name": "一号"}, "geometry": {"rings": [hole, ring]}}
    return {"spatialReference": {"wkid": 4490}, "features": [feature], **members}


def test_the_answer_of_an_esri_service_is_read_with_its_holes(tmp_path: Path) -> None:
    features = read(tmp_path, esri())
    assert features.crs_name == "China Geodetic Coordinate System 2000"
    (shape,) = features.frame.geometry
    assert (features.frame["name"][0], len(shape.interiors)) == ("一号", 1)


@pytest.mark.parametrize(
    "members",
    [
        {"exceededTransferLimit": True},
        {"properties": {"exceededTransferLimit": True}},
        {"numberMatched": 5, "numberReturned": 1},
        {"links": [{"rel": "next", "href": "https://example.com"}]},
    ],
)
def test_an_answer_that_was_cut_at_a_limit_is_told(
    tmp_path: Path, members: dict[str, object]
) -> None:
    for whole in ({**collection(squares(1)), **members}, esri(**members)):
        assert any("not whole" in note.en for note in read(tmp_path, whole).notes)


@pytest.mark.parametrize("properties", [[1, 2], "text", 7, True])
def test_properties_that_are_no_object_are_refused_with_the_feature(
    tmp_path: Path, properties: object
) -> None:
    whole = collection(squares(2))
    assert isinstance(whole["features"], list)
    whole["features"][1]["properties"] = properties
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, whole)
    assert (refused.value.code, refused.value.feature) == ("not_geojson", 2)


@pytest.mark.parametrize(
    "ring",
    [
        [["125", "43"], ["126", "43"], ["126", "44"], ["125", "43"]],
        [[125, "43"], [126, 43], [126, 44], [125, "43"]],
        [[125, None], [126, 43], [126, 44], [125, None]],
        [[125], [126], [126], [125]],
        [125, 43, 126, 43],
    ],
)
def test_ordinates_that_are_no_numbers_are_refused_with_the_feature(
    tmp_path: Path, ring: list[object]
) -> None:
    drawn = {"type": "Polygon", "coordinates": [ring]}
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, collection([squares(1)[0], drawn]))
    assert (refused.value.code, refused.value.feature) == ("geometry_damaged", 2)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_json_is_read_in_every_unicode(tmp_path: Path, encoding: str) -> None:
    whole = json.dumps(collection(squares(1), [{"name": "红旗"}]), ensure_ascii=False)
    (tmp_path / "a.geojson").write_bytes(whole.encode(encoding))
    assert read_features(tmp_path / "a.geojson").frame["name"].tolist() == ["红旗"]


def test_a_shape_alone_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(shapely.to_geojson(squares(1)[0]), encoding="utf-8")
    assert len(read_features(tmp_path / "a.json").frame) == 1


BOWTIE = [[125.3, 43.9], [125.301, 43.901], [125.301, 43.9], [125.3, 43.901], [125.3, 43.9]]
FLAT = [[125.32, 43.9], [125.33, 43.9], [125.32, 43.9]]


@pytest.mark.parametrize(
    ("kind", "coordinates", "code"),
    [
        pytest.param("Polygon", [FLAT], "too_few_points", id="a ring of two corners"),
        pytest.param("MultiPolygon", [[FLAT]], "too_few_points", id="a part of two corners"),
        pytest.param("Polygon", [[]], "empty", id="a ring of none"),
        pytest.param("MultiPolygon", [[[]], [BOWTIE]], "self_intersection", id="beside a bow-tie"),
        pytest.param("Polygon", [BOWTIE, []], "self_intersection", id="a hole of none"),
    ],
)
def test_a_ring_without_ground_is_a_verdict_on_its_row(
    tmp_path: Path, kind: str, coordinates: list[object], code: str
) -> None:
    shapes = [squares(1)[0], {"type": kind, "coordinates": coordinates}]
    rows = [{"stage": "planted", "kind": "RGZL", "year": 2024}] * 2
    plots = read_plots(geojson(tmp_path / "a.geojson", collection(shapes, rows)))
    assert [(problem.row, problem.code) for problem in plots.problems] == [(2, code)]


def test_curves_of_an_esri_service_are_refused_as_that(tmp_path: Path) -> None:
    curved = {"curveRings": [[[125, 43], {"c": [[125.1, 43], [125.05, 43.1]]}, [125, 43]]]}
    whole = {"features": [{"attributes": {"n": 1}, "geometry": curved}]}
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, whole)
    assert (refused.value.code, refused.value.feature) == ("geometry_damaged", 1)
    assert "曲线" in refused.value.message.zh
