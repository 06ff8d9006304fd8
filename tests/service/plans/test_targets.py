"""Plans and their targets: made, added up, issued, accepted, revised, withdrawn."""

from typing import Any

import pytest

from tests.service.conftest import CITY, EAST, SOUTH, WEST, Database, Server, SignIn, ring

PLAN = {"code": "CC-2023", "label": "长春 2023 年度任务", "kind": "year"}
PLAN |= {"first": "2023-01-01", "after": "2024-01-01", "counts_by": "task_year"}
TARGET = {"indicator": "reported.greening", "district": CITY, "lower": 50, "measured_in": "万亩"}


@pytest.fixture
def gis(sign_in: SignIn) -> Any:
    """GIS staff of the whole tree, a plan and two units."""
    admin = sign_in("admin")
    for code, name in (("LYJ", "林业局"), ("JTJ", "交通局")):
        assert admin.put(f"/api/units/{code}", json={"name": name}).status_code == 201
    client = sign_in("gis")
    assert client.post("/api/plans", json=PLAN).status_code == 201
    return client


def target(client: Any, **given: Any) -> Any:
    """A new target of the plan."""
    answer = client.post("/api/plans/CC-2023/targets", json={**TARGET, **given})
    assert answer.status_code == 201, answer.text
    return answer.json()


CHINESE = {"Accept-Language": "zh"}


def refusal(answer: Any) -> tuple[int, str, str]:
    """Status, code, and the first field that is named."""
    body = answer.json()
    fields = [error.get("field") for error in body.get("errors", [])]
    return answer.status_code, body["code"], (fields or [None])[0]


def test_the_target_of_the_paper_is_set_and_read_back(gis: Any) -> None:
    answer = gis.post(
        "/api/plans/CC-2023/targets",
        json={**TARGET, "strictness": "must", "lead": None, "due": "2023-12-31"},
    )
    assert (answer.status_code, answer.json()["state"]) == (201, "draft")
    read = gis.get(answer.headers["Location"]).json()
    assert (read["lower"], read["measured_in"], read["due"]) == (50, "万亩", "2023-12-31")
    assert (read["code"], read["name"], read["indicator_label"]) == (
        CITY,
        "长春市",
        "国土绿化完成面积",
    )


