"""The migrations make what the tables say, and give the plain role no more than it needs."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from service.cli import database as database_commands
from service.cli.context import bring_up_to_date
from service.database.location import DatabaseLocation
from service.database.metadata import metadata
from service.database.migrate import _config
from service.database.revision import head, refuse_newer
from service.errors import Problem
from service.settings import load
from tests.service.conftest import Database

ABOUT_TABLES = {
    "add_table",
    "remove_table",
    "add_column",
    "remove_column",
    "modify_type",
    "modify_nullable",
    "add_fk",
    "remove_fk",
}


def test_the_migrations_make_exactly_the_tables_and_columns_of_the_code(empty: Database) -> None:
    with empty.owner.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences_found = compare_metadata(context, metadata)
    differences = [
        difference
        for group in differences_found
        for difference in (group if isinstance(group, list) else [group])
    ]
    about_tables = [difference for difference in differences if difference[0] in ABOUT_TABLES]
    assert [
        difference
        for difference in about_tables
        if getattr(difference[1], "name", "") != "spatial_ref_sys"
    ] == []


def test_the_newest_migration_is_the_one_with_the_highest_number() -> None:
    assert ScriptDirectory.from_config(_config()).get_current_head() == head()


def test_every_table_and_column_says_what_it_is(empty: Database) -> None:
    inspector = inspect(empty.owner)
    bare = [name for name in metadata.tables if not inspector.get_table_comment(name)["text"]]
    bare += [
        f"{name}.{column['name']}"
        for name in metadata.tables
        for column in inspector.get_columns(name)
        if not column["comment"]
    ]
    assert bare == []


def test_the_plain_role_cannot_change_tables_or_the_audit_log(empty: Database) -> None:
    refused = []
    for statement in (
        "DROP TABLE plot",
        "CREATE TABLE mine (a int)",
        "ALTER TABLE plot DISABLE TRIGGER ALL",
        "DELETE FROM audit",
        "UPDATE audit SET action = 'x'",
        "DELETE FROM alembic_version",
    ):
        with empty.service.connect() as connection:
            try:
                connection.execute(text(statement))
            except ProgrammingError as error:
                refused.append("permission denied" in str(error) or "must be owner" in str(error))
    assert refused == [True] * 6


def test_a_database_of_a_newer_program_is_left_alone() -> None:
    with pytest.raises(Problem, match="9999") as refused:
        refuse_newer("9999")
    assert (refused.value.status, refused.value.code) == (409, "newer_database")


def test_a_server_of_somebody_elses_is_not_migrated_unasked(empty: Database) -> None:
    with empty.owner.begin() as connection:
        connection.execute(text("DELETE FROM sql_library"))
    with pytest.raises(Problem, match="luotu db migrate") as refused:
        bring_up_to_date(DatabaseLocation(empty.owner.url, empty.service.url), load())
    assert (refused.value.status, refused.value.code) == (409, "not_migrated")


def test_a_database_without_a_role_for_the_service_says_what_makes_one(empty: Database) -> None:
    with empty.owner.begin() as connection:
        connection.execute(text("DELETE FROM sealed.service_role"))
    with pytest.raises(Problem, match="luotu db migrate") as refused:
        DatabaseLocation(empty.owner.url, None).service  # noqa: B018
    assert (refused.value.status, refused.value.code) == (409, "no_service_role")


def test_the_password_of_a_role_that_somebody_made_is_left_alone(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, engine in (("", empty.owner), ("SERVICE_", empty.service)):
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        monkeypatch.setenv(f"LUOTU_{name}DATABASE_URL", url)
    with pytest.raises(Problem, match="ALTER ROLE") as refused:
        database_commands.migrate(new_password=True)
    assert (refused.value.status, refused.value.code) == (409, "not_our_role")
