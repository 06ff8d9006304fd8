"""Folders for a while: gone with their makers, however these end; nobody else's are touched."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import shapely

from data.reading.limits import Limits
from data.scratch import PREFIX, Scratch, TemporaryDiskFull, clear_abandoned
from data.writing.atomic import in_place
from tests.data.reading.test_hostile_files import open_restricted
from tests.small_disk import as_root, fill, small_disk

LUOTU = Path(sys.executable).with_name("luotu")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of this process."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_a_folder_in_use_is_left_and_one_of_a_dead_process_goes(temporary: Path) -> None:
    with Scratch() as mine:
        script = "import os\nfrom data.scratch import Scratch\nScratch()\nos.kill(os.getpid(), 9)"
        environment = {**os.environ, "TMPDIR": str(temporary)}
        died = subprocess.run([sys.executable, "-c", script], env=environment, check=False)
        assert died.returncode == -signal.SIGKILL
        assert len([*temporary.iterdir()]) == 2
        clear_abandoned()
        assert [*temporary.iterdir()] == [mine]
    assert [*temporary.iterdir()] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_left(temporary: Path) -> None:
    foreign = temporary / f"{PREFIX}foreign"
    foreign.mkdir()
    os.chown(foreign, 65534, 65534)
    clear_abandoned()
    assert foreign.exists()


def test_a_link_that_somebody_laid_there_leads_nowhere(temporary: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    (temporary / f"{PREFIX}link").symlink_to(precious)
    clear_abandoned()
    assert (precious / "file").exists()


def test_what_has_another_name_is_left(temporary: Path) -> None:
    (temporary / "luotu-0-abc").mkdir()  # as the folder of a socket is called
    clear_abandoned()
    assert (temporary / "luotu-0-abc").exists()


def slow_file(folder: Path, count: int = 60_000) -> Path:
    """A GeoJSON that takes its reader some seconds, and a hundred bytes of answer a feature."""
    square = shapely.to_geojson(shapely.box(125.0, 43.0, 125.001, 43.001))
    feature = f'{{"type":"Feature","geometry":{square},"properties":{{"a":1}}}}'
    path = folder / "slow.geojson"
    features = ",".join([feature] * count)
    path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
    return path


def readers(folder: Path) -> list[int]:
    """Child processes that read in a folder."""
    problems = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                problems.append(int(process.name))
        except OSError:
            continue
    return problems


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_check_that_is_ended_leaves_no_reader_and_no_folder_for_long(
    temporary: Path, tmp_path: Path, number: signal.Signals
) -> None:
    sent = slow_file(tmp_path)
    environment = {
        **os.environ,
        "TMPDIR": str(temporary),
        "LUOTU_HOME": str(tmp_path / "none"),
    }
    # A shell lets what it starts in the background ignore SIGINT: here it is to be heard.
    command = ["env", "--default-signal=INT", str(LUOTU), "check", str(sent)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 120
        while not readers(temporary):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(number)
        process.wait(60)
    assert process.returncode != 0
    while readers(temporary):  # SIGKILL needs its moment
        assert time.monotonic() < until
        time.sleep(0.01)
    if number is signal.SIGKILL:
        assert len([*temporary.iterdir()]) == 1
        clear_abandoned()
    assert [*temporary.iterdir()] == []


@as_root
@pytest.mark.parametrize("free_kb", [0, 8, 200, 600])
def test_a_full_temporary_disk_is_told_with_what_helps_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_kb: int
) -> None:
    sent = slow_file(tmp_path, 12_000)
    with small_disk(tmp_path / "small", 1024) as disk:
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        fill(disk, but_bytes=free_kb * 1024)
        with pytest.raises(TemporaryDiskFull, match="TMPDIR") as refusal:
            open_restricted(sent, Limits())
        assert str(disk) in str(refusal.value)
        assert [file.name for file in disk.iterdir()] == ["fill"]


def test_a_folder_that_cannot_be_written_is_told_the_same_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/proc/self")
    with pytest.raises(TemporaryDiskFull, match="TMPDIR"):
        Scratch()


def test_halves_beside_a_file_go_with_the_next_one(tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom data.writing.atomic import in_place\n"
        "with in_place(Path(sys.argv[1])) as (_, target):\n"
        "    target.write_text('half')\n    os.kill(os.getpid(), 9)"
    )
    path = tmp_path / "plots.csv"
    subprocess.run([sys.executable, "-c", script, path], check=False)
    assert not path.exists()
    assert len([*tmp_path.iterdir()]) == 1
    with in_place(path) as (_folder, target):
        target.write_text("whole")
    assert [*tmp_path.iterdir()] == [path]
