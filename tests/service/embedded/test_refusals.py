"""What cannot be used is left as it is, and said in words."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from service.embedded import Cluster, ClusterError, process, sockets
from service.embedded.binaries import find_binaries
from service.embedded.errors import failed
from service.embedded.lease import life
from service.embedded.os_account import account_for
from service.embedded.paths import Place
from service.embedded.sockets import _private, socket_folder, usual_port
from tests.conftest import ROOT
from tests.service.embedded.actors import AS_PLAIN_USER, USER, act, alive, ask, may_be_plain_user

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must become another user")


def _refused(home: Path) -> str:
    with pytest.raises(ClusterError) as refusal, Cluster(home).running():
        pass
    return refusal.value.code


def _picture(folder: Path) -> dict[str, tuple[int, int, int]]:
    seen = {str(path): path.lstat() for path in folder.rglob("*")}
    return {path: (stat.st_mtime_ns, stat.st_size, stat.st_uid) for path, stat in seen.items()}


def test_a_cluster_without_our_marker_is_not_touched(home: Path) -> None:
    marker = home / "postgres" / "luotu.json"
    moved = marker.rename(home / "luotu.json")
    before = _picture(home / "postgres")
    assert _refused(home) == "foreign_cluster"
    assert _picture(home / "postgres") == before
    moved.rename(marker)


def test_a_cluster_that_was_put_in_the_place_of_ours_is_not_touched(home: Path) -> None:
    marker = home / "postgres" / "luotu.json"
    ours = marker.read_text("utf-8")
    marker.write_text(json.dumps({**json.loads(ours), "system_identifier": 7}), "utf-8")
    before = _picture(home / "postgres")
    assert _refused(home) == "foreign_cluster"
    assert _picture(home / "postgres") == before
    marker.write_text(ours, "utf-8")


def test_a_running_server_without_our_marker_is_not_stopped(home: Path) -> None:
    cluster = Cluster(home)
    cluster.up()
    server = cluster.status().pid
    marker = home / "postgres" / "luotu.json"
    moved = marker.rename(home / "luotu.json")
    with pytest.raises(ClusterError, match="is not a cluster that Luotu made"):
        cluster.down()
    assert server
    assert alive(server)
    moved.rename(marker)


def test_a_copy_of_a_running_cluster_is_refused(home: Path, open_folder: Path) -> None:
    copy = open_folder / "copy"
    with Cluster(home).running():
        subprocess.run(["cp", "-a", str(home), str(copy)], check=True)
        assert _refused(copy) == "unsafe_copy"
    subprocess.run(["rm", "-r", str(copy)], check=True)


def test_a_moved_home_is_taken_as_it_is(home: Path, open_folder: Path) -> None:
    moved = home.rename(open_folder / "moved")
    with Cluster(moved).running() as endpoint:
        assert ask(endpoint, "SELECT 1") == [(1,)]
    assert Place(moved / "postgres").marker()
    moved.rename(home)


def test_a_home_that_moves_while_its_server_runs_can_still_be_stopped(
    home: Path, open_folder: Path
) -> None:
    Cluster(home).up()
    moved = home.rename(open_folder / "moved")
    assert _refused(moved) == "moved_while_running"
    assert Cluster(moved).down()
    moved.rename(home)


@as_root
def test_a_copy_without_its_owners_is_refused(home: Path) -> None:
    subprocess.run(["chown", "-R", "root", str(home / "postgres" / "data")], check=True)
    assert _refused(home) == "wrong_owner"
    subprocess.run(["chown", "-R", "postgres", str(home / "postgres" / "data")], check=True)


def test_data_of_another_major_version_are_kept_as_they_are(home: Path) -> None:
    version = home / "postgres" / "data" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("14\n")
    before = _picture(home / "postgres" / "data")
    assert _refused(home) == "other_major"
    assert _picture(home / "postgres" / "data") == before
    version.write_text(ours)


def test_without_postgis_the_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClusterError, match="apt-get install postgresql-postgis") as refusal:
        find_binaries(root=tmp_path)
    assert refusal.value.code == "no_postgis"


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    assert _refused(tmp_path / "home") == "not_a_folder"


def test_a_home_that_may_not_be_entered_is_said_in_words(home: Path) -> None:
    if not may_be_plain_user():
        pytest.skip("unshare -U is not permitted here, and we are root")
    # In the namespace the files of postgres belong to nobody; without root, ours are our own.
    (home / "postgres").chmod(0o000 if os.geteuid() else 0o700)
    user = act(USER, home, *AS_PLAIN_USER)
    _, complaint = user.communicate()
    assert "ClusterError: 无法使用" in complaint
    assert "Permission denied" in complaint
    (home / "postgres").chmod(0o700)


def test_a_taken_port_is_left_to_its_owner(home: Path) -> None:
    port = usual_port(home)
    with socket.create_server(("127.0.0.1", port)), Cluster(home).running() as endpoint:
        assert endpoint.port != port


@pytest.mark.parametrize("trap", ["link", "wide"])
def test_a_socket_folder_that_somebody_else_prepared_is_not_used(tmp_path: Path, trap: str) -> None:
    wished = tmp_path / "luotu"
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    if trap == "link":
        wished.symlink_to(theirs)
    else:
        wished.mkdir()
        wished.chmod(0o777)
    ours = _private(wished, account_for(None))
    assert ours not in {wished, theirs}
    assert ours.lstat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("LOG:  could not create any TCP/IP sockets", "port_taken"),
        ("initdb: error: could not look up effective user ID 1000", "no_account"),
        ("FATAL:  could not open directory: Permission denied", "not_permitted"),
        ("FATAL:  the moon is full", "postgres_failed"),
    ],
)
def test_what_postgresql_says_gets_a_code_and_stays_readable(words: str, code: str) -> None:
    error = failed("启动数据库", "Starting the database", words)
    assert error.code == code
    assert " ".join(words.split()) in error.message.en


def test_a_link_to_data_that_are_gone_is_not_replaced(tmp_path: Path) -> None:
    link = tmp_path / "home" / "postgres"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "gone")
    assert _refused(link.parent) == "data_lost"
    assert link.is_symlink()


def test_who_only_reads_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(ClusterError) as refused, Cluster(tmp_path / "none").running(make=False):
        pass
    assert refused.value.code == "no_database"
    assert not (tmp_path / "none").exists()


def test_without_a_short_folder_for_the_socket_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "_SOCKET_PATH_BYTES", 10)
    with pytest.raises(ClusterError, match="TMPDIR") as refused:
        socket_folder(Place(tmp_path), account_for(None))
    assert refused.value.code == "no_short_folder"


def test_a_server_that_does_not_answer_in_time_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place((home / "postgres").resolve())
    with Cluster(home).running():
        monkeypatch.setattr(process, "_READY_S", 0.0)
        with pytest.raises(ClusterError, match="does not answer") as refused:
            process.answering(place, account_for(place.data))
        monkeypatch.undo()
    assert refused.value.code == "not_answering"


@as_root
def test_data_of_a_user_without_an_account_are_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 54_321, -1)
    with pytest.raises(ClusterError, match="54321") as refused:
        account_for(tmp_path)
    assert refused.value.code == "no_account"


@as_root
def test_a_root_that_may_become_nobody_else_is_told() -> None:
    code = "from service.embedded.os_account import account_for; account_for(None).run('true')"
    bound = ["setpriv", "--bounding-set=-setuid,-setgid", "--inh-caps=-setuid,-setgid"]
    run = subprocess.run(
        [
            *bound,
            sys.executable,
            "-c",
            f"try:\n    {code.replace('; ', chr(10) + '    ')}\n"
            "except Exception as error:\n    print(error.code)",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert run.stdout.strip() == "cannot_switch_user", run.stderr


def test_processes_that_outlive_their_server_are_waited_for_and_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["service.embedded.start"], "_LIFE_WAIT_S", 0.1)
    with life(home, wait_s=1) as held:
        assert held is not None
        assert _refused(home) == "still_alive"
