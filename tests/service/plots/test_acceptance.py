"""Acceptance: a check on the ground, its outcome, and the stage that follows from it."""

import io
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import geopandas
import httpx
import pyogrio
import pytest
from sqlalchemy import text

from data.errors import FileRefused
from data.plots.acceptance_rules import read_acceptance_rules
from service.codes.db.codes import load_code_lists, store_acceptance_rules
from service.errors import Problem
from service.plots.acceptance import rule_for
from service.web.timestamps import BEIJING, clock_at
from tests.service.conftest import SOUTH, WEST, Database, SignIn
from tests.service.plots.made import approved, drawn
from tests.service.plots.test_two_editors import at_once

CHECK = {"date": "2026-05-20", "survival_rate": 0.87, "verified_m2": 36_000.0, "note": "合格"}


def test_the_first_check_makes_a_planted_plot_accepted(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    answer = sign_in("inspector").post(f"/api/plots/{plot['id']}/accept", json=CHECK)
    assert answer.status_code == 200, answer.text
    properties = answer.json()["properties"]
    assert (properties["stage"], properties["review"]) == ("accepted", "approved")


def test_each_check_is_a_record_of_its_own_the_newest_first(sign_in: SignIn) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    for date in ("2026-04-20", "2026-05-20"):
        inspector.post(f"/api/plots/{plot['id']}/accept", json={**CHECK, "date": date})
    records = inspector.get(f"/api/plots/{plot['id']}/acceptances").json()["acceptances"]
    assert [row["date"] for row in records] == ["2026-05-20", "2026-04-20"]
    assert {name: records[0][name] for name in CHECK} == CHECK


def test_a_plot_that_is_not_approved_cannot_be_accepted(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner"))
    answer = sign_in("inspector").post(f"/api/plots/{plot['id']}/accept", json=CHECK)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_approved")


def test_a_planned_plot_cannot_be_accepted(sign_in: SignIn) -> None:
    plot = approved(sign_in, stage="planned")
    answer = sign_in("inspector").post(f"/api/plots/{plot['id']}/accept", json=CHECK)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_stage")


def test_a_plot_of_another_county_is_not_found(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    answer = sign_in("inspector", SOUTH).post(f"/api/plots/{plot['id']}/accept", json=CHECK)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"survival_rate": 1.2},
        {"survival_rate": -0.1},
        {"verified_m2": -1},
        {"verified_m2": 1e12},
        {"verified_m2": 37_000.0},
        {"date": "2999-01-01"},
        {"date": "1900-01-01"},
        {"date": "2025-12-31"},
        {"outcome": "accepted"},
        {"date": "soon"},
        {"passed": True},
    ],
)
def test_a_check_that_cannot_be_is_refused(sign_in: SignIn, change: dict[str, Any]) -> None:
    plot = approved(sign_in)
    answer = sign_in("inspector").post(f"/api/plots/{plot['id']}/accept", json={**CHECK, **change})
    assert answer.status_code == 422


def checked(client: httpx.Client, plot_id: int, **said: Any) -> dict[str, Any]:
    """Properties of the plot after a check."""
    answer = client.post(f"/api/plots/{plot_id}/accept", json={"date": "2026-05-20", **said})
    assert answer.status_code == 200, answer.text
    properties: dict[str, Any] = answer.json()["properties"]
    return properties


@pytest.mark.parametrize(
    ("said", "outcome", "stage"),
    [
        pytest.param({"survival_rate": 0.85}, "qualified", "accepted", id="85 %"),
        pytest.param({"survival_rate": 0.849}, "replant", "planted", id="less than 85 %"),
        pytest.param({"survival_rate": 0.40}, "redo", "planted", id="40 %"),
        pytest.param({"survival_rate": 0.0}, "redo", "planted", id="nothing lives"),
        pytest.param({"preservation_rate": 0.8}, "qualified", "accepted", id="preserved"),
        pytest.param({"preservation_rate": 0.79}, "failed", "planted", id="not preserved"),
        pytest.param(
            {"survival_rate": 0.95, "outcome": "failed"}, "failed", "planted", id="inspector: no"
        ),
        pytest.param(
            {"survival_rate": 0.8, "outcome": "qualified", "note": "补植已完成"},
            "qualified",
            "accepted",
            id="and yes",
        ),
    ],
)
def test_only_a_qualified_check_makes_a_plot_accepted(
    sign_in: SignIn, said: dict[str, Any], outcome: str, stage: str
) -> None:
    properties = checked(sign_in("inspector"), approved(sign_in)["id"], **said)
    assert (properties["stage"], properties["acceptances"][0]["outcome"]) == (stage, outcome)


def test_a_check_without_rates_and_outcome_is_written_down_and_changes_nothing(
    sign_in: SignIn,
) -> None:
    properties = checked(sign_in("inspector"), approved(sign_in)["id"], note="雪封山，只看了路边")
    assert (properties["stage"], properties["acceptances"][0]["outcome"]) == ("planted", None)


