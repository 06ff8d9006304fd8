"""Rows that belong to nothing: found, told by table, taken out."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from service.database.engine import make_engine
from service.database.orphans import orphans, repair_orphans
from tests.service.conftest import Database, SignIn
from tests.service.plots.made import approved


@contextmanager
def without_triggers(database: Database) -> Iterator[Connection]:
    """As whoever restores a part of a dump."""
    admin = make_engine(database.endpoint.url("admin", database.name))
    with admin.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
    admin.dispose()


def test_a_sound_database_has_none(database: Database, sign_in: SignIn) -> None:
    approved(sign_in)
    assert orphans(database.owner) == []


def test_what_a_plot_leaves_behind_is_found_and_taken_out(
    database: Database, sign_in: SignIn
) -> None:
    stays, goes = approved(sign_in)["id"], approved(sign_in)["id"]
    with without_triggers(database) as connection:
        connection.execute(
            text(
                "INSERT INTO plot_claim (plot_id, holder_id, district, claimed_as, area_m2) "
                "SELECT :stays, :goes, district, 'dispute', 1 FROM plot_version "
                "WHERE plot_id = :goes"
            ),
            {"stays": stays, "goes": goes},
        )
        connection.execute(
            text("INSERT INTO coverage_outside VALUES (:goes, '220102', 9)"), {"goes": goes}
        )
        connection.execute(
            text(
                "INSERT INTO coverage_district (boundary_id, grouping, grp, code, level, green_m2, "
                "sum_m2, plot_count) VALUES (-1, 'all', '', '220102', 'county', 9, 9, 1)"
            )
        )
        connection.execute(text("DELETE FROM plot_version WHERE plot_id = :goes"), {"goes": goes})
        connection.execute(text("DELETE FROM plot WHERE id = :goes"), {"goes": goes})
    found = {one.table: one.rows for one in orphans(database.owner)}
    assert set(found) == {
        "plot_number",
        "coverage_district",
        "coverage_outside",
        "plot_square",
        "plot_claim",
    }
    assert found["plot_claim"] == found["coverage_outside"] == found["coverage_district"] == 1
    repair_orphans(database.owner)
    assert orphans(database.owner) == []
    assert database.scalar("SELECT array_agg(plot_id) FROM plot_version") == [stays]
    assert database.scalar("SELECT ended_at IS NOT NULL FROM plot_claim") is True
    counted = "SELECT sum(plots) FROM plot_square WHERE block >= 0 AND plots > 0"
    assert database.scalar(counted) == 1
