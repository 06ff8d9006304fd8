"""Targets beside what is reported, on the map and accepted, and what makes the figures up."""

import io
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from service.progress.states import rate
from tests.service.conftest import CITY, EAST, PROVINCE, SOUTH, WEST, Database, SignIn, ring
from tests.service.maps.test_kept_pages import drain
from tests.service.plans.test_targets import TARGET
from tests.service.plots.made import approved

MU = 2000 / 3
THIS_YEAR = datetime.now(UTC).year


class Tasks:
    """A plan of a year with issued targets, and figures reported on them."""

    def __init__(self, sign_in: SignIn, **plan: Any) -> None:
        self.sign_in = sign_in
        self.gis = sign_in("gis")
        self.planner, self.inspector = sign_in("planner"), sign_in("inspector")
        self.code = plan.pop("code", "P")
        body = {"code": self.code, "label": "任务", "kind": "year", "counts_by": "task_year"}
        body |= {"first": f"{THIS_YEAR}-01-01", "after": f"{THIS_YEAR + 1}-01-01"} | plan
        assert self.gis.post("/api/plans", json=body).status_code == 201

    def target(self, **given: Any) -> int:
        """An issued target."""
        body = {**TARGET, "due": None, **given}
        made = self.gis.post(f"/api/plans/{self.code}/targets?acknowledge=children_sum", json=body)
        assert made.status_code == 201, made.text
        number = int(made.json()["id"])
        issued = self.gis.post(f"/api/targets/{number}/issue?acknowledge=children_sum")
        assert issued.status_code == 200, issued.text
        return number

    def report(self, number: int, value: float, measured_in: str, **given: Any) -> None:
        """A figure that is approved."""
        body = {"target": number, "value": value, "measured_in": measured_in}
        body |= {"on_day": f"{THIS_YEAR}-01-20", "source": "台账"} | given
        made = self.planner.post("/api/reported", json=body)
        assert made.status_code == 201, made.text
        address = f"/api/reported/{made.json()['id']}"
        assert self.planner.post(f"{address}/submit").status_code == 200
        assert self.inspector.post(f"{address}/approve").status_code == 200

    def rows(self, **params: Any) -> list[dict[str, Any]]:
        """Rows of the plan."""
        answer = self.gis.get("/api/progress", params={"plan": self.code, **params})
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["rows"]
        return rows

    def row(self, **params: Any) -> dict[str, Any]:
        """The only row."""
        (row,) = self.rows(**params)
        return row


@pytest.fixture
def tasks(sign_in: SignIn) -> Tasks:
    return Tasks(sign_in)


def square(west: float, south: float, side: float = 0.01) -> Any:
    """A square of degrees."""
    return ring(west, south, side)


def test_a_reported_figure_over_its_target_is_the_rate_of_the_paper(tasks: Tasks) -> None:
    number = tasks.target(lower=50, measured_in="万亩")
    tasks.report(number, 51.3, "万亩")
    row = tasks.row()
    assert (row["target"], row["reported"], row["measured_in"]) == (50, 51.3, "万亩")
    assert row["reported_rate"] == 1.026
    assert (row["state"], row["target_id"], row["code"]) == ("done", number, CITY)


def test_rates_are_never_clamped_and_units_may_differ(tasks: Tasks) -> None:
    number = tasks.target(indicator="villages.greened", lower=367, measured_in="个")
    tasks.report(number, 1373, "个")
    assert tasks.row()["reported_rate"] == pytest.approx(1373 / 367, rel=1e-12)
    assert rate(Fraction(342_000_000), Fraction(500_000) * Fraction(2000, 3))[0] == Fraction(
        342_000_000 * 3, 1_000_000_000
    )


@pytest.mark.parametrize(
    ("lower", "reported", "reason"),
    [(50, None, "not_reported"), (0, 1, "target_zero")],
)
def test_without_a_rate_there_is_a_reason(
    tasks: Tasks, lower: float, reported: float | None, reason: str
) -> None:
    number = tasks.target(lower=lower)
    if reported is not None:
        tasks.report(number, reported, "万亩")
    row = tasks.row()
    assert (row["reported_rate"], row["reason"]) == (None, reason)
    assert (row["mapped_rate"], row["mapped"]) == (None, None)


