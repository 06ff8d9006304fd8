"""Brings a database to this version: tables, code lists, and the rights of the plain role."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from service.db.codes import load_code_lists
from service.db.patrol_rules import load_patrol_rules
from service.db.place import SERVICE_ROLE
from service.db.revision import head, version

# Two processes that start at once migrate one after the other (any constant of our own does).
LOCK = 7_461_094_209

EXTENSIONS = ("postgis", "btree_gist")

RIGHTS = f"""
GRANT USAGE ON SCHEMA public TO {SERVICE_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {SERVICE_ROLE};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {SERVICE_ROLE};
REVOKE UPDATE, DELETE ON audit FROM {SERVICE_ROLE};
REVOKE INSERT, UPDATE, DELETE ON alembic_version, spatial_ref_sys FROM {SERVICE_ROLE};
REVOKE INSERT, UPDATE, DELETE ON plot_history FROM {SERVICE_ROLE};
REVOKE INSERT, UPDATE, DELETE ON district_state FROM {SERVICE_ROLE};
REVOKE INSERT, UPDATE, DELETE ON plot_square, plot_square_sum, plot_change, district_shape
    FROM {SERVICE_ROLE};
REVOKE ALL ON coverage_piece, coverage_cell, coverage_district, coverage_dirty FROM {SERVICE_ROLE};
GRANT EXECUTE ON FUNCTION forget_demo_history() TO {SERVICE_ROLE};
GRANT EXECUTE ON FUNCTION ground_around(geometry, bigint[]) TO {SERVICE_ROLE};
GRANT EXECUTE ON FUNCTION drain_coverage(integer), coverage_waiting(), tidy_plot_squares(),
    live_coverage(text[], text, text, integer), coverage_stamp(text, text),
    coverage_figures(text[], text, timestamptz, integer, integer, text[], text[]),
    coverage_plots(text[], timestamptz, integer, integer, text[], text[]) TO {SERVICE_ROLE};
REVOKE INSERT, UPDATE, DELETE ON patrol_log FROM {SERVICE_ROLE};
GRANT EXECUTE ON FUNCTION forget_demo_patrols() TO {SERVICE_ROLE};
"""  # noqa: S608 - the role is a constant of ours


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("service.db").joinpath("migrations")))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, revision: str = "head") -> tuple[str | None, str | None]:
    """Migrate up to ``revision`` in one transaction; answers the numbers before and after."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        for name in EXTENSIONS:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name}"))
        before = version(connection)
        command.upgrade(_config(connection), revision)
        if version(connection) == head():
            load_code_lists(connection)
            load_patrol_rules(connection)
            connection.execute(text(RIGHTS))
        return before, version(connection)


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back, down to ``revision`` (``base`` for all)."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)
