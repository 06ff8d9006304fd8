"""A lake is whole, or it says what is wrong with it; two writers never meet."""

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import shapely

from data.errors import FileRefused
from data.lake.lock import LOCK, writer_of
from data.lake.manifest import CURRENT, NAME, Lake, Manifest, open_lake
from data.lake.version import NewVersion, next_version
from data.lake.writing import PartWriter
from service.web.timestamps import now
from tests.small_disk import as_root, fill, small_disk


def small_manifest(version: NewVersion, rows: int = 1) -> Manifest:
    """A lake of one district, written into the version."""
    with PartWriter(version.half, "districts/districts.parquet", "districts") as writer:
        for number in range(rows):
            values = (f"22{number:04d}", "县", "county", None, 1.0, "test", True, 1, "1949-10-01")
            writer.write([[value] for value in values], [shapely.box(0, 0, 1, 1).wkb])
        part = writer.finish()
    previous = version.previous
    return Manifest(
        number=version.number,
        folder=version.name,
        previous=None if previous is None else previous.folder,
        database="test",
        moment=now(),
        day="2026-11-30",
        districts=part,
        districts_version="",
        counties={},
    )


def written(folder: Path, rows: int = 1) -> Lake:
    """A lake, or its next version."""
    with next_version(folder) as version:
        version.commit(small_manifest(version, rows))
    return open_lake(folder)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Begins to write, says so, and is killed or told to end.
WRITER = """
import sys
from pathlib import Path
from data.lake.version import next_version
with next_version(Path(sys.argv[1])) as version:
    (version.half / "plots").mkdir()
    print("writing", flush=True)
    sys.stdin.read()
"""


def begun(folder: Path) -> subprocess.Popen[str]:
    """Another process that is in the middle of writing."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    return writer


def end(writer: subprocess.Popen[str], how: signal.Signals) -> None:
    writer.send_signal(how)
    writer.communicate()


def test_the_manifest_and_the_link_name_the_newest_version(tmp_path: Path) -> None:
    assert written(tmp_path / "lake").manifest.number == 1
    lake = written(tmp_path / "lake", rows=3)
    assert (lake.manifest.number, lake.manifest.districts.rows) == (2, 3)
    assert (tmp_path / "lake" / CURRENT).resolve() == lake.root


def test_readers_of_the_version_before_keep_their_files_until_the_next_but_one(
    tmp_path: Path,
) -> None:
    first = written(tmp_path / "lake")
    written(tmp_path / "lake")
    assert first.file(first.manifest.districts).is_file()
    third = written(tmp_path / "lake")
    with next_version(third.folder):  # clears away what is older
        assert not first.root.exists()
    assert open_lake(third.folder) == third


@pytest.mark.parametrize("holds", [[], ["notes.txt"]])
def test_a_folder_that_is_no_lake_is_told(tmp_path: Path, holds: list[str]) -> None:
    for name in holds:
        (tmp_path / name).touch()
    with pytest.raises(FileRefused, match="luotu lake write") as refused:
        open_lake(tmp_path)
    assert refused.value.code == "no_lake"
    with pytest.raises(FileRefused) as refused:
        open_lake(tmp_path / "nowhere")
    assert refused.value.code == "no_lake"


def test_nothing_is_written_between_the_files_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(FileRefused) as refused, next_version(tmp_path):
        pass
    assert refused.value.code == "folder_not_empty"
    assert names(tmp_path) == ["thesis.docx"]
    with pytest.raises(FileRefused) as refused, next_version(tmp_path / "thesis.docx"):
        pass
    assert refused.value.code == "folder_not_empty"


def test_a_second_writer_is_refused_and_told_who_is_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "lake"
    lake = written(folder)
    writer = begun(folder)
    with pytest.raises(FileRefused, match=f"pid {writer.pid}") as refused, next_version(folder):
        pass
    assert refused.value.code == "lake_being_written"
    assert f"pid {writer.pid}" in (writer_of(folder) or "")
    assert open_lake(folder) == lake, "readers have the version before meanwhile"
    end(writer, signal.SIGKILL)
    assert writer_of(folder) is None
    assert written(folder).manifest.number == 2


def test_a_first_writing_is_told_while_it_goes_on_and_after_it_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "lake"
    writer = begun(folder)
    with pytest.raises(FileRefused) as refused:
        open_lake(folder)
    assert refused.value.code == "lake_being_written"
    end(writer, signal.SIGKILL)
    with pytest.raises(FileRefused, match="half a lake") as refused:
        open_lake(folder)
    assert refused.value.code == "lake_incomplete"
    assert written(folder).manifest.number == 1
    assert names(folder) == [LOCK, CURRENT, NAME, "v000001"]


def test_what_failed_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), next_version(tmp_path / "lake"):
        raise RuntimeError
    assert names(tmp_path) == []
    lake = written(tmp_path / "lake")
    with pytest.raises(RuntimeError), next_version(tmp_path / "lake"):
        raise RuntimeError
    assert open_lake(tmp_path / "lake") == lake
    assert not [*(tmp_path / "lake").glob(".v*")]


def test_a_lake_of_a_later_luotu_is_neither_read_nor_written_over(tmp_path: Path) -> None:
    lake = written(tmp_path / "lake")
    path = lake.folder / NAME
    path.write_text(path.read_text().replace("luotu-lake-1", "luotu-lake-2"))
    with pytest.raises(FileRefused, match="luotu-lake-2") as refused:
        open_lake(lake.folder)
    assert refused.value.code == "newer_lake"
    with pytest.raises(FileRefused), next_version(lake.folder):
        pass


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": "luotu-lake-1"}', "\x00"])
def test_a_manifest_that_is_no_manifest_is_told(tmp_path: Path, text: str) -> None:
    lake = written(tmp_path / "lake")
    (lake.folder / NAME).write_text(text)
    with pytest.raises(FileRefused, match="cannot be read") as refused:
        open_lake(lake.folder)
    assert refused.value.code == "lake_damaged"


def test_a_file_that_is_missing_or_shorter_is_told(tmp_path: Path) -> None:
    lake = written(tmp_path / "lake")
    path = lake.file(lake.manifest.districts)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FileRefused, match="were written") as refused:
        open_lake(lake.folder)
    assert refused.value.code == "lake_damaged"
    path.unlink()
    with pytest.raises(FileRefused, match="it is missing"):
        open_lake(lake.folder)


@as_root
def test_a_full_disk_leaves_the_version_before(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 400) as disk:
        lake = written(disk / "lake")
        fill(disk, but_bytes=16_384)
        with pytest.raises(OSError) as full:  # noqa: PT011 - the number says which
            written(disk / "lake", rows=40)
        assert full.value.errno == errno.ENOSPC
        assert open_lake(lake.folder) == lake
        assert not [*lake.folder.glob(".v*")]