def test_a_misspelt_indicator_is_told_with_those_near_it(tasks: Tasks) -> None:
    asked = tasks.gis.get("/api/progress?indicator=village.greened")
    assert (asked.status_code, asked.json()["code"]) == (422, "unknown_indicator")
    assert "villages.greened" in asked.json()["detail"]
    sent = {**TARGET, "indicator": "plot.planted_area"}
    made = tasks.gis.post("/api/plans/P/targets", json=sent)
    assert (made.status_code, made.json()["code"]) == (422, "unknown_indicator")
    assert "plots.planted_area" in made.json()["detail"]


def test_a_draft_target_does_not_count(tasks: Tasks) -> None:
    made = tasks.gis.post("/api/plans/P/targets", json={**TARGET, "due": None})
    assert made.status_code == 201
    assert tasks.rows() == []


def test_two_or_three_streets_are_within_the_range(tasks: Tasks) -> None:
    number = tasks.target(indicator="streets.built", lower=2, upper=3, measured_in="条")
    tasks.report(number, 3, "条")
    assert tasks.row()["state"] == "within"


def test_a_task_that_is_past_its_day_is_overdue(tasks: Tasks) -> None:
    tasks.target(due=f"{THIS_YEAR}-01-02")
    row = tasks.row()
    assert row["state"] == "overdue"
    assert row["days_overdue"] > 0


def test_ground_is_mapped_once_and_only_in_its_year(tasks: Tasks) -> None:
    made = approved(tasks.sign_in, stage="planted", year=THIS_YEAR)
    approved(tasks.sign_in, stage="planted", year=THIS_YEAR)
    approved(tasks.sign_in, stage="planted", year=THIS_YEAR - 1, geometry=ring(125.07, 43.05))
    tasks.target(indicator="plots.planted_area", lower=1000, measured_in="亩")
    row = tasks.row()
    assert row["mapped"] == pytest.approx(made["properties"]["area_m2"] / MU, rel=1e-6)
    assert row["mapped_rate"] == pytest.approx(row["mapped"] / 1000, rel=1e-12)
    assert row["verified"] == 0


def test_plots_without_the_day_that_counts_are_told_and_not_counted(sign_in: SignIn) -> None:
    campaign = Tasks(
        sign_in,
        counts_by="planted_on",
        kind="campaign",
        first=f"{THIS_YEAR}-04-01",
        after=f"{THIS_YEAR}-05-01",
    )
    inside = approved(sign_in, stage="planted", year=THIS_YEAR, planted_on=f"{THIS_YEAR}-04-10")
    approved(
        sign_in,
        stage="planted",
        year=THIS_YEAR,
        planted_on=f"{THIS_YEAR}-03-31",
        geometry=ring(125.04, 43.05),
    )
    undated = approved(sign_in, stage="planted", year=THIS_YEAR, geometry=ring(125.07, 43.05))
    campaign.target(indicator="restoration.area", lower=1, measured_in="万亩")
    row = campaign.row()
    assert row["mapped"] * 10_000 * MU == pytest.approx(inside["properties"]["area_m2"])
    assert row["undated_m2"] == pytest.approx(undated["properties"]["area_m2"])


def test_every_district_of_a_level_has_a_row_and_parents_are_sums(tasks: Tasks) -> None:
    west = approved(tasks.sign_in, stage="planted", year=THIS_YEAR)
    east = approved(tasks.sign_in, stage="planted", year=THIS_YEAR, geometry=ring(125.15, 43.05))
    first = tasks.target(indicator="plots.planted_area", district=WEST, lower=100, measured_in="亩")
    second = tasks.target(
        indicator="plots.planted_area", district=EAST, lower=300, measured_in="亩"
    )
    tasks.report(first, 90, "亩")
    tasks.report(second, 310, "亩")
    counties = {row["code"]: row for row in tasks.rows(level="county")}
    assert {WEST, EAST} < set(counties)
    assert counties[EAST]["rank"] == 1
    assert counties[WEST]["rank"] == 2
    city = {row["code"]: row for row in tasks.rows(level="city")}[CITY]
    assert (city["target"], city["reported"], city["summed"]) == (400, 400, True)
    both = west["properties"]["area_m2"] + east["properties"]["area_m2"]
    assert city["mapped"] == pytest.approx(both / MU, rel=1e-9)
    assert [row["code"] for row in tasks.rows(level="county", parent=CITY)] == [WEST, EAST]
    assert [row["code"] for row in tasks.rows(level="county", parent=WEST)] == [WEST]
    assert tasks.rows(level="city", parent=WEST) == []
    others = [row for row in tasks.rows(level="county") if row["code"] not in (WEST, EAST)]
    assert {(row["mapped"], row["target"], row["reason"]) for row in others} == {
        (0, None, "no_target")
    }


