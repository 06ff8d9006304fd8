"""The SQL library: what stands in its files is in force, and nothing else."""

import re
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from service.database import sql_library
from service.database.migrate import migrate
from service.database.sql_library import (
    in_force,
    library,
    parts,
    register_functions,
    replace_library,
)
from tests.service.conftest import Database

STEP = "tiles/square_step"
TESTS = Path(__file__).with_name("sql")


def use(monkeypatch: pytest.MonkeyPatch, texts: Mapping[str, str]) -> None:
    """Let the library hold other texts, as after an edit of its files."""
    monkeypatch.setattr(sql_library, "library", lambda: texts)


def functions(database: Database, name: str) -> list[str]:
    with database.owner.connect() as connection:
        query = text("SELECT oid::regprocedure::text FROM pg_proc WHERE proname = :name")
        return list(connection.scalars(query, {"name": name}))


def test_a_migrated_database_has_the_texts_in_force(empty: Database) -> None:
    with empty.owner.begin() as connection:
        assert in_force(connection)
        assert replace_library(connection) is False


def test_an_edited_text_is_in_force_after_the_next_migrate(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = library()[STEP].replace("* sides / 360", "* sides / 180")
    use(monkeypatch, {**library(), STEP: edited})
    before = empty.scalar("SELECT square_step(90, 4)")
    migrate(empty.owner)
    assert (before, empty.scalar("SELECT square_step(90, 4)")) == (1, 2)


def test_a_function_that_answers_another_type_is_made_anew(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "CREATE OR REPLACE FUNCTION luck() RETURNS {0} LANGUAGE sql AS $$ SELECT 7::{0} $$;\n"
    comment = "COMMENT ON FUNCTION luck() IS 'A number';\n"
    for kind in ("integer", "bigint"):
        use(monkeypatch, {**library(), "database/luck": more.format(kind) + comment})
        migrate(empty.owner)
    assert empty.scalar("SELECT pg_typeof(luck())::text") == "bigint"


def test_a_function_with_other_arguments_leaves_no_twin_behind(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    text_of = (
        "CREATE OR REPLACE FUNCTION twin({0}) RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;\n"
        "COMMENT ON FUNCTION twin({0}) IS 'One';\n"
    )
    for arguments in ("integer", "integer, integer"):
        use(monkeypatch, {**library(), "database/twin": text_of.format(arguments)})
        migrate(empty.owner)
    assert functions(empty, "twin") == ["twin(integer,integer)"]


def test_what_has_no_file_any_more_is_taken_out(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = {name: body for name, body in library().items() if name != "coverage/await_writers"}
    use(monkeypatch, without)
    migrate(empty.owner)
    assert functions(empty, "await_writers") == []
    query = "SELECT count(*) FROM pg_trigger WHERE tgname = 'district_boundary_writers'"
    assert empty.scalar(query) == 0


def test_a_function_from_before_the_library_goes_when_it_has_no_text(empty: Database) -> None:
    with empty.owner.begin() as connection:
        connection.execute(
            text("CREATE FUNCTION enter_scope() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
        )
        register_functions(connection, "carried over", ["enter_scope()"])
    migrate(empty.owner)
    assert functions(empty, "enter_scope") == []


def test_a_text_that_fails_leaves_the_database_as_it_was(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = library()[STEP] + "CREATE TRIGGER none AFTER INSERT ON nowhere EXECUTE FUNCTION no();"
    use(monkeypatch, {**library(), STEP: broken})
    with pytest.raises(psycopg.errors.UndefinedTable, match="nowhere"):
        migrate(empty.owner)
    monkeypatch.undo()
    with empty.owner.connect() as connection:
        assert in_force(connection)


@pytest.mark.parametrize("name", [name for name in library() if not name.endswith("policies")])
def test_each_file_holds_the_function_of_its_name_and_says_what_it_does(name: str) -> None:
    body = library()[name]
    function = name.rpartition("/")[2]
    assert f"FUNCTION {function}(" in body or f"FUNCTION sealed.{function}(" in body
    assert body.count("CREATE OR REPLACE FUNCTION") == body.count("COMMENT ON FUNCTION") == 1


@pytest.mark.parametrize("name", list(library()))
def test_each_file_begins_with_what_it_does_in_a_comment_within_100_columns(name: str) -> None:
    header, _, _ = library()[name].partition("\nCREATE ")
    assert header.startswith("-- ")
    assert max(len(line) for line in header.splitlines()) <= 100


@pytest.mark.parametrize("name", list(parts()))
def test_each_part_is_taken_in_whole_by_a_text(name: str) -> None:
    # What stands for a value begins with a colon; two of them are a cast.
    pieces = re.split(r"(?<!:):(?!:)\w+", parts()[name])
    whole = re.compile(r"\w+".join(re.escape(piece) for piece in pieces))
    assert [text for text, body in library().items() if whole.search(body)]


def test_no_text_is_left_with_a_part_outside() -> None:
    assert [name for name, body in library().items() if "-- include" in body] == []


def test_a_part_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="coverage/nowhere"):
        sql_library._whole("WITH a AS (\n    -- include coverage/nowhere\n")


def test_each_file_has_a_test_file_of_its_own_and_no_other_is_there() -> None:
    tested = {
        f"{file.parent.name}/{file.stem.removeprefix('test_')}"
        for file in TESTS.glob("*/test_*.py")
    }
    assert tested == set(library())


def test_every_function_in_the_database_says_what_it_does(empty: Database) -> None:
    bare = empty.scalar("""
        SELECT array_agg(p.oid::regprocedure::text) FROM pg_proc p
        WHERE p.pronamespace IN ('public'::regnamespace, 'sealed'::regnamespace)
          AND obj_description(p.oid, 'pg_proc') IS NULL
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    """)
    assert bare is None
