"""GeoPackages as people leave them: open in QGIS, with curves, with numbers of 19 digits."""

import sqlite3
import struct
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
import shapely

from data.reading.features import read_features
from tests.data.sending import table, zipped


def gpkg(path: Path, columns: Mapping[str, object]) -> Path:
    table(columns).to_file(path, driver="GPKG")  # type: ignore[arg-type]
    return path


def drop_triggers(database: sqlite3.Connection) -> None:
    """Those of the spatial index call functions that only GDAL has."""
    named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for (trigger,) in database.execute(named).fetchall():
        database.execute(f'DROP TRIGGER "{trigger}"')


def left_open(folder: Path) -> dict[str, bytes | Path]:
    """The three files of a GeoPackage that is open with an edit that is not yet written into it."""
    path = gpkg(folder / "plots.gpkg", {"name": ["before", "gone"]})
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA wal_autocheckpoint = 0")
    for trigger in [
        row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    ]:
        database.execute(f'DROP TRIGGER "{trigger}"')
    database.commit()
    database.execute("UPDATE plots SET name = 'after' WHERE name = 'before'")
    database.execute("DELETE FROM plots WHERE name = 'gone'")
    database.commit()
    files = {
        name: (folder / name).read_bytes()
        for name in ("plots.gpkg", "plots.gpkg-wal", "plots.gpkg-shm")
    }
    database.close()
    return dict(files)


def test_edits_in_the_log_are_read_from_a_zip_and_told(tmp_path: Path) -> None:
    features = read_features(zipped(tmp_path / "a.zip", left_open(tmp_path)))
    assert list(features.frame["name"]) == ["after"]
    assert any("its log" in note.en for note in features.notes)


def test_edits_in_the_log_beside_a_file_are_read_and_nothing_of_the_sender_changes(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "sent"
    folder.mkdir()
    for name, content in left_open(tmp_path).items():
        assert isinstance(content, bytes)
        (folder / name).write_bytes(content)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert list(read_features(folder / "plots.gpkg").frame["name"]) == ["after"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_whose_log_did_not_come_is_told(tmp_path: Path) -> None:
    files = {"plots.gpkg": left_open(tmp_path)["plots.gpkg"]}
    features = read_features(zipped(tmp_path / "a.zip", files))
    assert any("last edits are missing" in note.en for note in features.notes)


def test_long_whole_numbers_stay_exact_beside_empty_rows(tmp_path: Path) -> None:
    numbers = pd.Series([2201120010010012345, None], dtype="Int64")
    features = read_features(gpkg(tmp_path / "a.gpkg", {"number": numbers}))
    assert list(features.frame["number"]) == ["2201120010010012345", None]


def circle(x: float, y: float, radius: float) -> bytes:
    """A CURVEPOLYGON of one circular string, as WKB."""
    places = [(x - radius, y), (x, y + radius), (x + radius, y), (x, y - radius), (x - radius, y)]
    string = struct.pack("<BII", 1, 8, len(places)) + b"".join(
        struct.pack("<dd", *at) for at in places
    )
    return struct.pack("<BII", 1, 10, 1) + string


@pytest.mark.parametrize("kind", ["polygon", "surface"])
def test_curved_edges_become_straight_pieces_and_are_told(tmp_path: Path, kind: str) -> None:
    path = gpkg(tmp_path / "plots.gpkg", {"name": ["a", "b"]})
    curve = circle(125.3, 43.9, 0.001)
    if kind == "surface":
        curve = struct.pack("<BII", 1, 12, 1) + curve
    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'GEOMETRY'")
        blob = b"GP\x00\x01" + struct.pack("<i", 4490) + curve
        database.execute("UPDATE plots SET geom = ? WHERE name = 'b'", (blob,))
    database.close()
    features = read_features(path)
    area = shapely.area(features.frame.geometry[1])
    assert area == pytest.approx(3.14159265 * 0.001**2, rel=2e-5)
    assert any("row 2: curved edges" in note.en for note in features.notes)
