"""Reference systems that are missing, unknown or untrue."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from data.errors import FileRefused
from data.reading.features import read_features
from data.reading.geojson import crs_of
from data.reading.named_crs import reference_system
from data.reading.placing import placed
from data.reading.stated_crs import crs_notes, stated_system
from gis.crs import CGCS2000, from_cgcs2000
from gis.shift import to_bd09, to_gcj02
from tests.data.sending import CGCS2000_PRJ, collection, geojson, shapefile, squares, table

ZONE_42 = CGCS2000_PRJ.join(
    [
        'PROJCS["CGCS2000_3_Degree_GK_Zone_42",',
        ',PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",42500000.0],'
        'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",126.0],'
        'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]',
    ]
)


def refusal(sent: Path, crs: str | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read_features(sent, crs=crs)
    assert refused.value.file == sent.name
    return refused.value


def shp_with_prj(folder: Path, prj: str | None) -> Path:
    shp = shapefile(folder, [b"a", b"b"])
    shp.with_suffix(".prj").unlink()
    if prj is not None:
        shp.with_suffix(".prj").write_text(prj, encoding="utf-8")
    return shp


def test_a_missing_prj_is_refused_with_the_way_out(tmp_path: Path) -> None:
    refused = refusal(shp_with_prj(tmp_path / "in", None))
    assert refused.code == "crs_missing"
    assert "--crs EPSG:4490" in str(refused)


def test_the_way_out_of_a_missing_prj_leads_out(tmp_path: Path) -> None:
    shp = shp_with_prj(tmp_path / "in", None)
    assert len(read_features(shp, crs="EPSG:4490").frame) == 2


@pytest.mark.parametrize(
    "text",
    [
        "rubbish",
        "/etc/passwd",
        "+init=/etc/passwd:1",
        "+proj=longlat",
        'LOCAL_CS["here",UNIT["m",1]]',
        "EPSG:999999",
        "EPSG:4490; DROP TABLE",
        "GEOGCS[" + "x" * 99_999,
        "urn:ogc:def:crs:EPSG::0",
    ],
)
def test_a_reference_system_that_nobody_knows_is_refused(text: str) -> None:
    with pytest.raises(FileRefused, match="--crs EPSG:4490") as refused:
        reference_system(text, None)
    assert refused.value.code == "crs_unknown"


def test_an_unknown_reference_system_that_the_sender_names_is_refused(tmp_path: Path) -> None:
    sent = geojson(tmp_path / "a.geojson", collection(squares(1)))
    assert refusal(sent, "EPSG:999999").code == "crs_unknown"


def test_an_empty_prj_is_as_good_as_none(tmp_path: Path) -> None:
    assert refusal(shp_with_prj(tmp_path / "in", " ")).code == "crs_missing"


def test_a_prj_as_arcgis_writes_it_is_understood(tmp_path: Path) -> None:
    metres = from_cgcs2000(table({"n": [1]}).geometry.array.to_numpy(), 4530)
    table({"n": [1]}, list(metres), 4530).to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").write_text(ZONE_42)
    features = read_features(tmp_path / "a.shp")
    assert shapely.equals_exact(features.frame.geometry[0], squares(1)[0], 1e-9, normalize=True)
    assert not any("精度" in str(note) for note in features.notes)


@pytest.mark.parametrize("crs", ["EPSG:4490", "epsg:4490", "4490", "urn:ogc:def:crs:EPSG::4490"])
def test_a_reference_system_may_be_written_in_several_ways(crs: str) -> None:
    assert reference_system(None, crs).name == "China Geodetic Coordinate System 2000"


def test_metres_under_a_system_of_degrees_are_refused_with_the_feature(tmp_path: Path) -> None:
    far = shapely.box(443_000, 4_860_000, 443_100, 4_860_100)
    refused = refusal(geojson(tmp_path / "a.geojson", collection([squares(1)[0], far])))
    assert (refused.code, refused.feature) == ("not_degrees", 2)
    assert "443" in str(refused)


def turned(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda at: at[:, ::-1])


def test_swapped_degrees_are_refused_with_the_words_that_take_them(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", collection([turned(squares(1)[0])]))
    refused = refusal(path)
    assert refused.code == "axes_swapped"
    assert "--crs EPSG:4490+swapped" in refused.message.en
    frame = read_features(path, crs="EPSG:4490+swapped").frame
    assert frame.geometry[0].equals(squares(1)[0])


@pytest.mark.parametrize("zone", [4530, 4551, 4499])
def test_swapped_metres_are_refused_with_the_words_that_take_them(
    tmp_path: Path, zone: int
) -> None:
    metres = from_cgcs2000(np.array(squares(1), dtype=object), zone)[0]
    crs = {"type": "name", "properties": {"name": f"EPSG:{zone}"}}
    path = geojson(tmp_path / "a.geojson", collection([turned(metres)], crs=crs))
    refused = refusal(path)
    assert refused.code == "axes_swapped"
    assert f"--crs EPSG:{zone}+swapped" in refused.message.en
    frame = read_features(path, crs=f"EPSG:{zone}+swapped").frame
    assert shapely.hausdorff_distance(frame.geometry[0], squares(1)[0]) < 1e-8


@pytest.mark.parametrize("name", ["gcj02", "GCJ-02", "EPSG:4490+gcj02", "bd09", "BD-09"])
def test_positions_of_web_maps_are_taken_back_where_somebody_says_so(
    tmp_path: Path, name: str
) -> None:
    shift = to_gcj02 if "gcj" in name.lower() else to_bd09
    shape = shapely.transform(squares(1)[0], shift)
    features = read_features(geojson(tmp_path / "a.geojson", collection([shape])), crs=name)
    assert features.frame.geometry[0].equals_exact(squares(1)[0], 1e-8, normalize=True)
    assert any("taken back from" in note.en for note in features.notes)


def test_metres_under_degrees_are_refused_with_their_zone(tmp_path: Path) -> None:
    metres = from_cgcs2000(np.array(squares(1), dtype=object), 4530)[0]
    refused = refusal(geojson(tmp_path / "a.geojson", collection([metres])))
    assert refused.code == "not_degrees"
    assert "--crs EPSG:4530" in refused.message.en


def test_degrees_under_a_system_of_metres_are_refused(tmp_path: Path) -> None:
    sent = geojson(tmp_path / "a.geojson", collection(squares(1)))
    assert refusal(sent, "EPSG:4551").code == "not_metres"


@pytest.mark.parametrize(("truth", "said"), [(4530, "EPSG:4551"), (4551, "EPSG:4530")])
def test_eastings_of_another_form_of_zone_are_refused_with_the_feature(
    truth: int, said: str
) -> None:
    metres = from_cgcs2000(table({"n": [1]}).geometry.array.to_numpy(), truth)
    with pytest.raises(FileRefused) as refused:
        placed(metres, stated_system(None, said, np.empty((0, 2))))
    assert (refused.value.code, refused.value.feature) == ("crs_unfit", 1)


@pytest.mark.parametrize("bad", [float("nan"), float("-inf"), 1e400])
def test_a_position_that_is_no_number_is_refused_with_the_feature(
    tmp_path: Path, bad: float
) -> None:
    ring = [[125, 43], [126, 43], [126, bad], [125, 43]]
    broken = {"type": "Polygon", "coordinates": [ring]}
    refused = refusal(geojson(tmp_path / "a.geojson", collection([squares(1)[0], broken])))
    assert (refused.code, refused.feature) == ("not_finite", 2)


def test_a_position_that_is_no_number_is_refused_in_a_binary_format_too(tmp_path: Path) -> None:
    broken = shapely.Polygon([(125, 43), (126, 43), (126, float("inf"))])
    table({"n": [1, 2]}, [squares(1)[0], broken]).to_file(tmp_path / "a.gpkg")
    refused = refusal(tmp_path / "a.gpkg")
    assert (refused.code, refused.feature) == ("not_finite", 2)


@pytest.mark.parametrize(
    ("crs", "code"),
    [
        pytest.param({"type": "name", "properties": {}}, "crs_unknown", id="no name"),
        pytest.param({"type": "EPSG", "properties": {"code": 4490}}, "crs_unknown", id="kind"),
        pytest.param("EPSG:4490", "crs_unknown", id="text"),
        pytest.param({"type": "link", "properties": {"href": "http://x"}}, "crs_link", id="link"),
    ],
)
def test_a_crs_member_that_is_no_name_is_refused(crs: object, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        crs_of({"crs": crs})
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("crs", "code"),
    [(None, "crs_missing"), ({"type": "name", "properties": {"name": "Mars"}}, "crs_unknown")],
)
def test_a_crs_member_that_names_no_known_system_is_refused(
    tmp_path: Path, crs: object, code: str
) -> None:
    assert refusal(geojson(tmp_path / "a.geojson", collection(squares(1), crs=crs))).code == code


@pytest.mark.parametrize("crs", [None, {"type": "link", "properties": {"href": "http://x"}}])
def test_what_the_sender_says_goes_before_any_crs_member(tmp_path: Path, crs: object) -> None:
    sent = geojson(tmp_path / "a.geojson", collection(squares(1), crs=crs))
    assert len(read_features(sent, crs="EPSG:4490").frame) == 1


def test_a_known_crs_member_is_used(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    sent = geojson(tmp_path / "a.geojson", collection(squares(1), crs=crs))
    assert read_features(sent).crs_name == "China Geodetic Coordinate System 2000"


@pytest.mark.parametrize(("crs", "words"), [("EPSG:4610", "西安 80"), ("EPSG:4214", "北京 54")])
def test_what_an_old_datum_costs_is_told(crs: str, words: str) -> None:
    note = next(iter(crs_notes(stated_system(None, crs, np.empty((0, 2))))), None)
    assert note is not None
    assert words in note.zh


def test_eastings_of_another_zone_than_the_system_are_refused_with_theirs() -> None:
    metres = from_cgcs2000(table({"n": [1]}).geometry.array.to_numpy(), 4530)
    with pytest.raises(FileRefused) as refused:
        placed(metres, stated_system(None, "EPSG:4529", np.empty((0, 2))))
    assert refused.value.code == "crs_unfit"
    assert "--crs EPSG:4530" in str(refused.value)


def test_a_shape_of_another_zone_among_others_is_refused_with_its_row() -> None:
    metres = from_cgcs2000(table({"n": [1, 2, 3]}).geometry.array.to_numpy(), 4530)
    metres[1] = shapely.transform(metres[1], lambda at: at - (1e6, 0))
    with pytest.raises(FileRefused) as refused:
        placed(metres, stated_system(None, "EPSG:4530", np.empty((0, 2))))
    assert (refused.value.code, refused.value.feature) == ("crs_unfit", 2)


@pytest.mark.parametrize(("written", "said"), [(4549, 4528), (4528, 4549)])
def test_a_zone_number_too_many_or_too_few_is_told_with_the_system_that_fits(
    written: int, said: int
) -> None:
    shapes = shapely.transform(np.array(squares(1)), lambda at: at - (6, 0))
    metres = from_cgcs2000(shapes, written)
    with pytest.raises(FileRefused) as refused:
        placed(metres, stated_system(None, f"EPSG:{said}", np.empty((0, 2))))
    assert f"--crs EPSG:{written}" in str(refused.value)


@pytest.mark.parametrize(("name", "said"), [("GCJ-02", "gcj02"), ("BD09LL", "bd09")])
def test_a_file_that_says_it_is_shifted_is_told_how_to_have_it_taken_back(
    tmp_path: Path, name: str, said: str
) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    refused = refusal(geojson(tmp_path / "a.geojson", collection(squares(1), crs=crs)))
    assert f"--crs {said}" in str(refused)


def test_a_missing_prj_of_metres_without_a_zone_asks_for_the_meridian(tmp_path: Path) -> None:
    table({"name": ["甲"]}, crs=CGCS2000).to_crs(4551).to_file(tmp_path / "in.shp")
    (tmp_path / "in.prj").unlink()
    assert "EPSG:4551" in str(refusal(tmp_path / "in.shp"))


@pytest.mark.parametrize("said", ["CM126", "cm 126E", "中央经线126°", "中央子午线：126", "L0=126"])
def test_a_central_meridian_names_a_zone_without_number(tmp_path: Path, said: str) -> None:
    table({"name": ["甲"]}, crs=CGCS2000).to_crs(4551).to_file(tmp_path / "in.shp")
    (tmp_path / "in.prj").unlink()
    (shape,) = read_features(tmp_path / "in.shp", crs=said).frame.geometry
    assert shape.normalize().equals_exact(squares(1)[0].normalize(), 1e-8)


@pytest.mark.parametrize("said", ["CM125", "CM60", "L0=999"])
def test_a_meridian_of_no_zone_is_refused_with_those_that_there_are(said: str) -> None:
    with pytest.raises(FileRefused, match="135") as refused:
        reference_system(None, said)
    assert refused.value.code == "crs_unknown"


def test_metres_under_degrees_without_a_zone_number_ask_for_the_meridian(tmp_path: Path) -> None:
    there = table({"name": ["甲"]}, crs=CGCS2000).to_crs(4551)
    there.set_crs(CGCS2000, allow_override=True).to_file(tmp_path / "in.shp")
    assert "--crs CM126" in str(refusal(tmp_path / "in.shp"))


@pytest.mark.parametrize("declared", [None, 4530, CGCS2000])
@pytest.mark.parametrize("numbers", [4530, 4551])
def test_kilometres_are_told_as_such(tmp_path: Path, numbers: int, declared: int | None) -> None:
    there = table({"name": ["甲"]}, crs=CGCS2000).to_crs(numbers)
    small = shapely.transform(np.asarray(there.geometry), lambda metres: metres / 1000)
    system = numbers if declared == 4530 else declared
    there.set_geometry(list(small), crs=system).to_file(tmp_path / "in.gpkg")
    assert "kilometres" in str(refusal(tmp_path / "in.gpkg"))


@pytest.mark.parametrize("declared", [CGCS2000, 4530, 4551])
def test_degrees_among_metres_are_refused_with_their_row(tmp_path: Path, declared: int) -> None:
    first, second = squares(2)
    (metres,) = from_cgcs2000(
        np.array([second], dtype=object), reference_system(None, f"EPSG:{declared}")
    )
    if declared == CGCS2000:
        (metres,) = from_cgcs2000(
            np.array([second], dtype=object), reference_system(None, "EPSG:4530")
        )
    frame = table({"name": ["甲", "乙"]}, [metres, first], crs=declared)
    frame.to_file(tmp_path / "in.gpkg")
    refused = refusal(tmp_path / "in.gpkg")
    assert refused.feature == (1 if declared == CGCS2000 else 2)
    assert "mixes degrees and metres" in str(refused)
