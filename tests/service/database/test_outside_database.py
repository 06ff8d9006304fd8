"""``LUOTU_DATABASE_URL``: a role per database, its rights, and what a plain owner is told."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from service.cli.context import opened
from service.database.client_programs import call, find_program
from service.database.engine import make_engine
from service.database.location import database
from service.database.migrate import migrate
from service.database.own_names import own_functions, own_tables
from service.database.revision import head
from service.database.rights import RightsMissing
from service.embedded import Endpoint
from service.errors import Problem
from service.jobs.db.queue import make_schema
from service.run.loaders import LOADERS
from service.settings import load
from tests.service.cli.command_line import CommandLine
from tests.service.database.old_databases import take_back
from tests.service.database.outside_server import (
    QUOTED_PASSWORD,
    Outside,
    owned,
    statements,
)

ODD = '落图 "test"; %s:x' + "é" * 21  # 63 bytes, the longest name that there is

LUOTU = Path(sys.executable).with_name("luotu")


@pytest.fixture(scope="module")
def outside(endpoint: Endpoint) -> Iterator[Outside]:
    """Two migrated databases of one owner who may make roles, one of an odd name."""
    with owned(endpoint, "dba", "CREATEROLE CREATEDB", "production", ODD) as made:
        for name in ("production", ODD):
            made.run("CREATE EXTENSION postgis", name)
            owner = make_engine(made.address(name))
            migrate(owner, role=None, loaders=LOADERS)
            owner.dispose()
        yield made


@pytest.fixture
def luotu(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> CommandLine:
    """The command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, luotu: CommandLine) -> Callable[[str], None]:
    """Name the database that commands use."""
    return lambda address: monkeypatch.setenv("LUOTU_DATABASE_URL", address)


def test_every_database_has_a_role_of_its_own_that_signs_in_there(outside: Outside) -> None:
    names = set()
    for name in ("production", ODD):
        with database(load({"LUOTU_DATABASE_URL": outside.address(name)})) as place:
            engine = make_engine(place.service)
            with engine.connect() as connection:
                assert connection.scalar(text("SELECT current_database()")) == name
                assert connection.scalar(text("SELECT count(*) FROM kind")) > 0
                names.add(connection.scalar(text("SELECT current_user")))
            engine.dispose()
    assert len(names) == 2


@pytest.mark.parametrize("name", ["production", ODD])
def test_the_queue_and_backups_find_a_database_of_any_name_and_password(
    outside: Outside, name: str, tmp_path: Path
) -> None:
    owner = make_url(outside.address(name))
    make_schema(owner)
    assert outside.ask("SELECT count(*) FROM procrastinate.procrastinate_jobs", name) == 0
    target = tmp_path / "structure.sql"
    with database(load({"LUOTU_DATABASE_URL": outside.address(name)})) as place:
        arguments = ["--schema-only", f"--file={target}"]
        call(find_program("pg_dump", 15), place.owner, arguments)
    assert "CREATE TABLE" in target.read_text()


def test_the_secret_is_the_owners_alone(outside: Outside) -> None:
    with database(load({"LUOTU_DATABASE_URL": outside.address("production")})) as place:
        engine = make_engine(place.service)
        with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission"):
            connection.execute(text("SELECT * FROM sealed.service_role"))
        engine.dispose()


