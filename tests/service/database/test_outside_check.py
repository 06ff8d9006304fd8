"""``luotu db check``: what a database lacks is told with what mends it, and nothing is changed."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.cli.database import check
from service.embedded import Endpoint
from service.errors import Problem
from tests.service.cli.command_line import CommandLine, Said
from tests.service.database.outside_server import Outside, owned, statements

NAME = "checked"


@pytest.fixture
def luotu(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> CommandLine:
    """The command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return CommandLine(capsys, monkeypatch)


@pytest.fixture
def place(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """An empty database of an owner who may do nothing but make tables in it."""
    with owned(endpoint, "checker", "", NAME) as made:
        monkeypatch.setenv("LUOTU_DATABASE_URL", made.address(NAME))
        yield made


def _findings(said: Said) -> dict[str, str]:
    """Subject and verdict; the worst where there are several."""
    rows = re.findall(r"^(?:正常|建议|缺少) (fine|better|missing) (\S+):", said.out, re.MULTILINE)
    return {what: verdict for verdict, what in sorted(rows)}


def test_what_is_missing_is_told_and_what_is_told_mends_it(
    place: Outside, luotu: CommandLine
) -> None:
    said = luotu("db", "check")
    assert (said.status, _findings(said)["rights"]) == (1, "missing")
    assert place.ask("SELECT count(*) FROM pg_class WHERE relname = 'plot'", NAME) == 0
    for statement in statements(said.out):
        if not statement.startswith("ALTER SYSTEM"):  # the server of the tests forgoes its safety
            place.run(statement, NAME)
    said = luotu("db", "check")
    assert (said.status, said.err) == (0, "")
    assert _findings(said) == {
        "durability": "better",
        "version": "fine",
        "rights": "fine",
        "connections": "fine",
        "TLS": "fine",
        "collation": "fine",
        "clock": "fine",
        "disk": "fine",
    }
    assert luotu("db", "migrate").status == 0
    said = luotu("db", "check")
    assert (said.status, _findings(said)["index"]) == (0, "better")
    place.run("REVOKE ALL ON SCHEMA public FROM PUBLIC", NAME)
    place.run("ALTER ROLE checker NOCREATEROLE")
    assert luotu("db", "check").status == 0


@pytest.mark.usefixtures("place")
def test_what_is_missing_is_refused_by_its_code() -> None:
    with pytest.raises(Problem) as refused:
        check()
    assert (refused.value.status, refused.value.code) == (409, "database_lacks")


LACKING: dict[str, tuple[str, str, str]] = {
    "connections": (
        f"ALTER DATABASE {NAME} CONNECTION LIMIT 7",
        "better",
        rf"ALTER DATABASE {NAME} CONNECTION LIMIT \d\d;",
    ),
    "writable": (
        f"ALTER DATABASE {NAME} SET default_transaction_read_only = on",
        "missing",
        f"ALTER DATABASE {NAME} SET default_transaction_read_only = off;",
    ),
}


@pytest.mark.parametrize("what", LACKING)
def test_a_server_that_is_set_otherwise_is_told_with_its_statement(
    place: Outside, luotu: CommandLine, what: str
) -> None:
    assert what == "connections" or what not in _findings(luotu("db", "check"))
    change, verdict, mend = LACKING[what]
    place.run(change)
    said = luotu("db", "check")
    assert _findings(said)[what] == verdict
    assert re.search(mend, said.out)


def test_a_database_of_another_encoding_is_refused_before_anything_is_made(
    endpoint: Endpoint, luotu: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with owned(endpoint, "latin", "CREATEROLE") as made:
        made.run(
            "CREATE DATABASE latin OWNER latin TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"
        )
        try:
            monkeypatch.setenv("LUOTU_DATABASE_URL", made.address("latin"))
            for command in ("check", "migrate"):
                said = luotu("db", command)
                assert said.status == 1
                assert "ENCODING 'UTF8' TEMPLATE template0;" in said.out + said.err
        finally:
            made.run("DROP DATABASE latin WITH (FORCE)")


# One right at a time is taken from the owner of a migrated database, or a thing from below it.
WITHOUT: dict[str, Callable[[str], tuple[str, ...]]] = {
    "connect": lambda owner: (f"REVOKE CONNECT ON DATABASE {NAME} FROM PUBLIC, {owner}",),
    "public": lambda owner: (f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {owner}",),
    "sealed": lambda owner: (f"REVOKE ALL ON SCHEMA sealed FROM {owner}",),
    "password": lambda owner: (f"ALTER ROLE {owner} PASSWORD 'another'",),
    "login": lambda owner: (f"ALTER ROLE {owner} NOLOGIN",),
    "roles": lambda owner: (f"ALTER ROLE {owner} NOCREATEROLE",),
    "places": lambda owner: (f"ALTER ROLE {owner} CONNECTION LIMIT 0",),
    "service": lambda _: (
        "DO $$ BEGIN EXECUTE (SELECT format('ALTER ROLE luotu_service_%s NOLOGIN', oid) "
        f"FROM pg_database WHERE datname = '{NAME}'); END $$",
    ),
    "plot": lambda owner: (f"REVOKE ALL ON plot FROM {owner}",),
    "read-only": lambda _: (f"ALTER DATABASE {NAME} SET default_transaction_read_only = on",),
}
DOORS = (
    ("db", "status"),
    ("db", "check"),
    ("db", "migrate"),
    ("db", "verify"),
    ("db", "drain"),
    ("user", "list"),
    ("user", "add", "wang", "--role", "planner"),
    ("coverage",),
    ("demo", "--remove"),
    ("export", "plots", "x.zip"),
    ("map", "coverage", "x.html"),
    ("backup", "b"),
    ("forget",),
)


@pytest.mark.parametrize("right", WITHOUT)
def test_an_owner_without_one_right_gets_words_at_every_command(
    endpoint: Endpoint, luotu: CommandLine, monkeypatch: pytest.MonkeyPatch, right: str
) -> None:
    with owned(endpoint, "single", "CREATEROLE", NAME) as made:
        monkeypatch.setenv("LUOTU_DATABASE_URL", made.address(NAME))
        made.run("CREATE EXTENSION postgis; CREATE EXTENSION btree_gist", NAME)
        assert luotu("db", "migrate").status == 0
        for statement in WITHOUT[right]("single"):
            made.run(statement, NAME)
        said = {" ".join(door): luotu(*door) for door in DOORS}
    for door, answer in said.items():
        assert answer.status in {0, 1}, (door, answer)
        assert (answer.status == 0) or answer.err.startswith("luotu: "), (door, answer)
        assert "Traceback" not in answer.err, (door, answer)


def test_a_shut_schema_hides_nothing_else_that_is_missing(
    endpoint: Endpoint, luotu: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with owned(endpoint, "shut", "CREATEROLE", NAME) as made:
        monkeypatch.setenv("LUOTU_DATABASE_URL", made.address(NAME))
        made.run("CREATE EXTENSION postgis; CREATE EXTENSION btree_gist", NAME)
        assert luotu("db", "migrate").status == 0
        made.run("REVOKE ALL ON SCHEMA public FROM PUBLIC, shut, pg_database_owner", NAME)
        made.run(f"ALTER DATABASE {NAME} SET default_transaction_read_only = on")
        said = luotu("db", "check")
        assert said.status == 1
        assert {"rights", "writable", "disk"} <= _findings(said).keys(), said
        assert "GRANT USAGE, CREATE ON SCHEMA public TO shut;" in statements(said.out)
