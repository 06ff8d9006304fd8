"""Layers, their versions and their features mark the cells whose refused ground changes."""

import pytest

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql


def test_a_feature_of_a_version_in_force_marks_its_cells(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    assert sql.marked() == [WEST]


@pytest.mark.parametrize("how", [{"role": "warn"}, {"valid_to": "2026-02-01"}])
def test_a_feature_that_refuses_nothing_today_marks_none(sql: Sql, how: dict[str, str]) -> None:
    sql.layer_feature(sql.layer(**how))  # type: ignore[arg-type]
    assert sql.marked() == []


@pytest.mark.parametrize(
    ("change", "marks"),
    [
        ("DELETE FROM layer", True),
        ("DELETE FROM layer_version", True),
        ("UPDATE layer_version SET valid_to = '2026-02-01'", True),
        ("UPDATE layer_version SET source = 'another'", False),
        ("UPDATE layer SET role = 'info'", True),
        ("UPDATE layer SET label_en = 'Farmland'", False),
        ("""UPDATE layer SET rule = '{"tolerance_m2": 5}'""", False),
        ("""UPDATE layer SET rule = '{"stages": ["planted"]}'""", True),
    ],
)
def test_a_change_marks_them_when_it_changes_what_is_refused(
    sql: Sql, change: str, marks: bool
) -> None:
    sql.layer_feature(sql.layer())
    sql.run("DELETE FROM coverage_dirty")
    sql.run(change)
    assert sql.marked() == ([WEST] if marks else [])


def test_a_layer_that_begins_to_block_marks_its_cells(sql: Sql) -> None:
    sql.layer_feature(sql.layer(role="warn"))
    sql.run("UPDATE layer SET role = 'block'")
    assert sql.marked() == [WEST]
