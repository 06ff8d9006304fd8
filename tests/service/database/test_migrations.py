"""The migrations make what the tables say, and can be taken back with data in place."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from service.database.metadata import metadata
from service.database.migrate import _config, downgrade, migrate
from service.database.revision import head, version
from service.districts.db.districts import store_districts
from service.run.loaders import LOADERS
from tests.service.conftest import Database, district_frame

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
        found = compare_metadata(context, metadata)
    differences = [
        one for group in found for one in (group if isinstance(group, list) else [group])
    ]
    told = [one for one in differences if one[0] in ABOUT_TABLES]
    assert [one for one in told if getattr(one[1], "name", "") != "spatial_ref_sys"] == []


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


def test_each_migration_goes_up_and_down_and_up_with_data_in_it(empty: Database) -> None:
    script = ScriptDirectory.from_config(_config())
    revisions = [one.revision for one in script.walk_revisions()]  # newest first
    for revision in revisions:
        fill(empty)
        with empty.owner.connect() as connection:
            assert version(connection) == head()
        below = script.get_revision(revision).down_revision or "base"
        assert isinstance(below, str)
        downgrade(empty.owner, below)
        migrate(empty.owner, loaders=LOADERS)
    assert empty.scalar("SELECT count(*) FROM kind") > 0


def fill(database: Database) -> None:
    """A row in every table that a migration might lose or trip over."""
    with database.owner.begin() as connection:
        store_districts(connection, district_frame())
        connection.execute(text(ROWS))


ROWS = """
INSERT INTO account (name, role) VALUES ('one', 'planner') ON CONFLICT DO NOTHING;
INSERT INTO account_scope SELECT id, '220102' FROM account ON CONFLICT DO NOTHING;
INSERT INTO credential (account_id, kind, hash, expires_at)
    SELECT id, 'token', sha256(random()::text::bytea), now() FROM account;
INSERT INTO audit (account_id, action) SELECT id, 'test' FROM account;
WITH made AS (INSERT INTO plot DEFAULT VALUES RETURNING id),
number AS (
    INSERT INTO plot_number (district, year, plot_no, plot_id)
    SELECT '220102', 2026, id::text, id FROM made RETURNING *
), seen AS (
    INSERT INTO plot_version
        (plot_id, slot, version, geom, district, stage, kind, year, plot_no, review)
    SELECT plot_id, 'approved', 1, ST_Multi(ST_MakeEnvelope(125.01, 43.01, 125.02, 43.02, 4490)),
           district, 'planted', (SELECT min(code) FROM kind), year, plot_no, 'approved' FROM number
)
INSERT INTO acceptance (plot_id, checked_on, survival_rate) SELECT id, '2026-05-01', 0.9 FROM made;
INSERT INTO plot_counter VALUES ('220102', 2026, 1) ON CONFLICT DO NOTHING;
"""


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
