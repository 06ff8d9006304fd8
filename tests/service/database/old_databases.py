"""Databases as the migrations before the baseline made them, with rows in them."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit

from alembic import command
from sqlalchemy import Engine, text

from service.database import carry_over
from service.database.engine import make_engine
from service.database.migrate import _config as migrations
from service.database.revision import version
from service.database.rights import EXTENSIONS
from service.districts.db.districts import store_districts
from service.embedded import Endpoint
from service.embedded.binaries import find_binaries
from tests.service.conftest import COPIED, district_frame, run_sql

CODES = """
INSERT INTO kind (code, label_zh, label_en, green_class, source)
    VALUES ('RGZL', '人工造林', 'afforestation', 'forest', 'x'),
           ('G1', '公园绿地', 'park', 'urban', 'x')
    ON CONFLICT DO NOTHING;
INSERT INTO code (list, code, label_zh, label_en, source)
    VALUES ('method', 'ZM', '植苗造林', 'planting', 'x') ON CONFLICT DO NOTHING;
"""
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

CHOSEN = "timestamptz, integer, integer, text[], text[]"
PIECES = "bigint[], bigint[], timestamptz, integer, text[], text[]"
# Functions that the old migrations drop as they had them, and the arguments that came since.
FEWER_ARGUMENTS = {
    "snapping_shapes": ("geometry", "integer, integer"),
    "codes_in_scope": ("text[]", "text[]"),
    "coverage_figures": (f"text[], text, {CHOSEN}", "text[], text[], text[], date"),
    "coverage_plots": (f"text[], {CHOSEN}", "text[], text[], text[], date"),
    "figure_pieces": (PIECES, "text[], text[], text[], date"),
}
# Functions of today that the old migrations know by another name, or with other columns, and make
# themselves.
OLD_NAMES = (
    "ALTER FUNCTION set_session_scope(text, text[]) RENAME TO enter_scope",
    "ALTER FUNCTION set_session_scope_to_all(bytea) RENAME TO enter_whole",
    "DROP FUNCTION sealed.scope_signature(text)",
    "DROP FUNCTION sealed.set_scope(text)",
    "DROP FUNCTION coverage_pieces(bigint[], timestamptz, date)",
    "DROP FUNCTION coverage_extent(text[], timestamptz, integer, text[], date)",
    *(f"DROP FUNCTION {name}({old}, {more})" for name, (old, more) in FEWER_ARGUMENTS.items()),
    *(
        f"CREATE FUNCTION {name}({old}) RETURNS void LANGUAGE sql AS ''"
        for name, (old, _) in FEWER_ARGUMENTS.items()
    ),
)


@contextmanager
def old_database(endpoint: Endpoint, name: str, template: str | None = None) -> Iterator[Engine]:
    """A database of the old migrations' last number, or a copy of one, for its owner."""
    made_from = "" if template is None else f" TEMPLATE {template} {COPIED}"
    run_sql(endpoint, f"CREATE DATABASE {name}{made_from} OWNER luotu_owner")
    owner = make_engine(endpoint.url("owner", name))
    try:
        if template is None:
            with owner.begin() as connection:
                for extension in EXTENSIONS:
                    connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
                command.upgrade(carry_over.config(connection), "head")
        yield owner
    finally:
        owner.dispose()
        run_sql(endpoint, f"DROP DATABASE {name} WITH (FORCE)")


def take_back(owner: Engine, number: str) -> None:
    """Bring a database back to the old migration ``number``; one of today is made an old one."""
    with owner.begin() as connection:
        if version(connection) not in carry_over.numbers():
            # The old tables know two classes of green.
            connection.execute(
                text("DELETE FROM kind WHERE green_class NOT IN ('forest', 'urban')")
            )
            command.downgrade(migrations(connection), carry_over.BASELINE)
            connection.execute(text("DROP TABLE sql_library"))
            for statement in OLD_NAMES:
                connection.execute(text(statement))
            connection.execute(
                text("UPDATE alembic_version SET version_num = :last"),
                {"last": max(carry_over.numbers())},
            )
        command.downgrade(carry_over.config(connection), number)


def fill(owner: Engine) -> None:
    """A row in every table that a migration might lose or trip over."""
    with owner.begin() as connection:
        connection.execute(text(CODES))
        store_districts(connection, district_frame())
        connection.execute(text(ROWS))


@cache
def pg_dump() -> str:
    """Where it lies; looking for it asks four programs for their version."""
    return find_binaries().program("pg_dump")


def schema(endpoint: Endpoint, name: str) -> str:
    """All of a database but its rows, as pg_dump writes it."""
    address = urlsplit(endpoint.url("owner", name).replace("+psycopg", ""))
    return subprocess.run(
        [pg_dump(), "--schema-only", address.geturl()],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