def test_commands_from_other_folders_at_one_moment_take_nobody_down(
    outside: Outside, tmp_path: Path
) -> None:
    names = ("production", ODD)
    before = [outside.password_of(name) for name in names]
    assert all(verifier.startswith("SCRAM-SHA-256$") for verifier in before)
    commands = [("user", "list"), ("db", "migrate"), ("db", "status"), ("coverage",)]
    started = []
    for n, (name, command) in enumerate((name, command) for command in commands for name in names):
        folder = tmp_path / str(n)
        folder.mkdir()
        environment = {"PATH": os.environ["PATH"], "LUOTU_DATABASE_URL": outside.address(name)}
        started.append(
            subprocess.Popen(
                [LUOTU, *command],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
    said = [process.communicate(timeout=300)[0] for process in started]
    assert [process.returncode for process in started] == [0] * len(started), said
    assert [outside.password_of(name) for name in names] == before
    assert [*tmp_path.rglob("*")] == [*tmp_path.iterdir()]  # nothing was written into any folder


def test_another_password_is_given_when_asked_for_only(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    settings(outside.address(ODD))
    before = outside.password_of(ODD)
    assert luotu("db", "migrate", "--new-password").status == 0
    assert outside.password_of(ODD) != before
    assert luotu("user", "list").status == 0


def test_a_copy_of_a_database_gets_a_role_of_its_own(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    before = outside.password_of("production")
    outside.run("CREATE DATABASE copied TEMPLATE production OWNER dba")
    try:
        settings(outside.address("copied"))
        refused = luotu("user", "list")
        assert (refused.status, "luotu db migrate" in refused.err) == (1, True)
        assert luotu("db", "migrate").status == 0
        assert luotu("user", "list").status == 0
        assert outside.password_of("production") == before
        assert outside.password_of("copied") != before
        number = outside.ask("SELECT oid FROM pg_database WHERE datname = 'production'")
        privilege = f"has_table_privilege('luotu_service_{number}', 'plot', 'SELECT')"
        assert outside.ask(f"SELECT {privilege}", "production") is True
        assert outside.ask(f"SELECT {privilege}", "copied") is False
    finally:
        outside.run("DROP DATABASE copied WITH (FORCE)")


def test_a_database_of_the_version_before_is_carried_over(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    owner = make_engine(outside.address(ODD))
    take_back(owner, "0036")
    with owner.begin() as connection:
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO luotu_service"))
        connection.execute(text("GRANT EXECUTE ON FUNCTION ground_around TO luotu_service"))
    owner.dispose()
    settings(outside.address(ODD))
    assert luotu("user", "list").status == 1
    said = luotu("db", "migrate")
    assert (said.status, "DROP ROLE luotu_service" in said.out) == (0, True)
    assert luotu("user", "list").status == 0
    privilege = "has_table_privilege('luotu_service', 'plot', 'SELECT')"
    assert outside.ask(f"SELECT {privilege}", ODD) is False


def test_a_role_that_somebody_made_serves_too(
    outside: Outside,
    luotu: CommandLine,
    settings: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings(outside.address("production"))
    monkeypatch.setenv("LUOTU_SERVICE_DATABASE_URL", outside.address("production", "own_service_1"))
    refused = luotu("db", "migrate")
    assert (refused.status, "CREATE ROLE own_service_1" in refused.err) == (1, True)
    outside.run(f"CREATE ROLE own_service_1 LOGIN PASSWORD {QUOTED_PASSWORD}")
    assert luotu("db", "migrate").status == 0
    assert luotu("user", "list").status == 0
    outside.run("ALTER ROLE own_service_1 BYPASSRLS")
    refused = luotu("db", "migrate")
    assert (refused.status, "ALTER ROLE own_service_1 NOSUPERUSER" in refused.err) == (1, True)
    monkeypatch.setenv("LUOTU_SERVICE_DATABASE_URL", outside.address("production"))
    refused = luotu("db", "migrate")
    assert (refused.status, "the owner itself" in refused.err) == (1, True)
    monkeypatch.delenv("LUOTU_SERVICE_DATABASE_URL")
    outside.run("REASSIGN OWNED BY own_service_1 TO dba", "production")
    outside.run("DROP OWNED BY own_service_1", "production")
    outside.run("DROP ROLE own_service_1")
    assert luotu("db", "migrate").status == 0


DOORS = (
    ("db", "migrate"),
    ("db", "status"),
    ("db", "verify"),
    ("db", "drain"),
    ("user", "list"),
    ("coverage",),
    ("demo",),
    ("export", "plots", "x.zip"),
    ("map", "coverage", "x.html"),
    ("run", "--port", "8102"),
)


@pytest.mark.parametrize("command", DOORS, ids=" ".join)
def test_a_database_of_a_newer_program_is_told_at_every_door(
    outside: Outside,
    luotu: CommandLine,
    settings: Callable[[str], None],
    command: tuple[str, ...],
) -> None:
    settings(outside.address("production"))
    outside.run("UPDATE alembic_version SET version_num = '9999'", "production")
    try:
        said = luotu(*command)
    finally:
        outside.run(f"UPDATE alembic_version SET version_num = '{head()}'", "production")
    assert said.status == 1
    assert "9999" in said.err
    assert "a newer Luotu" in said.err
    assert "Traceback" not in said.err


def test_what_a_plain_owner_lacks_is_named_at_once_and_what_is_told_mends_it(
    endpoint: Endpoint,
    luotu: CommandLine,
    settings: Callable[[str], None],
) -> None:
    with owned(endpoint, "plain", "", "bare") as place:
        place.run("ALTER DATABASE bare OWNER TO luotu_admin")
        place.run("REVOKE CONNECT ON DATABASE bare FROM PUBLIC")
        place.run("GRANT CONNECT ON DATABASE bare TO plain")
        place.run("REVOKE ALL ON SCHEMA public FROM PUBLIC", "bare")
        settings(place.address("bare"))
        for command in (("user", "list"), ("db", "verify"), ("run", "--port", "8102")):
            refused = luotu(*command)
            assert (refused.status, "luotu db migrate" in refused.err) == (1, True)
        assert "none" in luotu("db", "status").out
        refused = luotu("db", "migrate")
        assert refused.status == 1
        commands = statements(refused.err)
        assert [command.split(" TO ")[0].split(" SCHEMA ")[0] for command in commands] == [
            "GRANT USAGE, CREATE ON",
            "GRANT CREATE ON DATABASE bare",
            "CREATE EXTENSION postgis",
            "CREATE EXTENSION btree_gist",
            "ALTER ROLE plain CREATEROLE;",
            "GRANT CONNECT ON DATABASE bare",
            "GRANT USAGE ON",
        ]
        for statement in commands:
            place.run(statement, "bare")
        migrated = luotu("db", "migrate")
        assert (migrated.status, migrated.err) == (0, "")
        # && stays without its declaration, which only a superuser can make: told, not refused.
        assert "LEAKPROOF" in migrated.out
        for command in (("user", "list"), ("db", "status"), ("db", "verify")):
            assert luotu(*command).status == 0


def test_missing_rights_are_refused_by_their_code(endpoint: Endpoint) -> None:
    with owned(endpoint, "poor", "", "poor_place") as place:
        engine = make_engine(place.address("poor_place"))
        with pytest.raises(RightsMissing) as refusal:
            migrate(engine, role=None, loaders=LOADERS)
        engine.dispose()
    assert (refusal.value.status, refusal.value.code) == (409, "rights_missing")


@pytest.mark.parametrize("command", DOORS, ids=" ".join)
def test_who_does_not_own_the_tables_is_told_whose_they_are(
    outside: Outside,
    luotu: CommandLine,
    settings: Callable[[str], None],
    command: tuple[str, ...],
) -> None:
    outside.run(f"CREATE ROLE stranger LOGIN PASSWORD {QUOTED_PASSWORD}")
    try:
        settings(outside.address("production", "stranger"))
        said = luotu(*command)
    finally:
        outside.run("DROP ROLE stranger")
    assert said.status == 1
    assert "REASSIGN OWNED BY dba TO stranger;" in said.err
    assert "Traceback" not in said.err


def test_tables_of_others_in_the_same_schema_are_left_alone(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    outside.run("CREATE TABLE public.of_others (n int)", "production")
    try:
        settings(outside.address("production"))
        said = luotu("db", "migrate")
        assert (said.status, said.err) == (0, "")
        number = outside.ask("SELECT oid FROM pg_database WHERE datname = 'production'")
        privilege = f"has_table_privilege('luotu_service_{number}', 'of_others', 'SELECT')"
        assert outside.ask(f"SELECT {privilege}", "production") is False
    finally:
        outside.run("DROP TABLE of_others", "production")


def test_an_extension_elsewhere_is_told_before_anything_is_made(
    endpoint: Endpoint, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    with owned(endpoint, "other", "CREATEROLE", "elsewhere") as place:
        place.run("CREATE SCHEMA gis", "elsewhere")
        place.run("CREATE EXTENSION postgis SCHEMA gis", "elsewhere")
        settings(place.address("elsewhere"))
        said = luotu("db", "migrate")
        assert (said.status, "is in gis" in said.err) == (1, True)
        assert "none" in luotu("db", "status").out


WIDE = {
    "a superuser": ("ALTER ROLE {role} SUPERUSER", "ALTER ROLE {role} NOSUPERUSER"),
    "beyond row security": ("ALTER ROLE {role} BYPASSRLS", "ALTER ROLE {role} NOBYPASSRLS"),
    "a member of the owner": ("GRANT dba TO {role}", "REVOKE dba FROM {role}"),
}


@pytest.mark.parametrize("how", WIDE)
def test_a_role_that_passes_by_row_security_is_refused_at_every_door(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None], how: str
) -> None:
    settings(outside.address("production"))
    number = outside.ask("SELECT oid FROM pg_database WHERE datname = 'production'")
    widen, narrow = (text.format(role=f"luotu_service_{number}") for text in WIDE[how])
    outside.run(widen)
    try:
        doors = (door for door in DOORS if door != ("db", "status"))
        said = {" ".join(door): luotu(*door) for door in doors}
    finally:
        outside.run(narrow)
    for door, answer in said.items():
        assert (door, answer.status) == (door, 1)
        assert "pass by row security" in answer.err
        assert [line.split()[0] for line in statements(answer.err)] == [narrow.split()[0]]
    for statement in statements(said["db migrate"].err):
        outside.run(statement)
    assert luotu("user", "list").status == 0


@pytest.mark.parametrize("how", ["NOLOGIN", "VALID UNTIL '2020-01-01'", "CONNECTION LIMIT 0"])
def test_a_role_that_cannot_sign_in_is_named_with_what_mends_it(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None], how: str
) -> None:
    settings(outside.address("production"))
    number = outside.ask("SELECT oid FROM pg_database WHERE datname = 'production'")
    outside.run(f"ALTER ROLE luotu_service_{number} {how}")
    try:
        refused = luotu("user", "list")
        assert (refused.status, "luotu db migrate" in refused.err) == (1, True)
        told = statements(luotu("db", "migrate").err)
        assert len(told) == 1
        outside.run(told[0])
    finally:
        outside.run(f"ALTER ROLE luotu_service_{number} LOGIN VALID UNTIL 'infinity'")
    assert luotu("db", "migrate").status == 0
    assert luotu("user", "list").status == 0


def test_a_password_that_somebody_else_changed_is_told_with_what_mends_it(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    settings(outside.address("production"))
    number = outside.ask("SELECT oid FROM pg_database WHERE datname = 'production'")
    outside.run(f"ALTER ROLE luotu_service_{number} PASSWORD 'another'")
    refused = luotu("export", "districts", "x.geojson")
    assert (refused.status, "luotu db migrate --new-password" in refused.err) == (1, True)
    place = load({"LUOTU_DATABASE_URL": outside.address("production")})
    with pytest.raises(Problem) as problem, opened(place):
        pass
    assert (problem.value.status, problem.value.code) == (409, "service_shut_out")
    assert luotu("db", "migrate", "--new-password").status == 0
    assert luotu("user", "list").status == 0


ODD_SETTINGS = (
    "datestyle = 'SQL, DMY'",
    "intervalstyle = 'sql_standard'",
    "bytea_output = 'escape'",
    "standard_conforming_strings = off",
    "client_encoding = 'GBK'",
    "default_transaction_isolation = 'serializable'",
    "extra_float_digits = -3",
    "timezone = 'Asia/Shanghai'",
    "transform_null_equals = on",
    "row_security = off",
    "search_path = 'nowhere'",
)


def test_what_a_database_has_set_otherwise_changes_no_answer(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    settings(outside.address("production"))
    asked = (("user", "list"), ("audit",), ("coverage", "--format", "csv"), ("db", "verify"))
    assert luotu("user", "add", "li", "--role", "viewer", "--district", "220102").status in (0, 1)
    before = [luotu(*question) for question in asked]
    for setting in ODD_SETTINGS:
        outside.run(f"ALTER DATABASE production SET {setting}")
    try:
        assert luotu("db", "migrate").err == ""
        assert [luotu(*question) for question in asked] == before
    finally:
        outside.run("ALTER DATABASE production RESET ALL")


def test_tables_that_the_server_lets_nobody_take_are_told_with_a_way_around(
    endpoint: Endpoint, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    with owned(endpoint, "heir", "", "left_behind") as place:
        place.run("CREATE TABLE public.alembic_version (version_num text)", "left_behind")
        settings(place.address("left_behind"))
        for command in (("db", "migrate"), ("user", "list")):
            refused = luotu(*command)
            assert (refused.status, "luotu restore DIR" in refused.err) == (1, True)
            (told,) = statements(refused.err)
        place.run(told)
        assert place.ask("SELECT count(*) FROM pg_database WHERE datname = 'luotu_own'") == 1
        place.run("DROP DATABASE luotu_own")


def test_a_schema_that_was_shut_is_told_at_every_door(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    settings(outside.address("production"))
    outside.run("REVOKE ALL ON SCHEMA public FROM PUBLIC, pg_database_owner", "production")
    try:
        for door in DOORS:
            refused = luotu(*door)
            assert (door, refused.status) == (door, 1)
            assert "GRANT USAGE, CREATE ON SCHEMA public TO dba;" in statements(refused.err)
    finally:
        outside.run("GRANT ALL ON SCHEMA public TO pg_database_owner", "production")
        outside.run("GRANT USAGE ON SCHEMA public TO PUBLIC", "production")


def test_without_a_connection_the_address_is_what_to_look_at(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    address = outside.address("production")
    for wrong in (
        address.replace(address.split(":")[2].rpartition("@")[0], "public"),
        address.replace("production", "nowhere"),
        f"{address}?sslmode=require&sslrootcert=/nowhere",
        f"{address}?nosuch=1",
    ):
        settings(wrong)
        refused = luotu("db", "status")
        assert (refused.status, "options in LUOTU_DATABASE_URL" in refused.err) == (1, True)
        assert "cret" not in refused.err


def test_single_things_of_ours_that_a_stranger_owns_are_told_with_what_gives_them_back(
    outside: Outside, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    things = (
        "FUNCTION public.beijing_today()",
        "SCHEMA sealed",
        "TABLE public.plot",
        "TABLE public.plot_comment",
        "TABLE sealed.scope_key",
    )
    told = [f"ALTER {thing} OWNER TO dba;" for thing in things]
    outside.run("CREATE ROLE stranger")
    outside.run("CREATE TABLE of_others ()", "production")
    outside.run("ALTER TABLE of_others OWNER TO stranger", "production")
    for thing in things:
        outside.run(f"ALTER {thing} OWNER TO stranger", "production")
    try:
        settings(outside.address("production"))
        refused, checked = luotu("db", "migrate"), luotu("db", "check")
        for statement in told:
            outside.run(statement, "production")
        after = luotu("db", "migrate")
    finally:
        outside.run("DROP TABLE of_others", "production")
        outside.run("REASSIGN OWNED BY stranger TO dba", "production")
        outside.run("DROP OWNED BY stranger", "production")
        outside.run("DROP ROLE stranger")
    assert (refused.status, statements(refused.err)) == (1, told)
    assert (checked.status, statements(checked.out)[: len(told)]) == (1, told)
    assert (after.status, after.err) == (0, "")


def test_the_names_of_our_tables_and_functions_are_known(outside: Outside) -> None:
    made = """SELECT array_agg({0}::text) FROM {1} t WHERE {2}namespace = 'public'::regnamespace
        AND pg_get_userbyid({2}owner) = 'dba'"""
    tables = made.format("relname", "pg_class", "rel") + " AND relkind IN ('r', 'p')"
    assert {*outside.ask(tables, "production")} == own_tables()
    functions = {*outside.ask(made.format("proname", "pg_proc", "pro"), "production")}
    assert functions == own_functions()


def test_a_name_of_ours_that_another_program_took_is_told_and_nothing_is_made(
    endpoint: Endpoint, luotu: CommandLine, settings: Callable[[str], None]
) -> None:
    with owned(endpoint, "guest", "CREATEROLE", "crowded") as place:
        place.run("CREATE EXTENSION postgis; CREATE EXTENSION btree_gist", "crowded")
        place.run("CREATE TABLE public.plan (n int)", "crowded")
        settings(place.address("crowded"))
        refused = luotu("db", "migrate")
        assert (refused.status, "a database of its own" in refused.err) == (1, True), refused.err
        assert place.ask("SELECT to_regclass('plot')::text", "crowded") is None
        engine = make_engine(place.address("crowded"))
        with pytest.raises(Problem) as problem:
            migrate(engine, role=None, loaders=LOADERS)
        engine.dispose()
    assert (problem.value.status, problem.value.code) == (409, "name_taken")