def test_what_was_proposed_stands_beside_what_the_inspector_confirmed(sign_in: SignIn) -> None:
    properties = checked(
        sign_in("inspector"), approved(sign_in)["id"], survival_rate=0.95, outcome="failed"
    )
    (record,) = properties["acceptances"]
    assert (record["proposed"], record["outcome"], record["rule"]) == (
        "qualified",
        "failed",
        "GENERAL",
    )
    assert (record["outcome_label"], record["outcome_label_en"]) == ("不合格", "not qualified")
    assert record["checked_by"] == "inspector-0"


def test_the_newest_check_decides_and_each_is_a_version_with_its_reason(sign_in: SignIn) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    stages = [
        checked(inspector, plot["id"], date=day, survival_rate=rate)["stage"]
        for day, rate in (
            ("2026-05-20", 0.5),
            ("2026-09-20", 0.9),  # after replanting
            ("2026-06-20", 0.2),  # an older sheet that was found later
            ("2026-10-20", 0.6),  # the winter came early
        )
    ]
    assert stages == ["planted", "accepted", "accepted", "planted"]
    versions = inspector.get(f"/api/plots/{plot['id']}/versions").json()["versions"]
    assert "验收 2026-10-20：待补植，成活率 60.0%" in versions[0]["reason"]
    assert [version["reason"][:13] for version in versions[:4]] == [
        "验收 2026-10-20",
        "验收 2026-06-20",
        "验收 2026-09-20",
        "验收 2026-05-20",
    ]


def test_a_check_changes_the_etag(sign_in: SignIn) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    address = f"/api/plots/{plot['id']}"
    seen = inspector.get(address).headers["ETag"]
    checked(inspector, plot["id"], survival_rate=0.5)
    again = inspector.get(address, headers={"If-None-Match": seen})
    assert again.status_code == 200
    assert again.json()["properties"]["acceptances"][0]["outcome"] == "replant"


@pytest.mark.parametrize("note", [None, "", " "])
def test_a_plot_of_which_nothing_lives_is_qualified_for_a_stated_reason_only(
    sign_in: SignIn, note: str | None
) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    said = {"date": "2026-05-20", "survival_rate": 0.0, "outcome": "qualified"}
    address = f"/api/plots/{plot['id']}/accept"
    answer = inspector.post(address, json={**said, "note": note})
    assert (answer.status_code, answer.json()["code"]) == (422, "reason_needed")
    assert answer.json()["errors"][0]["field"] == "note"
    assert inspector.post(address, json={**said, "note": "补植已完成"}).status_code == 200


@pytest.mark.parametrize("verified_m2", [0, 0.001])
def test_a_plot_of_which_no_ground_was_verified_is_qualified_for_a_stated_reason_only(
    sign_in: SignIn, verified_m2: float
) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    said = {"date": "2026-05-20", "survival_rate": 0.9, "verified_m2": verified_m2}
    address = f"/api/plots/{plot['id']}/accept"
    answer = inspector.post(address, json=said)
    assert (answer.status_code, answer.json()["code"]) == (422, "reason_needed")
    failed = inspector.post(address, json={**said, "outcome": "failed"})
    assert failed.json()["properties"]["stage"] == "planted"
    assert inspector.post(address, json={**said, "note": "抽样核实"}).status_code == 200


def test_four_equal_checks_at_one_moment_make_one_record(sign_in: SignIn) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    address = f"/api/plots/{plot['id']}/accept"
    answers = at_once(*[partial(inspector.post, address, json=CHECK)] * 4)
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"same_acceptance"}
    found = inspector.get(f"/api/plots/{plot['id']}/acceptances").json()["acceptances"]
    assert len(found) == 1


def test_a_list_of_plots_bears_no_records(sign_in: SignIn) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    checked(inspector, plot["id"], survival_rate=0.9)
    (listed,) = inspector.get("/api/plots").json()["features"]
    assert "acceptances" not in listed["properties"]


def test_the_day_of_planting_is_the_first_day_of_a_check(sign_in: SignIn) -> None:
    plot, inspector = approved(sign_in, planted_on="2026-04-18"), sign_in("inspector")
    address = f"/api/plots/{plot['id']}/accept"
    early = inspector.post(address, json={**CHECK, "date": "2026-04-17"})
    assert (early.status_code, early.json()["code"]) == (422, "date_before_planting")
    assert early.json()["errors"][0]["field"] == "date"
    assert inspector.post(address, json={**CHECK, "date": "2026-04-18"}).status_code == 200


@pytest.mark.parametrize("clock", [(0, 30), (7, 59), (8, 1)])
def test_today_in_beijing_is_no_future(sign_in: SignIn, clock: tuple[int, int]) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    address = f"/api/plots/{plot['id']}/accept"
    with clock_at(datetime(2026, 6, 1, *clock, tzinfo=BEIJING)):
        late = inspector.post(address, json={**CHECK, "date": "2026-06-02"})
        assert (late.status_code, late.json()["code"]) == (422, "date_in_future")
        assert inspector.post(address, json={**CHECK, "date": "2026-06-01"}).status_code == 200


