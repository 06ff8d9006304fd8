"""Files that try to make the reader do something else (guard rails 1, 2, 5)."""

import http.server
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
import shapely

from data.errors import FileRefused
from data.reading import reader_process
from data.reading.features import read_features
from data.reading.geojson import read_geojson
from data.reading.limits import MIB, Limits
from data.reading.sandbox import driver_names, open_in_sandbox
from data.reading.sandbox_answer import Result
from data.reading.sniff import Format
from tests.data.sending import collection, geojson, shapefile, squares, table, zipped
from tests.waiting import until

SECRET = "secret-of-another-file"


def refusal(sent: Path, limits: Limits | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read_features(sent, limits=limits or Limits())
    assert refused.value.file in (sent.name, sent.with_suffix(".dbf").name)
    return refused.value


def open_restricted(sent: Path, limits: Limits) -> Result:
    return open_in_sandbox(sent, layer=None, encoding=None, crs_is_said=False, limits=limits)


def secret_layer(folder: Path) -> Path:
    """Another file of the machine, that no upload may bring out."""
    return geojson(folder / "other.json", collection(squares(1), [{"name": SECRET}]))


Form: TypeAlias = Callable[[Path], str]


def vrt(target: Path) -> str:
    layer = f'<OGRVRTLayer name="other"><SrcDataSource>{target}</SrcDataSource></OGRVRTLayer>'
    return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"


def gdalg(target: Path) -> str:
    command = f"gdal vector pipeline ! read {target} ! write streamed_file"
    return json.dumps({"type": "gdal_streamed_alg", "command_line": command})


@pytest.mark.parametrize("name", ["a.geojson", "a.shp"])
@pytest.mark.parametrize("form", [vrt, gdalg])
def test_a_virtual_layer_under_any_name_is_refused(tmp_path: Path, name: str, form: Form) -> None:
    (tmp_path / name).write_text(form(secret_layer(tmp_path)))
    refused = refusal(tmp_path / name)
    assert refused.code in ("not_gis", "not_geojson")
    assert SECRET not in str(refused)


@pytest.mark.parametrize("form", [vrt, gdalg])
def test_a_virtual_layer_in_a_zip_is_refused(tmp_path: Path, form: Form) -> None:
    text = form(secret_layer(tmp_path)).encode()
    assert refusal(zipped(tmp_path / "a.zip", {"a.geojson": text})).code in (
        "not_gis",
        "not_geojson",
    )


def test_a_virtual_layer_that_is_dressed_as_kml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.kml").write_text(f"<!-- <kml -->{vrt(secret_layer(tmp_path))}")
    refused = refusal(tmp_path / "a.kml")
    assert SECRET not in str(refused)


@contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server that writes down who asks it."""
    requests: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/crs", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_link_in_a_file_is_never_followed(tmp_path: Path) -> None:
    with listener() as (address, requests):
        link = {"type": "link", "properties": {"href": address, "type": "ogcwkt"}}
        refusal(geojson(tmp_path / "a.geojson", collection(squares(1), crs=link)))
        kml = f'<kml xmlns="http://www.opengis.net/kml/2.2"><NetworkLink><Link><href>{address}'
        (tmp_path / "a.kml").write_text(f"{kml}</href></Link></NetworkLink></kml>")
        refusal(tmp_path / "a.kml")
    assert requests == []


def test_the_child_has_no_network() -> None:
    with listener() as (address, requests):
        probe = f"""
import urllib.request, urllib.error
from data.reading.sandbox_worker import restrict
from data.reading.limits import Limits
is_alone = restrict(Limits())
try:
    urllib.request.urlopen({address!r}, timeout=5)
except urllib.error.HTTPError:
    raise SystemExit(1)
except urllib.error.URLError:
    raise SystemExit(0)
finally:
    if not is_alone:
        raise SystemExit(4)
"""
        status = run_probe(probe)
    if status == 4:
        pytest.skip("this machine does not let a process leave its network")
    assert (status, requests) == (0, [])


def run_probe(code: str) -> int:
    """Exit status of a piece of Python in a process of its own."""
    command = [sys.executable, "-I", "-W", "ignore", "-c", code]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/kml.dtd">',
        '<!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    ],
)
def test_a_document_type_in_xml_is_refused(tmp_path: Path, declared: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declared}<kml><name>x</name></kml>'
    (tmp_path / "a.kml").write_bytes(text.encode(encoding))
    assert refusal(tmp_path / "a.kml").code == "xml_entities"


def with_statement(path: Path, *statements: str) -> Path:
    table({"name": ["a"]}).to_file(path, layer="plots")
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return path


def test_a_geopackage_that_runs_code_is_refused(tmp_path: Path) -> None:
    path = with_statement(tmp_path / "a.gpkg", "CREATE VIRTUAL TABLE other USING fts5(text)")
    assert refusal(path).code == "gpkg_program"


SPATIAL_VIEW = (
    "CREATE VIEW seen AS SELECT * FROM plots",
    "INSERT INTO gpkg_contents SELECT 'seen', data_type, 'seen', description, last_change, min_x, "
    "min_y, max_x, max_y, srs_id FROM gpkg_contents WHERE table_name = 'plots'",
    "INSERT INTO gpkg_geometry_columns SELECT 'seen', column_name, geometry_type_name, srs_id, z, "
    "m FROM gpkg_geometry_columns WHERE table_name = 'plots'",
    "CREATE TRIGGER never BEFORE DELETE ON gpkg_contents BEGIN SELECT raise(ABORT, 'run'); END",
)


@pytest.mark.parametrize("layer", [None, "plots"])
def test_the_table_beside_a_view_is_read_and_the_view_told(
    tmp_path: Path, layer: str | None
) -> None:
    path = with_statement(tmp_path / "a.gpkg", *SPATIAL_VIEW)
    before = path.read_bytes()
    features = read_features(path, layer=layer)
    assert (features.layer, features.frame["name"].tolist()) == ("plots", ["a"])
    assert any("seen" in note.zh for note in features.notes)
    assert path.read_bytes() == before


def test_a_view_is_never_run(tmp_path: Path) -> None:
    path = with_statement(tmp_path / "a.gpkg", *SPATIAL_VIEW)
    with pytest.raises(FileRefused, match="seen") as refused:
        read_features(path, layer="seen")
    assert refused.value.code == "gpkg_program"


def test_an_sqlite_file_that_is_no_geopackage_is_refused(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "a.gpkg")
    database.execute("CREATE TABLE plots (name TEXT)")
    database.close()
    assert refusal(tmp_path / "a.gpkg").code == "not_gis"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty_file", id="empty"),
        pytest.param(b"hello", "not_gis", id="text"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(100), "not_gis", id="picture"),
        pytest.param(b"lon,lat\n125,43\n", "not_gis", id="csv"),
        pytest.param(bytes(5000), "not_gis", id="zeros"),
        pytest.param(b"\x00\x00\x27\x0a" + bytes(200), "not_gis", id="false shp"),
        pytest.param(b"{", "json_damaged", id="cut json"),
        pytest.param(b'{"type": "Topology"}', "not_geojson", id="topojson"),
        pytest.param(b"[" * 100_000, "not_gis", id="list"),
        pytest.param(b'{"a":' * 100_000, "json_damaged", id="deep json"),
        pytest.param(b"<kml><Placemark>", "file_damaged", id="cut kml"),
        pytest.param(b"fgb\x03fgb\x01" + b"\xff" * 500, "no_layer", id="false fgb"),
        pytest.param(b"SQLite format 3\x00" + bytes(500), "file_damaged", id="false gpkg"),
    ],
)
def test_a_file_that_is_no_gis_file_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.geojson").write_bytes(content)
    assert refusal(tmp_path / "a.geojson").code == code


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.shp").code == "no_file"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.shp").mkdir()
    assert refusal(tmp_path / "a.shp").code == "is_folder"


@pytest.mark.parametrize("suffix", [".shp", ".dbf"])
def test_a_part_that_is_cut_off_is_refused(tmp_path: Path, suffix: str) -> None:
    shp = shapefile(tmp_path / "in", [b"a"] * 50)
    part = shp.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
    assert refusal(shp).code == f"{suffix[1:]}_truncated"


def test_a_shapefile_without_its_table_is_refused(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", [b"a"])
    shp.with_suffix(".dbf").unlink()
    assert refusal(shp).code == "dbf_missing"


def test_a_table_of_another_length_is_refused(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "in", [b"a", b"b"])
    other = shapefile(tmp_path / "other", [b"a"])
    shp.with_suffix(".dbf").write_bytes(other.with_suffix(".dbf").read_bytes())
    assert refusal(shp).code == "rows_differ"


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("name", ["a.gpkg", "a.fgb"])
def test_a_binary_file_that_is_cut_off_is_refused(tmp_path: Path, name: str, share: float) -> None:
    table({"name": ["a" * 200] * 200}).to_file(tmp_path / name)
    raw = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(raw[: int(len(raw) * share)])
    assert refusal(tmp_path / name).code in ("file_damaged", "reader_died")


@pytest.mark.parametrize(
    "geometry",
    [
        pytest.param({"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}, id="too short"),
        pytest.param(
            {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 6], [7, 8]]]}, id="open"
        ),
        pytest.param({"type": "Polygon", "coordinates": "x"}, id="text"),
        pytest.param({"type": "Polygon"}, id="nothing"),
        pytest.param({"type": "Circle", "coordinates": [1, 2]}, id="unknown"),
        pytest.param({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, id="letters"),
        pytest.param([1, 2], id="list"),
    ],
)
def test_a_damaged_geometry_is_refused_with_its_feature(tmp_path: Path, geometry: object) -> None:
    sent = geojson(tmp_path / "a.geojson", collection([squares(1)[0], geometry]))
    with pytest.raises(FileRefused) as refused:
        read_geojson(sent, None, Limits())
    assert (refused.value.code, refused.value.feature) == ("geometry_damaged", 2)


def test_a_part_without_a_ring_does_not_damage_the_others(tmp_path: Path) -> None:
    corners = [(125, 43), (125.1, 43.1), (125.1, 43), (125, 43.1), (125, 43)]
    bow_tie = [[list(corner) for corner in corners]]
    with_nothing = {"type": "MultiPolygon", "coordinates": [[], bow_tie]}
    together = {"type": "GeometryCollection", "geometries": [with_nothing]}
    sent = geojson(tmp_path / "a.geojson", collection([with_nothing, together]))
    shapes = shapely.from_wkb(list(read_geojson(sent, None, Limits()).shapes))
    drawn = shapely.MultiPolygon([shapely.Polygon(corners)])
    assert shapes[0].equals_exact(drawn)
    assert shapes[1].geoms[0].equals_exact(drawn)


@pytest.mark.parametrize(
    ("name", "limits", "code"),
    [
        ("a.gpkg", Limits(features=1), "too_many_features"),
        ("a.geojson", Limits(features=1), "too_many_features"),
        ("a.gpkg", Limits(vertices=9), "too_many_vertices"),
        ("a.geojson", Limits(file_bytes=100), "too_big"),
    ],
)
def test_a_file_beyond_a_limit_is_refused(
    tmp_path: Path, name: str, limits: Limits, code: str
) -> None:
    table({"name": ["a", "b"]}).to_file(tmp_path / name)
    assert refusal(tmp_path / name, limits).code == code


def test_a_file_that_takes_too_much_memory_is_refused(tmp_path: Path) -> None:
    numbers = "[" + "1.5," * 5_000_000 + "1]"
    (tmp_path / "a.geojson").write_text(f'{{"type": "FeatureCollection", "features": {numbers}}}')
    assert refusal(tmp_path / "a.geojson", Limits(memory_bytes=256 * MIB)).code == "too_big"


def test_a_file_that_takes_too_long_is_refused_in_time(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.geojson")  # reading it never ends
    start = time.monotonic()
    with pytest.raises(FileRefused) as refused:
        open_restricted(tmp_path / "a.geojson", Limits(seconds=1))
    assert refused.value.code == "too_slow"
    assert time.monotonic() - start < 30


def test_a_reader_that_the_system_ended_is_not_told_as_slow(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.geojson")
    reader = reader_process._taken()
    reader_process._put_back(reader)
    children = Path(f"/proc/{reader.process.pid}/task/{reader.process.pid}/children")

    def end_it() -> None:
        until(lambda: children.read_text().split())
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)

    ending = threading.Thread(target=end_it)
    ending.start()
    with pytest.raises(FileRefused) as refused:
        open_restricted(tmp_path / "a.geojson", Limits(seconds=600))
    ending.join()
    assert refused.value.code == "reader_killed"


def test_a_file_that_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.geojson")
    assert refusal(tmp_path / "a.geojson").code == "no_file"


def test_nothing_of_ours_stands_in_the_environment_of_the_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LUOTU_DATABASE_URL", SECRET)
    assert SECRET not in reader_process._environment().values()


def test_one_process_forks_for_file_after_file(tmp_path: Path) -> None:
    reader = reader_process._taken()
    reader_process._put_back(reader)
    refusal(geojson(tmp_path / "a.geojson", "no GeoJSON"))
    read_features(geojson(tmp_path / "b.geojson", collection(squares(1))))
    assert reader_process._taken() is reader
    reader_process._put_back(reader)


def test_a_process_that_was_killed_meanwhile_is_made_anew(tmp_path: Path) -> None:
    reader = reader_process._taken()
    reader_process._put_back(reader)
    os.kill(reader.process.pid, signal.SIGKILL)
    reader.process.wait()
    read = read_features(geojson(tmp_path / "a.geojson", collection(squares(1))))
    assert len(read.frame) == 1


def test_a_process_that_ended_by_itself_as_it_was_asked_is_asked_for_nothing(
    tmp_path: Path,
) -> None:
    reader = reader_process._Reader()
    reader.asked.close()
    assert reader.process.wait() == 0
    reader.asked = (tmp_path / "pipe").open("wb", buffering=0)
    assert reader.read(tmp_path, 60) is None


def test_only_the_driver_that_the_content_calls_for_is_left(tmp_path: Path) -> None:
    skipped = ",".join(name for name in driver_names() if name != Format.GEOPACKAGE.driver)
    probe = (
        f"import os; os.environ['OGR_SKIP'] = {skipped!r}\n"
        "from data.reading.layers import drivers\n"
        "raise SystemExit(0 if drivers() == {'GPKG'} else 1)"
    )
    assert run_probe(probe) == 0


def test_no_folder_of_ours_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sent = shapefile(tmp_path / "in", [b"a"])
    open_restricted(sent, Limits())
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_refusal_names_no_folder_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "a.gpkg").write_bytes(b"SQLite format 3\x00" + bytes(500))
    assert "/" + tmp_path.name not in str(refusal(tmp_path / "a.gpkg"))


def test_heights_and_measures_do_not_shift_positions(tmp_path: Path) -> None:
    high = shapely.force_3d(squares(1)[0], 300.0)
    table({"name": ["a"]}, [high]).to_file(tmp_path / "a.shp")
    there = read_features(tmp_path / "a.shp").frame.geometry[0]
    assert shapely.equals_exact(there, squares(1)[0], 1e-9, normalize=True)


def test_a_name_cannot_write_into_a_terminal_or_a_second_line_of_a_log(tmp_path: Path) -> None:
    sent = zipped(tmp_path / "a.zip", {"../\x1b[31m\nplots.shp": b"x"})
    assert str(refusal(sent)).isprintable()


def test_the_spatial_index_of_a_layer_with_blanks_in_its_name_is_no_program(tmp_path: Path) -> None:
    table({"name": ["a"]}).to_file(tmp_path / "a.gpkg", layer="my using plots")
    assert len(read_features(tmp_path / "a.gpkg").frame) == 1
