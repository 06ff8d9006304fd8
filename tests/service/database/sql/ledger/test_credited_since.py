"""Since when plots are approved and green without a break."""

from tests.service.database.sql.conftest import Sql

SINCE = "SELECT since::date::text, reshaped FROM credited_since(ARRAY[CAST(:id AS bigint)])"
# The history as one moment after the other: a transaction has one moment for all that it writes.
VERSION = """
INSERT INTO plot_history (operation, valid_from, valid_to, actor, db_user, transaction, demo,
    plot_id, slot, version, geom, area_m2, district, stage, kind, year, plot_no, species, evidence,
    plan_ids, extra, review, changed_at)
SELECT 'update', :first, CAST(:after AS timestamptz), 'sql', 'sql', 1, false, :id, 'approved', 1,
    geom, ST_Area(geom::geography), '220102', :stage, 'RGZL', 2024, '1', '[]', '[]', '{}', '{}',
    'approved', :first
FROM ST_Multi(ST_MakeEnvelope(125.05, 43.05, :east, 43.06, 4490)) AS geom
"""


def version(
    sql: Sql, first: str, after: str | None, *, stage: str = "planted", east: float = 125.06
) -> None:
    sql.run(VERSION, id=7, first=first, after=after, stage=stage, east=east)


def test_versions_one_after_the_other_are_one_run(sql: Sql) -> None:
    version(sql, "2023-01-01", "2024-01-01")
    version(sql, "2024-01-01", None, stage="accepted")
    assert [tuple(row) for row in sql.rows(SINCE, id=7)] == [("2023-01-01", False)]


def test_a_break_begins_a_new_run(sql: Sql) -> None:
    version(sql, "2023-01-01", "2024-01-01")
    version(sql, "2024-01-02", None)
    assert [tuple(row) for row in sql.rows(SINCE, id=7)] == [("2024-01-02", False)]


def test_a_stage_that_does_not_count_is_a_break(sql: Sql) -> None:
    version(sql, "2023-01-01", "2024-01-01")
    version(sql, "2024-01-01", "2025-01-01", stage="cancelled")
    version(sql, "2025-01-01", None)
    assert [tuple(row) for row in sql.rows(SINCE, id=7)] == [("2025-01-01", False)]


def test_another_shape_is_told(sql: Sql) -> None:
    version(sql, "2023-01-01", "2024-01-01")
    version(sql, "2024-01-01", None, east=125.07)
    assert [tuple(row) for row in sql.rows(SINCE, id=7)] == [("2023-01-01", True)]


def test_a_plot_that_is_gone_has_none(sql: Sql) -> None:
    version(sql, "2023-01-01", "2024-01-01")
    assert sql.rows(SINCE, id=7) == []


def test_all_that_is_asked_of_the_history_stands_in_its_index(sql: Sql) -> None:
    for plot_id in range(200):
        sql.run(VERSION, id=plot_id, first="2024-01-01", after=None, stage="planted", east=125.06)
    sql.run("ANALYZE plot_history")
    for kind in ("seqscan", "bitmapscan"):
        sql.run(f"SET LOCAL enable_{kind} = off")
    plan = sql.column("""
        EXPLAIN SELECT plot_id, id, valid_from, valid_to, area_m2 FROM plot_history
        WHERE plot_id = ANY('{7,8}') AND slot = 'approved' AND operation <> 'delete'
          AND stage IN ('planted', 'accepted', 'existing')
    """)
    assert "Index Only Scan using plot_history_plot_id_idx" in "\n".join(plan)