def test_the_terms_of_the_next_check_are_told(sign_in: SignIn) -> None:
    plot, inspector = approved(sign_in), sign_in("inspector")
    terms = inspector.get(f"/api/plots/{plot['id']}/acceptances").json()["terms"]
    shown = terms["rule"], terms["survival_from"], terms["earliest"], terms["status"]
    assert shown == ("GENERAL", 0.85, "2026-01-01", "cited")
    area_m2 = plot["properties"]["area_m2"]
    assert terms["max_verified_m2"] == pytest.approx(area_m2 * 1.01 + 10)


RULES = """code,label_zh,label_en,place,survival_from,redo_up_to,preservation_from,area_tolerance,\
source
LOCAL,西县本地,of the west,220102,0.70,0.30,0.65,0.02,本地办法
"""


def test_an_office_brings_its_own_rule_and_every_migration_leaves_it(
    sign_in: SignIn, database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "rules.csv"
    path.write_text(RULES, encoding="utf-8")
    with database.owner.begin() as connection:
        store_acceptance_rules(connection, read_acceptance_rules(path))
        load_code_lists(connection)
    try:
        properties = checked(sign_in("inspector"), approved(sign_in)["id"], survival_rate=0.7)
        assert (properties["stage"], properties["acceptances"][0]["rule"]) == ("accepted", "LOCAL")
    finally:
        with database.owner.begin() as connection:
            connection.exec_driver_sql("DELETE FROM code WHERE properties ? 'local'")


@pytest.mark.parametrize(
    ("ours", "theirs", "word"),
    [
        ("0.70", "70", "0 到 1"),
        ("0.30", "0.70", "redo_up_to"),
        ("220102", "西县", "place"),
        ("本地办法", "", "source"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    tmp_path: Path, ours: str, theirs: str, word: str
) -> None:
    path = tmp_path / "rules.csv"
    path.write_text(RULES.replace(ours, theirs), encoding="utf-8")
    with pytest.raises(FileRefused, match=word):
        read_acceptance_rules(path)


def test_records_leave_with_every_file(sign_in: SignIn, tmp_path: Path) -> None:
    plot, inspector, staff = approved(sign_in), sign_in("inspector"), sign_in("gis")
    checked(inspector, plot["id"], date="2026-05-20", survival_rate=0.5, verified_m2=30_000)
    checked(inspector, plot["id"], date="2026-09-20", survival_rate=0.9, verified_m2=35_000)
    path = tmp_path / "plots.gpkg"
    path.write_bytes(staff.get("/api/exports/plots?format=gpkg").content)
    assert [name for name, _ in pyogrio.list_layers(path)] == ["plots", "acceptances"]
    table = pyogrio.read_dataframe(path, layer="acceptances")
    assert table["outcome"].tolist() == ["qualified", "replant"]
    assert set(table["plot_id"]) == {plot["id"]}
    assert table["checked_by"].tolist() == ["inspector-2"] * 2
    row = pyogrio.read_dataframe(path, layer="plots").iloc[0]
    assert (row["acceptance_outcome"], row["survival_rate"]) == ("qualified", 0.9)
    features = staff.get("/api/exports/plots?format=geojson").json()["features"]
    properties = features[0]["properties"]
    assert (properties["acceptance_date"], properties["verified_m2"]) == ("2026-09-20", 35_000)
    shapes = io.BytesIO(staff.get("/api/exports/plots?format=shp").content)
    official = geopandas.read_file(shapes).iloc[0]
    assert (official["ysjl"], official["ysjlmc"], official["chl"], official["hsmj"]) == (
        "qualified",
        "合格",
        0.9,
        35_000,
    )


def test_a_file_of_plots_without_checks_has_the_empty_table(
    sign_in: SignIn, tmp_path: Path
) -> None:
    approved(sign_in)
    path = tmp_path / "plots.gpkg"
    path.write_bytes(sign_in("gis").get("/api/exports/plots?format=gpkg").content)
    assert len(pyogrio.read_dataframe(path, layer="acceptances")) == 0


def test_a_place_of_which_no_rule_speaks_is_told(database: Database) -> None:
    with database.owner.connect() as connection:
        connection.execute(text("DELETE FROM code WHERE list = 'acceptance_rule'"))
        with pytest.raises(Problem, match="luotu import rules") as refused:
            rule_for(connection, WEST)
        connection.rollback()
    assert (refused.value.status, refused.value.code) == (409, "no_rule")


def test_a_verified_area_larger_than_the_plot_is_refused_by_its_code(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    check = {**CHECK, "verified_m2": 37_000.0}
    answer = sign_in("inspector").post(f"/api/plots/{plot['id']}/accept", json=check)
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("verified_m2", "verified_too_large")
