"""A backup holds everything, and an empty database that gets it is the same row by row."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import Engine, text

from service.backup.backup import write_backup
from service.backup.kept import newest_backup
from service.backup.manifest import DATABASE, NAME, read_manifest
from service.backup.metrics import tell_backups
from service.backup.nightly import back_up_tonight
from service.backup.restore import check_backup, restore_backup
from service.database.engine import make_engine
from service.database.location import DatabaseLocation
from service.database.migrate import downgrade, migrate
from service.database.revision import head, version
from service.database.rights import RightsMissing
from service.embedded import Endpoint
from service.errors import Problem
from service.run.backup_worker import backing_up
from service.run.loaders import LOADERS
from service.settings import Settings
from service.web.timestamps import clock_at
from tests.service.conftest import (
    WEST,
    Database,
    Server,
    feature,
    new_database,
    run_sql,
    signing_in,
)
from tests.service.database.outside_server import Outside, owned
from tests.small_disk import as_root, small_disk
from tests.waiting import until

# Tables that say something of the copy itself.
OWN = {"public.sql_library", "sealed.service_role"}
_TABLES = text("""
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname IN ('public', 'sealed', 'procrastinate') AND tablename <> 'spatial_ref_sys'
""")
_RIGHTS = text("""
SELECT p.oid::regprocedure::text, coalesce(p.proacl::text, 'everybody') FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('public', 'sealed')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT c.oid::regclass::text, coalesce(c.relacl::text, 'owner') FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'sealed') AND c.relkind IN ('r', 'S', 'v')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
""")


def place_of(database: Database) -> DatabaseLocation:
    return DatabaseLocation(database.owner.url, database.service.url)


@contextmanager
def blank(endpoint: Endpoint) -> Iterator[DatabaseLocation]:
    """An empty database that has the extensions, as the embedded one has."""
    run_sql(endpoint, "CREATE DATABASE blank TEMPLATE template1 OWNER luotu_owner")
    try:
        yield DatabaseLocation(
            make_engine(endpoint.url("owner", "blank")).url,
            make_engine(endpoint.url("service", "blank")).url,
        )
    finally:
        run_sql(endpoint, "DROP DATABASE blank WITH (FORCE)")


def digests(engine: Engine) -> dict[str, Any]:
    """A checksum over the rows of each table, and the state of each sequence."""
    with engine.connect() as connection:
        found: dict[str, Any] = {
            table: connection.exec_driver_sql(
                f"SELECT md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {table} t"
            ).scalar()
            for table in connection.scalars(_TABLES).all()
            if table not in OWN
        }
        sequences = text("SELECT sequencename AS name, last_value FROM pg_sequences")
        return found | {row.name: row.last_value for row in connection.execute(sequences)}


def rights(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return sorted((name, right) for name, right in connection.execute(_RIGHTS))


@contextmanager
def engine_of(place: DatabaseLocation) -> Iterator[Engine]:
    engine = make_engine(place.owner)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def lived_in(endpoint: Endpoint, with_districts: str, settings: Settings) -> Iterator[Database]:
    """A database with an account, a plot that was submitted, and a file of it."""
    with (
        new_database(endpoint, with_districts) as database,
        Server(settings, database) as server,
        signing_in(server, database) as sign_in,
    ):
        planner = sign_in("planner", WEST)
        plot = planner.post("/api/plots", json=feature()).json()["id"]
        paper = {"file": ("验收.pdf", b"%PDF-1.7 x")}
        answer = planner.post(f"/api/plots/{plot}/files", files=paper)
        assert answer.status_code == 201, answer.text
        server.rest()
        yield database


@pytest.fixture(scope="module")
def backup(lived_in: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups") / "today"
    write_backup(place_of(lived_in), Settings(port=8123), folder)
    return folder


def test_a_restored_copy_is_equal_row_by_row_with_its_rights(
    endpoint: Endpoint, lived_in: Database, backup: Path
) -> None:
    with blank(endpoint) as place, engine_of(place) as copy:
        restore_backup(place, backup, loaders=LOADERS)
        assert digests(copy) == digests(lived_in.owner)
        assert rights(copy) == rights(lived_in.owner)


def test_the_manifest_tells_rows_checksums_and_settings(lived_in: Database, backup: Path) -> None:
    manifest = read_manifest(backup)
    assert manifest.migration == head()
    assert manifest.rows["public.plot"] == lived_in.scalar("SELECT count(*) FROM plot")
    assert manifest.rows["public.file"] == 1
    assert set(manifest.files) == {
        path.relative_to(backup).as_posix() for path in (backup / DATABASE).iterdir()
    }
    assert manifest.settings == {"port": "8123"}


def test_a_backup_sees_one_moment_while_others_write(endpoint: Endpoint, tmp_path: Path) -> None:
    run_sql(endpoint, "CREATE DATABASE busy TEMPLATE template1 OWNER luotu_owner")
    try:
        place = DatabaseLocation(make_engine(endpoint.url("owner", "busy")).url, None)
        with engine_of(place) as engine:
            with engine.begin() as connection:
                connection.execute(text("CREATE TABLE alembic_version (version_num text)"))
                connection.execute(
                    text("INSERT INTO alembic_version VALUES (:head)"), {"head": head()}
                )
                connection.execute(text("CREATE TABLE a (n int)"))
                connection.execute(text("CREATE TABLE z (n int)"))
            ended, wrote = threading.Event(), threading.Event()

            def write() -> None:
                while not ended.is_set():
                    with engine.begin() as connection:
                        connection.execute(text("INSERT INTO a VALUES (1)"))
                        connection.execute(text("INSERT INTO z VALUES (1)"))
                    wrote.set()

            writer = threading.Thread(target=write)
            writer.start()
            try:
                assert wrote.wait(60)
                rows = write_backup(place, Settings(), tmp_path / "busy").rows
            finally:
                ended.set()
                writer.join()
            with engine.connect() as connection:
                after = connection.scalar(text("SELECT count(*) FROM a"))
        assert 0 < rows["public.a"] == rows["public.z"] < after
    finally:
        run_sql(endpoint, "DROP DATABASE busy WITH (FORCE)")


def test_a_backup_of_an_older_version_is_restored_and_migrated(
    endpoint: Endpoint, migrated: str, tmp_path: Path
) -> None:
    with new_database(endpoint, migrated) as database:
        downgrade(database.owner, "0110")
        write_backup(place_of(database), Settings(), tmp_path / "old")
    with blank(endpoint) as place, engine_of(place) as copy:
        assert restore_backup(place, tmp_path / "old", loaders=LOADERS).migration == "0110"
        with copy.connect() as connection:
            assert version(connection) == head()


def refused(folder: Path) -> str:
    with pytest.raises(Problem) as refusal:
        check_backup(folder)
    return f"{refusal.value.code} {refusal.value}"


@pytest.fixture
def copied(backup: Path, tmp_path: Path) -> Path:
    """A backup to be harmed."""
    copy = tmp_path / "copy"
    (copy / DATABASE).mkdir(parents=True)
    for path in backup.rglob("*"):
        if path.is_file():
            (copy / path.relative_to(backup)).write_bytes(path.read_bytes())
    return copy


def test_a_changed_byte_is_told_with_its_file(copied: Path) -> None:
    victim = max((copied / DATABASE).iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    assert refused(copied).startswith("backup_incomplete")
    assert victim.name in refused(copied)
    assert "checksum" in refused(copied)


def test_a_missing_file_is_told_with_its_name(copied: Path) -> None:
    victim = next((copied / DATABASE).iterdir())
    victim.unlink()
    assert f"{victim.name} is missing" in refused(copied)


def test_a_file_cut_off_is_told_with_its_size(copied: Path) -> None:
    victim = copied / DATABASE / "toc.dat"
    victim.write_bytes(victim.read_bytes()[:-1])
    assert "toc.dat has" in refused(copied)


def test_a_folder_without_a_manifest_is_no_backup(copied: Path) -> None:
    (copied / NAME).unlink()
    assert refused(copied).startswith("no_backup ")


def test_a_manifest_that_is_half_written_is_told(copied: Path) -> None:
    manifest = copied / NAME
    manifest.write_bytes(manifest.read_bytes()[:200])
    assert f"{NAME} cannot be read" in refused(copied)


def test_a_backup_of_a_newer_luotu_is_refused(copied: Path) -> None:
    manifest = copied / NAME
    manifest.write_text(manifest.read_text().replace(f'"{head()}"', '"9999"'))
    assert refused(copied).startswith("newer_database")


def test_a_database_with_tables_is_left_as_it_is(lived_in: Database, backup: Path) -> None:
    before = digests(lived_in.owner)
    with pytest.raises(Problem, match="has tables already") as refusal:
        restore_backup(place_of(lived_in), backup, loaders=LOADERS)
    assert refusal.value.code == "database_not_empty"
    assert digests(lived_in.owner) == before


def test_a_folder_that_holds_something_is_left_as_it_is(lived_in: Database, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(Problem, match="not empty") as refusal:
        write_backup(place_of(lived_in), Settings(), tmp_path)
    assert refusal.value.code == "folder_not_empty"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@as_root
def test_a_disk_that_fills_leaves_nothing_of_the_backup(lived_in: Database, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 100) as disk:
        with pytest.raises(OSError, match="No space left"):
            write_backup(place_of(lived_in), Settings(), disk / "today")
        assert [*disk.iterdir()] == []


def test_a_night_without_its_folder_names_the_setting(lived_in: Database) -> None:
    with pytest.raises(Problem, match="LUOTU_BACKUP_DIR") as refusal:
        back_up_tonight(place_of(lived_in), Settings())
    assert refusal.value.code == "no_backup_folder"


def test_metrics_tell_when_the_newest_backup_was_made(lived_in: Database, tmp_path: Path) -> None:
    registry = CollectorRegistry()
    tell_backups(registry, tmp_path)
    assert b"luotu_backup_newest_timestamp_seconds 0.0" in generate_latest(registry)
    _, manifest = back_up_tonight(place_of(lived_in), Settings(backup_dir=tmp_path))
    said = generate_latest(registry).decode().splitlines()[-1].partition(" ")[2]
    assert float(said) == int(manifest.made_at.timestamp())


@pytest.fixture
def outside(endpoint: Endpoint) -> Iterator[Outside]:
    """Two databases of an owner who is no superuser; the second has no extension."""
    with owned(endpoint, "keeper", "CREATEROLE", "from_here", "to_there") as made:
        made.run("CREATE EXTENSION postgis", "from_here")
        yield made


def test_an_owner_without_superuser_moves_a_database_and_gets_a_role_of_its_own(
    outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = DatabaseLocation(make_engine(outside.address("from_here")).url, None)
    target = DatabaseLocation(make_engine(outside.address("to_there")).url, None)
    with engine_of(source) as engine:
        migrate(engine, role=None, loaders=LOADERS)
    folder = tmp_path / "moved"
    write_backup(source, Settings(), folder)
    with pytest.raises(RightsMissing, match="lacks rights"):
        restore_backup(target, folder, loaders=LOADERS)
    outside.run("CREATE EXTENSION postgis", "to_there")
    restore_backup(target, folder, loaders=LOADERS)
    assert outside.password_of("from_here") != outside.password_of("to_there")
    with engine_of(target) as engine, engine.connect() as connection:
        kept = connection.scalar(text("SELECT name FROM sealed.service_role"))
    assert kept == target.service.username


def test_other_rows_than_went_out_leave_the_database_empty(
    endpoint: Endpoint, copied: Path
) -> None:
    manifest = read_manifest(copied)
    told = {**manifest.rows, "public.plot": 7}
    changed = manifest.model_copy(update={"rows": told})
    (copied / NAME).write_text(changed.model_dump_json())
    with blank(endpoint) as place, engine_of(place) as copy:
        with pytest.raises(Problem, match=r"public\.plot came out with 1 rows") as refusal:
            restore_backup(place, copied, loaders=LOADERS)
        assert refusal.value.code == "rows_differ"
        assert set(digests(copy)) == set()
        (copied / NAME).write_text(manifest.model_dump_json())
        restore_backup(place, copied, loaders=LOADERS)


def test_a_dump_that_ends_in_the_middle_leaves_the_database_empty(
    endpoint: Endpoint, copied: Path
) -> None:
    manifest = read_manifest(copied)
    victim = max((copied / DATABASE).glob("*.gz"), key=lambda path: path.stat().st_size)
    victim.write_bytes(victim.read_bytes()[: victim.stat().st_size // 2])
    with blank(endpoint) as place, engine_of(place) as copy:
        with pytest.raises(Problem, match="nothing was left") as refusal:
            restore_backup(place, copied, checked=manifest, loaders=LOADERS)
        assert refusal.value.code == "pg_program_failed"
        assert set(digests(copy)) == set()


def test_the_night_begins_at_its_hour_and_leaves_a_backup(
    lived_in: Database, tmp_path: Path
) -> None:
    night = Settings(backup_dir=tmp_path, backup_hour=3, backup_days=1, backup_months=1)
    moment = datetime(2026, 11, 29, 18, 59, 59, 900_000, tzinfo=UTC)  # 0.1 s before 03:00 Beijing
    with clock_at(moment), backing_up(place_of(lived_in), night):
        until(lambda: newest_backup(tmp_path) is not None)
    assert newest_backup(tmp_path) == moment.replace(microsecond=0)