def test_an_exact_figure_comes_back_exactly(gis: Any) -> None:
    assert target(gis, lower=51.3, upper="51.300001")["upper"] == 51.300001


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"measured_in": "公里"}, (422, "wrong_dimension", "measured_in")),
        ({"measured_in": "石"}, (422, "unknown_unit_of_measure", "measured_in")),
        ({"measured_in": None}, (422, "missing", "measured_in")),
        ({"indicator": "nothing"}, (422, "unknown_indicator", "indicator")),
        ({"lower": None}, (422, "missing", "lower")),
        ({"upper": 49}, (422, "out_of_range", "upper")),
        ({"district": None}, (422, "one_holder", "district")),
        ({"unit": "LYJ"}, (422, "one_holder", "district")),
        ({"district": "999999"}, (422, "unknown_district", "district")),
        ({"district": None, "area": "NONE"}, (422, "unknown_area", "area")),
        ({"lead": "NONE"}, (422, "unknown_unit", "lead")),
        ({"with_units": ["NONE"]}, (422, "unknown_unit", "with_units")),
        ({"due": "2022-12-31"}, (422, "out_of_range", "due")),
        ({"parent": 99}, (422, "unknown_target", "parent")),
        ({"lower": -1}, (422, "invalid_request", "lower")),
        (
            {"indicator": "streets.built", "lower": 2.5, "measured_in": "条"},
            (422, "not_whole", "lower"),
        ),
    ],
)
def test_a_wrong_target_is_refused_by_its_field(
    gis: Any, given: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    answer = gis.post("/api/plans/CC-2023/targets", json={**TARGET, **given})
    assert refusal(answer) == expected


def test_a_wrong_target_is_told_in_the_words_of_the_reader(gis: Any) -> None:
    wrong = [{**TARGET, "measured_in": "公里"}, {**TARGET, "lower": "约50"}]
    told = {
        language: [
            gis.post(
                "/api/plans/CC-2023/targets", json=one, headers={"Accept-Language": language}
            ).json()["errors"][0]["message"]
            for one in wrong
        ]
        for language in ("zh", "en")
    }
    assert told["zh"] == [
        "“国土绿化完成面积”按面积计，公里是长度单位，请改单位，如万亩",
        "应为数，如 50 或 2.5",
    ]
    assert told["en"][0] == (
        "'land greening reported' is measured as an area, km measures a length: take a "
        "unit that fits, as ten thousand mu"
    )


def test_a_cell_holds_one_target_until_it_is_withdrawn(gis: Any) -> None:
    first = target(gis)
    answer = gis.post("/api/plans/CC-2023/targets", json=TARGET)
    assert refusal(answer) == (422, "cell_taken", "district")
    assert "长春市" in answer.json()["errors"][0]["message"] or "长春市" in answer.json()["detail"]
    because = {"reason": "重复"}
    withdrawn = gis.post(f"/api/targets/{first['id']}/withdraw", json=because)
    assert withdrawn.json()["state"] == "withdrawn"
    target(gis)


def test_parts_hang_on_the_target_above_whichever_came_first(gis: Any) -> None:
    west = target(gis, district=WEST, lower=20)
    city = target(gis)
    east = target(gis, district=EAST, lower=30)
    assert east["parent"] == city["id"]
    assert gis.get(f"/api/targets/{west['id']}").json()["parent"] == city["id"]


def test_parts_that_are_more_than_the_whole_are_told_with_the_difference(gis: Any) -> None:
    target(gis)
    target(gis, district=WEST, lower=30)
    more = {**TARGET, "district": EAST, "lower": 250_000, "measured_in": "亩"}
    answer = gis.post("/api/plans/CC-2023/targets", json=more)
    assert (answer.status_code, answer.json()["code"]) == (409, "warnings")
    (entry,) = answer.json()["errors"]
    assert (entry["code"], entry["difference"], entry["sum"]) == ("children_sum", 5, 55)
    again = gis.post("/api/plans/CC-2023/targets?acknowledge=children_sum", json=more)
    assert again.status_code == 201


def test_an_issue_asks_that_parts_add_up(gis: Any) -> None:
    city = target(gis)
    target(gis, district=WEST, lower=30)
    answer = gis.post(f"/api/targets/{city['id']}/issue")
    assert (answer.status_code, answer.json()["errors"][0]["difference"]) == (409, -20)
    target(gis, district=EAST, lower=20)
    assert gis.post(f"/api/targets/{city['id']}/issue").json()["state"] == "issued"


def test_a_plan_is_issued_with_all_its_drafts(gis: Any) -> None:
    target(gis)
    target(gis, district=WEST, lower=20)
    assert gis.post("/api/plans/CC-2023/issue").status_code == 409
    answer = gis.post("/api/plans/CC-2023/issue?acknowledge=children_sum")
    assert (answer.json()["state"], answer.json()["issued_targets"]) == ("issued", 2)
    states = {row["state"] for row in gis.get("/api/plans/CC-2023/targets").json()["rows"]}
    assert states == {"issued"}


def test_a_target_is_accepted_by_its_unit_alone(
    gis: Any, sign_in: SignIn, database: Database, service: Server
) -> None:
    number = target(gis, lead="交通局")["id"]
    assert gis.post(f"/api/targets/{number}/issue").status_code == 200
    assert refusal(gis.post(f"/api/targets/{number}/accept"))[:2] == (403, "not_your_target")
    with service.client(database.account("jtj", "planner", units=["JTJ"])) as client:
        assert client.post(f"/api/targets/{number}/accept").json()["state"] == "accepted"
        again = client.post(f"/api/targets/{number}/accept", headers=CHINESE)
        assert refusal(again)[:2] == (409, "wrong_state")
        assert again.json()["detail"].startswith("任务现为“已签收”，此操作需要“已下达”")


def test_an_issued_target_is_revised_with_a_reason_and_the_log_tells_it(gis: Any) -> None:
    number = target(gis)["id"]
    gis.post(f"/api/targets/{number}/issue")
    assert refusal(gis.patch(f"/api/targets/{number}", json={"lower": 48}))[:2] == (
        409,
        "wrong_state",
    )
    same = gis.post(f"/api/targets/{number}/revise", json={"lower": 50, "reason": "x"})
    assert refusal(same)[:2] == (409, "nothing_revised")
    answer = gis.post(f"/api/targets/{number}/revise", json={"lower": 48, "reason": "核减"})
    assert (answer.json()["revision"], answer.json()["lower"]) == (2, 48)
    log = gis.get(f"/api/targets/{number}/changes").json()["rows"]
    assert [(row["reason"], row["after"]["lower"]) for row in log][-1] == ("核减", 48)


def test_a_draft_is_changed_by_a_patch_and_deleted(gis: Any) -> None:
    number = target(gis)["id"]
    stale = {"If-Match": '"9"'}
    assert gis.patch(f"/api/targets/{number}", json={"lower": 1}, headers=stale).status_code == 412
    answer = gis.patch(f"/api/targets/{number}", json={"lower": 1, "due": "2023-06-30"})
    assert (answer.json()["lower"], answer.headers["ETag"]) == (1, '"2"')
    assert gis.delete(f"/api/targets/{number}").status_code == 204
    assert gis.get(f"/api/targets/{number}").status_code == 404


def test_targets_are_filtered_by_district_unit_and_indicator(gis: Any) -> None:
    target(gis, lead="LYJ")
    target(gis, district=WEST, lower=20)
    target(gis, indicator="villages.greened", lower=367, measured_in="个")

    def count(**query: str) -> int:
        answer = gis.get("/api/plans/CC-2023/targets", params=query)
        return int(answer.json()["numberMatched"])

    assert (count(), count(district=CITY), count(district=WEST)) == (3, 3, 1)
    assert (count(unit="林业局"), count(indicator="村屯绿化")) == (1, 1)
    for query in ("district=1", "unit=x", "indicator=x"):
        assert gis.get(f"/api/plans/CC-2023/targets?{query}").status_code == 422


def test_a_county_sees_its_targets_and_not_those_of_others(gis: Any, sign_in: SignIn) -> None:
    for district, lower in ((CITY, 50), (WEST, 20), (EAST, 30)):
        target(gis, district=district, lower=lower)
    rows = sign_in("planner", WEST).get("/api/plans/CC-2023/targets").json()["rows"]
    assert [row["district"] for row in rows] == [WEST]
    answer = sign_in("gis", WEST).post(
        "/api/plans/CC-2023/targets", json={**TARGET, "district": SOUTH}
    )
    assert refusal(answer) == (422, "unknown_district", "district")


def test_a_plan_is_changed_closed_and_reopened(gis: Any) -> None:
    number = target(gis)["id"]
    body = {name: value for name, value in PLAN.items() if name != "code"}
    answer = gis.put("/api/plans/CC-2023", json={**body, "issuer": "市政府"})
    assert (answer.json()["issuer"], answer.json()["version"]) == ("市政府", 2)
    early = gis.post("/api/plans/CC-2023/reopen", headers=CHINESE).json()
    assert (early["code"], early["detail"]) == (
        "wrong_state",
        "计划 CC-2023 现为“草稿”，此操作需要“已结束”",
    )
    assert gis.post("/api/plans/CC-2023/close").json()["state"] == "closed"
    assert refusal(gis.post(f"/api/targets/{number}/issue"))[:2] == (409, "closed_plan")
    assert gis.post("/api/plans/CC-2023/reopen").json()["state"] == "issued"
    assert refusal(gis.delete("/api/plans/CC-2023"))[:2] == (409, "plan_in_use")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"code": "长春"}, (422, "not_a_code", "code")),
        ({"after": "2023-01-01"}, (422, "out_of_range", "after")),
        ({"parent": "NONE"}, (422, "unknown_plan", "parent")),
        ({"district": "999999"}, (422, "unknown_district", "district")),
        ({"kind": "century"}, (422, "invalid_request", "kind")),
        ({"label": " \u3000"}, (422, "invalid_request", "label")),
        ({"code": "CC-2023"}, (409, "plan_exists", "code")),
        ({"code": "cc-2023"}, (409, "plan_exists", "code")),
    ],
)
def test_a_wrong_plan_is_refused_by_its_field(
    gis: Any, given: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    answer = gis.post("/api/plans", json={**PLAN, "code": "NEW", **given})
    assert refusal(answer) == expected


def test_a_plan_is_given_no_blank_for_its_name(gis: Any) -> None:
    body = {name: value for name, value in PLAN.items() if name != "code"}
    for label in (" ", "\u2028", ""):
        answer = gis.put("/api/plans/CC-2023", json={**body, "label": label})
        assert refusal(answer) == (422, "invalid_request", "label")
    assert gis.get("/api/plans/CC-2023").json()["label"] == PLAN["label"]


def test_a_plan_of_a_level_above_is_read_and_not_changed(gis: Any, sign_in: SignIn) -> None:
    county = sign_in("gis", WEST)
    assert county.get("/api/plans/CC-2023").status_code == 200
    assert refusal(county.post("/api/plans/CC-2023/close"))[:2] == (403, "not_your_plan")
    own = county.post("/api/plans", json={**PLAN, "code": "XX"}).json()
    assert own["district"] == WEST
    listed = sign_in("gis", EAST).get("/api/plans?year=2023").json()["rows"]
    assert [row["code"] for row in listed] == ["CC-2023"]


def test_a_plan_is_not_above_itself(gis: Any) -> None:
    gis.post("/api/plans", json={**PLAN, "code": "PART", "parent": "CC-2023"})
    body = {name: value for name, value in PLAN.items() if name != "code"}
    answer = gis.put("/api/plans/CC-2023", json={**body, "parent": "PART"})
    assert refusal(answer) == (422, "own_parent", "parent")


def test_units_areas_and_indicators_in_use_stay(gis: Any, sign_in: SignIn) -> None:
    admin = sign_in("admin")
    own = {"label_zh": "校园绿化", "dimension": "count", "unit": "ge"}
    own |= {"measure": {"of": "reported"}}  # type: ignore[dict-item]
    assert admin.put("/api/codes/indicator/LM.XY", json=own).status_code == 201
    target(gis, indicator="LM.XY", lower=3, measured_in="个", lead="LYJ")
    assert admin.delete("/api/units/LYJ").json()["code"] == "unit_in_use"
    assert admin.delete("/api/codes/indicator/LM.XY").json()["code"] == "code_in_use"


def test_a_target_of_an_area_is_seen_by_whoever_sees_its_ground(gis: Any, sign_in: SignIn) -> None:
    shape = {"type": "Feature", "geometry": ring(125.02, 43.02, 0.02, 0.02)}
    sent = {**shape, "properties": {"name": "高新区", "kind": "KFQ"}}
    assert gis.put("/api/areas/GX", json=sent).status_code == 201
    number = target(gis, district=None, area="GX", lower=1)["id"]
    assert sign_in("viewer", WEST).get(f"/api/targets/{number}").json()["name"] == "高新区"
    assert sign_in("viewer", EAST).get(f"/api/targets/{number}").status_code == 404
    assert gis.delete("/api/areas/GX").json()["code"] == "area_in_use"
