"""Versions of layers on which no ground counts as green on a day."""

from tests.service.database.sql.conftest import Sql

QUERY = "SELECT blocking_versions(CAST(:day AS date))"


def blocking(sql: Sql, day: str | None) -> list[int] | None:
    """Their numbers."""
    versions: list[int] | None = sql.value(QUERY, day=day)
    return versions


def test_without_a_layer_that_blocks_there_is_nothing_at_all(sql: Sql) -> None:
    sql.layer("HX", role="warn")
    assert blocking(sql, "2026-06-01") is None


def test_a_version_blocks_from_its_first_day_to_the_last_before_its_end(sql: Sql) -> None:
    old = sql.layer(valid_from="2026-01-01", valid_to="2026-03-01")
    new = sql.layer(valid_from="2026-03-01")
    days = ("2025-12-31", "2026-01-01", "2026-02-28", "2026-03-01")
    assert [blocking(sql, day) for day in days] == [None, [old], [old], [new]]


def test_no_day_is_today(sql: Sql) -> None:
    sql.layer(valid_from="1990-01-01", valid_to="1991-01-01")
    version = sql.layer(valid_from="2026-01-01")
    assert blocking(sql, None) == [version]