def test_planned_ground_is_drawn_on_demand(tasks: Tasks) -> None:
    plot = approved(tasks.sign_in, stage="planned", year=THIS_YEAR)
    tasks.target(indicator="plots.planned_area", lower=10, measured_in="亩")
    row = tasks.row()
    assert row["mapped"] == pytest.approx(plot["properties"]["area_m2"] / MU, rel=1e-6)
    assert row["verified"] is None


def test_ground_that_was_green_before_is_taken_off_of_the_rest(
    tasks: Tasks, database: Database
) -> None:
    admin = tasks.sign_in("admin", name="chief")
    assert admin.put("/api/units/Y", json={"name": "园林处"}).status_code == 201
    old = approved(tasks.sign_in, stage="existing", kind="G1", geometry=square(125.02, 43.05))
    over, apart = (
        approved(
            tasks.sign_in, stage="planted", kind="G2", year=THIS_YEAR, unit="Y", geometry=shape
        )
        for shape in (square(125.025, 43.05), square(125.05, 43.05))
    )
    with database.owner.begin() as connection:
        before = "UPDATE plot_history SET valid_from = '2015-01-01' WHERE plot_id = :plot"
        connection.execute(text(before), {"plot": old["id"]})
    number = tasks.target(indicator="urban_green.net_area", lower=10, measured_in="平方米")
    given = {"indicator": "urban_green.net_area", "district": None, "unit": "Y"}
    tasks.target(**given, lower=10, measured_in="平方米")
    whole = [plot["properties"]["area_m2"] for plot in (over, apart)]
    of_district, of_unit = sorted(tasks.rows(), key=lambda row: row["level"])
    assert of_district["mapped"] == pytest.approx(whole[0] / 2 + whole[1], rel=1e-6)
    # By shapes and by kept pieces.
    assert of_unit["mapped"] == pytest.approx(of_district["mapped"], rel=1e-6)
    moves = tasks.gis.get(f"/api/progress/{number}/moves?since={THIS_YEAR}-01-01").json()
    told = sum(row["change"] for row in moves["rows"] if row["figure"] == "mapped")
    assert told == pytest.approx(moves["after"]["mapped"] - moves["before"]["mapped"], abs=1e-6)


def test_streets_that_are_done_count_and_are_listed(tasks: Tasks) -> None:
    number = tasks.target(indicator="streets.built", lower=2, upper=3, measured_in="条")
    for name, state in (("人民大街", "done"), ("同志街", "building")):
        street = {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[125.02, 43.02], [125.03, 43.02]]},
            "properties": {
                "name": name,
                "state": state,
                "values": {"done_on": f"{THIS_YEAR}-01-15", "work_type": "GX"},
            },
        }
        made = tasks.gis.post("/api/registers/street", json=street)
        assert made.status_code == 201, made.text
    assert (tasks.row()["mapped"], tasks.row()["state"]) == (1, "behind")
    records = tasks.gis.get(f"/api/progress/{number}/records").json()
    assert [record["name"] for record in records["rows"]] == ["人民大街"]


def test_the_plots_of_a_figure_add_up_to_it(tasks: Tasks) -> None:
    approved(tasks.sign_in, stage="planted", year=THIS_YEAR)
    approved(tasks.sign_in, stage="planted", year=THIS_YEAR, geometry=ring(125.07, 43.05))
    number = tasks.target(indicator="plots.planted_area", lower=1, measured_in="亩")
    plots = tasks.gis.get(f"/api/progress/{number}/plots").json()
    assert plots["numberMatched"] == 2
    total = sum(plot["properties"]["area_m2"] for plot in plots["features"])
    assert tasks.row()["mapped"] == pytest.approx(total / MU, rel=1e-9)


