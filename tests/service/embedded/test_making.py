"""What a new cluster is: safe settings, plain roles, PostGIS, and whole or not at all."""

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from service.embedded import Cluster, Endpoint
from service.embedded.create import clear_half_made
from service.embedded.paths import Place
from service.embedded.process import processes_in
from tests.service.embedded.actors import (
    AS_PLAIN_USER,
    USER,
    act,
    ask,
    killed,
    leave,
    line,
    may_be_plain_user,
)
from tests.waiting import until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must become another user")


def test_the_service_is_a_plain_role(endpoint: Endpoint) -> None:
    rights = "rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
    row = ask(endpoint, f"SELECT {rights} FROM pg_roles WHERE rolname = 'luotu_service'")
    assert row == [(True, False, False, False, False, False)]


def test_the_service_may_not_make_tables(endpoint: Endpoint) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(endpoint, "CREATE TABLE public.mine (id int)")


def test_the_owner_may_make_tables(endpoint: Endpoint) -> None:
    ask(endpoint, "CREATE TABLE mine (id int)", "owner")
    assert ask(endpoint, "SELECT count(*) FROM mine", "owner") == [(0,)]


def test_a_database_that_the_owner_makes_has_postgis(endpoint: Endpoint) -> None:
    ask(endpoint, "CREATE DATABASE another", "owner")
    area = "SELECT ST_Area(ST_MakeEnvelope(0, 0, 2, 3))"
    assert ask(endpoint, area, "owner", "another") == [(6.0,)]


def test_both_extensions_are_there(endpoint: Endpoint) -> None:
    rows = ask(endpoint, "SELECT extname FROM pg_extension ORDER BY extname")
    assert rows == [("btree_gist",), ("plpgsql",), ("postgis",)]


@pytest.mark.parametrize(
    "setting", ["fsync", "full_page_writes", "synchronous_commit", "data_checksums"]
)
def test_durability_is_not_traded_for_speed(endpoint: Endpoint, setting: str) -> None:
    assert ask(endpoint, f"SHOW {setting}") == [("on",)]


def test_chinese_letters_are_letters(endpoint: Endpoint) -> None:
    assert ask(endpoint, "SELECT '南关区' ~ '^[[:alpha:]]+$', length('南关区')") == [(True, 3)]


def test_it_listens_on_the_loopback_only(endpoint: Endpoint) -> None:
    assert ask(endpoint, "SHOW listen_addresses") == [("127.0.0.1",)]


@pytest.mark.parametrize("through", ["socket", "127.0.0.1"])
def test_a_wrong_password_is_refused(endpoint: Endpoint, through: str) -> None:
    host = str(endpoint.host) if through == "socket" else through
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host=host, port=endpoint.port, user="luotu_admin", password="x", dbname="luotu"
        )


def test_the_right_password_opens_the_port(endpoint: Endpoint) -> None:
    with psycopg.connect(
        host="127.0.0.1",
        port=endpoint.port,
        user="luotu_service",
        password=endpoint.passwords["service"],
        dbname="luotu",
    ) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_nobody_else_reads_the_passwords_or_enters_the_socket(endpoint: Endpoint) -> None:
    secret = Place(endpoint.data_dir.parent).folder / "passwords.json"
    assert [path.stat().st_mode & 0o777 for path in (secret, endpoint.host)] == [0o600, 0o700]


def test_no_password_is_shown_or_logged(endpoint: Endpoint) -> None:
    words = list(endpoint.passwords.values())
    texts = [log.read_text("utf-8") for log in endpoint.data_dir.parent.glob("log/*")]
    assert not [word for word in words for text in [*texts, repr(endpoint)] if word in text]


@as_root
def test_for_root_it_runs_as_postgres(endpoint: Endpoint) -> None:
    assert endpoint.data_dir.stat().st_uid == pwd.getpwnam("postgres").pw_uid


def test_a_plain_user_runs_it_as_himself(bare_home: Path) -> None:
    if not may_be_plain_user():
        pytest.skip("unshare -U is not permitted here, and we are root")
    user = act(USER, bare_home, *AS_PLAIN_USER)
    line(user)
    assert (bare_home / "postgres" / "data").stat().st_uid == os.geteuid()
    leave(user)
    shutil.rmtree(bare_home / "postgres")  # to root in its own eyes it belongs to root


@as_root
def test_where_postgres_cannot_enter_the_data_lie_in_var_lib(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "home")
    with cluster.running() as endpoint:
        assert endpoint.data_dir.parent.parent == Path("/var/lib/luotu")
    cluster.erase()
    assert not endpoint.data_dir.parent.exists()


def test_any_folder_name_will_do(home: Path, open_folder: Path) -> None:
    odd = open_folder / ("长" * 30) / """a b,$(exit) 中"'`"""
    odd.parent.mkdir()
    home.rename(odd)
    with Cluster(odd).running() as endpoint:
        assert ask(endpoint, "SELECT 1") == [(1,)]
        assert len(bytes(endpoint.host / ".s.PGSQL.65535")) <= 107
    assert not endpoint.host.exists()
    odd.rename(home)


def _kill_the_making(home: Path, moment: str) -> None:
    maker = act(USER, home)
    until(lambda: list(home.glob(f"postgres.new-*/{moment}")))
    time.sleep(0.2)  # well inside initdb, or inside the creation of extensions
    killed(maker)


def test_initdb_killed_half_way_leaves_nothing_that_counts(bare_home: Path) -> None:
    _kill_the_making(bare_home, "data/global")
    assert Cluster(bare_home).status().made_at is None
    clear_half_made(bare_home)
    assert not [*bare_home.glob("postgres*"), *processes_in(bare_home)]


def test_a_cluster_killed_before_its_extensions_is_made_anew(bare_home: Path) -> None:
    _kill_the_making(bare_home, "data/luotu.conf")
    with Cluster(bare_home).running() as endpoint:
        assert ask(endpoint, "SELECT postgis_lib_version()")
    assert [path.name for path in bare_home.glob("postgres*")] == ["postgres"]


@as_root
def test_a_full_disk_is_said_in_words_and_leaves_nothing(bare_home: Path) -> None:
    bare_home.mkdir()
    small = f"mount -t tmpfs -o size=30m,mode=711 tmpfs {bare_home}"
    attempt = subprocess.run(["unshare", "-m", "sh", "-c", small], check=False)
    if attempt.returncode != 0:
        pytest.skip("mounting a small disk is not permitted here")
    program = USER.replace(
        "with cluster",
        "try:\n  cluster.up()\nexcept Exception as e:\n  "
        "print(e.code, list(cluster.home.glob('postgres*')), e)\n  "
        "sys.exit()\nwith cluster",
    )
    said = leave(act(program, bare_home, "unshare", "-m", "sh", "-c", f'{small}; exec "$@"', "sh"))
    assert said.startswith("disk_full [] 建立数据库失败。磁盘已满")
