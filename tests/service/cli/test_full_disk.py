"""A disk without room behind the service and the command line: words, and nothing half-written."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from service.errors import Problem
from service.web.atomic_write import require_folder, write_whole
from tests.service.cli.command_line import SEEN, SQUARE, CommandLine, bow_tie, shapefile
from tests.service.conftest import WEST, Server, SignIn, feature
from tests.small_disk import as_root, fill, small_disk


@as_root
@pytest.mark.parametrize("length", [100, 100_000])
def test_a_page_onto_a_full_disk_leaves_nothing(tmp_path: Path, length: int) -> None:
    with small_disk(tmp_path / "small", 256) as disk:
        fill(disk)
        with pytest.raises(OSError, match="No space left") as refusal:
            write_whole(disk / "map.html", "x" * length)
        assert refusal.value.filename == str(disk / "map.html")
        assert [file.name for file in disk.iterdir()] == ["fill"]


def test_a_folder_for_files_that_cannot_be_is_told_with_its_setting() -> None:
    with pytest.raises(Problem, match="LUOTU_OUT=") as refusal:
        require_folder(Path("/proc/self/out"))
    assert "/proc/self/out" in str(refusal.value)


def busy(answer: httpx.Response) -> dict[str, Any]:
    """The problem of an answer that is to be asked for again."""
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60"), body
    assert body["code"] == "temporary_disk_full"
    assert "TMPDIR" in body["detail"]
    return body


@as_root
@pytest.mark.parametrize("form", ["shp", "geojson"])
def test_an_export_without_room_for_it_is_503_and_leaves_nothing(
    server: Server, sign_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    planner = sign_in("gis", WEST)
    assert planner.post("/api/plots", json=feature()).status_code == 201
    with small_disk(tmp_path / "small", 256) as disk:
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        fill(disk)
        params = {"format": form, "version": "working"}
        busy(planner.get("/api/exports/plots", params=params))
        (disk / "fill").unlink()
        assert planner.get("/api/exports/plots", params=params).status_code == 200
        server.rest()
        assert [*disk.iterdir()] == []


@as_root
@pytest.mark.parametrize("size", [100, 3_000_000])
def test_a_file_of_tracks_without_room_for_it_is_503_and_leaves_nothing(
    sign_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    inspector = sign_in("inspector", WEST)
    sent = {"file": ("walk.gpx", b"<gpx>" + b" " * size + b"</gpx>")}
    with small_disk(tmp_path / "small", 256) as disk:
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        fill(disk)
        busy(inspector.post("/api/patrols/files", files=sent))
        assert [file.name for file in disk.iterdir()] == ["fill"]


@as_root
@pytest.mark.usefixtures("districts")
def test_a_command_that_meets_a_full_disk_ends_with_1_and_leaves_nothing(
    luotu: CommandLine, tmp_path: Path
) -> None:
    path = shapefile(tmp_path, SQUARE)
    assert luotu("import", "plots", path, *SEEN, "--review", "approved", "--why", "x").status == 0
    with small_disk(tmp_path / "small", 256) as disk:
        fill(disk)
        for command in (
            ("export", "plots", disk / "a.zip"),
            ("export", "districts", disk / "a.geojson"),
            ("export", "coverage", disk / "a.csv"),
            ("map", "coverage", disk / "a.html"),
            ("map", "afforestation", disk / "a.html"),
        ):
            said = luotu(*command)
            assert said.status == 1
            assert "free" in said.err
            assert "Traceback" not in said.err
        (tmp_path / "in").mkdir()
        said = luotu("import", "plots", bow_tie(tmp_path / "in"), "--report", disk / "why.csv")
        assert (said.status, "why.csv" in said.err) == (1, True)
        assert [file.name for file in disk.iterdir()] == ["fill"]


def test_a_run_where_nothing_can_be_written_is_told_before_it_makes_a_database(
    luotu: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/proc/self")
    said = luotu("run", "--port", "8102")
    assert (said.status, "LUOTU_OUT=" in said.err, "LUOTU_HOME" in said.err) == (1, True, True)
    monkeypatch.delenv("LUOTU_HOME")
    for command in (("db", "up"), ("demo",)):
        said = luotu(*command)
        assert (said.status, "LUOTU_HOME" in said.err) == (1, True)
        assert "Traceback" not in said.err