def test_what_plots_bring_into_a_figure_adds_up_where_they_cross_a_border_and_overlap(
    tasks: Tasks,
) -> None:
    planted = {"stage": "planted", "year": THIS_YEAR}
    across = approved(tasks.sign_in, **planted, geometry=ring(125.099, 43.05))
    below = approved(tasks.sign_in, **planted)
    above = approved(tasks.sign_in, **planted)
    number = tasks.target(indicator="plots.planted_area", district=WEST, lower=1, measured_in="亩")
    behind = tasks.gis.get(f"/api/progress/{number}/plots").json()
    brings = {one["plot_id"]: one["amount"] for one in behind["counted"]}
    areas = {one["id"]: one["properties"]["area_m2"] / MU for one in behind["features"]}
    assert brings[across["id"]] == pytest.approx(areas[across["id"]] / 2, rel=1e-3)
    assert behind["counted_sum"] == pytest.approx(sum(brings.values()), rel=1e-12)
    # Two on the same ground: it counts once.
    assert brings[below["id"]] == pytest.approx(areas[above["id"]], rel=1e-9)
    assert behind["mapped"] == pytest.approx(behind["counted_sum"] - areas[above["id"]], rel=1e-9)
    assert behind["mapped"] == pytest.approx(tasks.row()["mapped"], rel=1e-12)
    assert behind["measured_in"] == "亩"
    one = tasks.gis.get(f"/api/progress/{number}/plots", params={"limit": 1}).json()
    assert [row["plot_id"] for row in one["counted"]] == [one["features"][0]["id"]]
    assert one["counted_sum"] == behind["counted_sum"]


def test_the_plots_of_a_district_without_a_target_are_those_of_the_target_above(
    tasks: Tasks,
) -> None:
    here = approved(tasks.sign_in, stage="planted", year=THIS_YEAR)
    approved(tasks.sign_in, stage="planted", year=THIS_YEAR, geometry=ring(125.15, 43.05))
    tasks.target(indicator="plots.planted_area", district=CITY, lower=1, measured_in="亩")
    (row,) = (row for row in tasks.rows(level="county") if row["code"] == WEST)
    behind = f"/api/progress/{row['above_id']}/plots"
    plots = tasks.gis.get(behind, params={"district": WEST}).json()["features"]
    assert [plot["id"] for plot in plots] == [here["id"]]
    assert row["mapped"] == pytest.approx(plots[0]["properties"]["area_m2"] / MU, rel=1e-9)
    other = tasks.gis.get(behind, params={"district": SOUTH})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "district")


def test_moves_name_each_plot_and_add_up_to_the_difference(tasks: Tasks) -> None:
    first = approved(tasks.sign_in, stage="planted", year=THIS_YEAR)
    number = tasks.target(indicator="plots.planted_area", lower=100, measured_in="亩")
    since = datetime.now(UTC).isoformat()
    entered = approved(tasks.sign_in, stage="planted", year=THIS_YEAR)
    admin = tasks.sign_in("admin")
    assert admin.delete(
        f"/api/plots/{first['id']}?reason=错画",
        headers={"If-Match": first_tag(admin, first["id"])},
    ).is_success
    tasks.report(number, 60, "亩")
    until = datetime.now(UTC).isoformat()
    answer = tasks.gis.get(f"/api/progress/{number}/moves", params={"since": since, "until": until})
    assert answer.status_code == 200, answer.text
    moves = answer.json()
    told = {(row["figure"], row["what"], row["plot_id"]) for row in moves["rows"]}
    assert ("mapped", "entered", entered["id"]) in told
    assert ("mapped", "left", first["id"]) in told
    at = {row["plot_id"]: row["at"] for row in moves["rows"]}
    # What is gone lies where it lay.
    assert at[first["id"]] is not None
    assert ("reported", "reported", None) in told
    for figure in ("mapped", "reported", "target"):
        total = sum(row["change"] for row in moves["rows"] if row["figure"] == figure)
        before, after = moves["before"][figure] or 0, moves["after"][figure] or 0
        assert total == pytest.approx(after - before, abs=1e-9)


