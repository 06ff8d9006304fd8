"""Archives that are not what they seem."""

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from data.errors import FileRefused
from data.reading.archive import unpack
from data.reading.features import read_features
from data.reading.limits import Limits
from tests.data.sending import collection, geojson, parts, shapefile, squares, table, zipped


def refusal(sent: Path, limits: Limits | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        unpack(sent, sent.parent / "unpacked", limits or Limits())
    return refused.value


def code(sent: Path, limits: Limits | None = None) -> str:
    return refusal(sent, limits).code


def told(sent: Path) -> FileRefused:
    """The refusal of the whole way, as a sender sees it."""
    with pytest.raises(FileRefused) as refused:
        read_features(sent)
    assert refused.value.file == sent.name
    return refused.value


@pytest.mark.parametrize(
    "name",
    [
        "../plots.shp",
        "a/../../plots.shp",
        "/etc/plots.shp",
        "..\\plots.shp",
        "C:/plots.shp",
        "a/..",
    ],
)
def test_a_path_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    assert code(zipped(tmp_path / "a.zip", {name: b"x"})) == "zip_path"


def test_nothing_is_written_outside_the_folder(tmp_path: Path) -> None:
    sent = zipped(tmp_path / "a.zip", {"ok.prj": b"x", "../../out.prj": b"x"})
    with pytest.raises(FileRefused):
        unpack(sent, tmp_path / "in" / "deep", Limits())
    assert list(tmp_path.rglob("*.prj")) == []


def test_the_refusal_of_an_entry_reaches_the_sender(tmp_path: Path) -> None:
    refused = told(zipped(tmp_path / "a.zip", {"../plots.shp": b"x"}))
    assert refused.code == "zip_path"
    assert "../plots.shp" in str(refused)


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("plots.geojson")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert code(tmp_path / "a.zip") == "zip_symlink"


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    sent = zipped(tmp_path / "a.zip", {"plots.shp": b"x"})
    raw = bytearray(sent.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    sent.write_bytes(raw)
    assert code(sent) == "zip_encrypted"


@pytest.mark.parametrize("name", ["in.zip", "in.rar", "IN.7Z", "in.kmz", "in.tar.gz"])
def test_an_archive_in_an_archive_is_refused(tmp_path: Path, name: str) -> None:
    assert code(zipped(tmp_path / "a.zip", {"p.geojson": b"{}", name: b"x"})) == "zip_nested"


def test_an_archive_that_is_called_a_layer_is_refused(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"p.geojson": b"{}"})
    assert told(zipped(tmp_path / "a.zip", {"plots.gpkg": inner})).code == "zip_nested"


def test_a_damaged_entry_is_refused(tmp_path: Path) -> None:
    sent = geojson(tmp_path / "a.geojson", collection(squares(1)))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.write(sent, "a.geojson")
    raw = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(raw.replace(b"Polygon", b"Polygom"))
    refused = refusal(tmp_path / "a.zip")
    assert refused.code == "zip_damaged"
    assert "CRC" in str(refused)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_an_archive_that_is_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    sent = zipped(tmp_path / "a.zip", parts(shapefile(tmp_path / "in", [b"a"] * 50)))
    raw = sent.read_bytes()
    sent.write_bytes(raw[: int(len(raw) * share)])
    assert code(sent) == "zip_damaged"


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    sent = zipped(tmp_path / "a.zip", {f"{i}.txt": b"" for i in range(11)})
    assert code(sent, Limits(entries=10)) == "zip_entries"


def test_an_archive_that_inflates_too_far_is_refused(tmp_path: Path) -> None:
    sent = zipped(tmp_path / "a.zip", {"plots.dbf": b"0" * 3_000_000})
    assert code(sent, Limits(inflated_bytes=2_000_000)) == "zip_too_big"


def test_an_archive_that_packs_too_well_is_refused(tmp_path: Path) -> None:
    sent = zipped(tmp_path / "a.zip", {"plots.dbf": b"0" * 3_000_000})
    assert code(sent, Limits(ratio_from_bytes=1_000_000)) == "zip_ratio"


def test_inflated_bytes_are_counted_and_not_believed(tmp_path: Path) -> None:
    sent = zipped(tmp_path / "a.zip", {"plots.dbf": b"0" * 3_000_000})
    raw = bytearray(sent.read_bytes())
    for at in (raw.index(b"PK\x03\x04") + 22, raw.index(b"PK\x01\x02") + 24):
        struct.pack_into("<I", raw, at, 10)  # it says that it has ten bytes
    sent.write_bytes(raw)
    assert code(sent, Limits(inflated_bytes=2_000_000)) in ("zip_damaged", "zip_too_big")


def test_entries_that_share_one_body_are_refused(tmp_path: Path) -> None:
    sent = tmp_path / "a.zip"
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.dbf", b"0" * 100_000)
        first = archive.infolist()[0]
        for i in range(1, 5):  # as a zip bomb does it: a second name for the same bytes
            info = zipfile.ZipInfo(f"{i}.dbf")
            for known in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(info, known, getattr(first, known))
            archive.filelist.append(info)
    assert code(sent) == "zip_overlap"


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    sent = zipped(tmp_path / "a.zip", {"a.shp": b"1", "A.SHP": b"2"})
    assert code(sent) == "zip_duplicate"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"plots.dbf": b"x", "plots.prj": b"x"}, "shp_missing", id="no shp"),
        pytest.param({"readme.txt": b"x"}, "no_layer_in_zip", id="no layer"),
        pytest.param({}, "no_layer_in_zip", id="nothing"),
    ],
)
def test_an_archive_without_a_layer_is_refused(
    tmp_path: Path, files: Mapping[str, bytes | Path], expected: str
) -> None:
    assert told(zipped(tmp_path / "a.zip", files)).code == expected


def test_several_layers_are_named(tmp_path: Path) -> None:
    first = parts(shapefile(tmp_path / "in", [b"a"], name="plots"))
    second = parts(shapefile(tmp_path / "in", [b"b"], name="zones"))
    refused = told(zipped(tmp_path / "a.zip", {**first, **second}))
    assert refused.code == "several_layers"
    assert "plots、zones" in str(refused)


def test_a_layer_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    table({"name": ["a"]}).to_file(tmp_path / "a.gpkg", layer="plots")
    with pytest.raises(FileRefused, match="plots") as refused:
        read_features(tmp_path / "a.gpkg", layer="zones")
    assert refused.value.code == "no_such_layer"


def test_a_virtual_format_in_an_archive_is_no_layer(tmp_path: Path) -> None:
    sent = zipped(tmp_path / "a.zip", {"plots.vrt": b"<OGRVRTDataSource/>"})
    assert told(sent).code == "no_layer_in_zip"