def first_tag(client: Any, plot_id: int) -> str:
    """The ETag of a plot."""
    tag: str = client.get(f"/api/plots/{plot_id}").headers["etag"]
    return tag


def test_moves_backwards_in_time_are_refused(tasks: Tasks) -> None:
    number = tasks.target()
    answer = tasks.gis.get(
        f"/api/progress/{number}/moves", params={"since": "2026-05-02", "until": "2026-05-01"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "since")


def test_a_past_day_is_answered_as_it_was_known_then(tasks: Tasks) -> None:
    number = tasks.target()
    before = datetime.now(UTC).isoformat()
    tasks.report(number, 10, "万亩")
    assert tasks.row(as_of=before)["reported"] is None
    assert tasks.row()["reported"] == 10


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_progress_is_a_file_too(tasks: Tasks, kind: str) -> None:
    tasks.report(tasks.target(), 51.3, "万亩")
    answer = tasks.gis.get("/api/progress", params={"plan": "P", "format": kind})
    assert answer.status_code == 200
    assert f"progress.{kind}" in answer.headers["content-disposition"]
    assert (answer.content[:2] == b"PK") == (kind == "xlsx")
    if kind == "csv":
        assert "1.026" in answer.text
        return
    empty = {"plan": "P", "format": kind, "as_of": "2020-01-01"}
    answer = tasks.gis.get("/api/progress", params=empty)
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    (line,) = book.get_sheet_by_index(0).to_python()[1:]
    assert line[0] in ("没有已下达的任务，没有数据", "No task has been issued: there are no data")


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_rows_that_did_not_change_are_not_sent_again(
    tasks: Tasks, database: Database, kind: str
) -> None:
    number = tasks.target()
    drain(database)
    question = {"plan": "P", "format": kind}
    first = tasks.gis.get("/api/progress", params=question)
    known = {"If-None-Match": f"W/{first.headers['etag']}"}
    again = tasks.gis.get("/api/progress", params=question, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    others = [
        tasks.gis.get("/api/progress", params={**question, **other}, headers=known)
        for other in ({"level": "county"}, {"as_of": datetime.now(UTC).isoformat()})
    ]
    assert [answer.status_code for answer in others] == [200, 200]
    tasks.report(number, 7, "万亩")
    changed = tasks.gis.get("/api/progress", params=question, headers=known)
    assert (changed.status_code, changed.content == first.content) == (200, False)


def test_each_language_and_scope_has_an_etag_of_its_own(tasks: Tasks, database: Database) -> None:
    tasks.target(district=WEST)
    drain(database)
    question = {"plan": "P", "format": "xlsx"}
    answers = [
        client.get("/api/progress", params=question, headers={"Accept-Language": language})
        for client in (tasks.gis, tasks.sign_in("viewer", EAST))
        for language in ("zh", "en")
    ]
    assert len({answer.headers["etag"] for answer in answers}) == 4


def test_progress_holds_the_targets_of_the_scope_only(tasks: Tasks) -> None:
    tasks.target(district=WEST)
    tasks.target(district=EAST, lower=1)
    tasks.target(district=PROVINCE, lower=100)
    answer = tasks.sign_in("viewer", EAST).get("/api/progress", params={"plan": "P"})
    assert [row["code"] for row in answer.json()["rows"]] == [EAST]


def test_an_unknown_indicator_is_refused_in_words(tasks: Tasks) -> None:
    answer = tasks.gis.get("/api/progress", params={"indicator": "nothing"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_indicator")


def test_more_plans_than_one_answer_holds_are_refused(tasks: Tasks) -> None:
    body = tasks.gis.get("/api/plans").json()["rows"][0]
    plan = {name: body[name] for name in ("label", "kind", "first", "after")}
    for n in range(50):
        assert tasks.gis.post("/api/plans", json={**plan, "code": f"Q{n}"}).status_code == 201
    answer = tasks.gis.get("/api/progress")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_plans")
    assert "choose some by “Plan” (plan)" in answer.json()["detail"]
