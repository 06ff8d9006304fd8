"""A bureau's own words stand beside the shipped ones, and behave as those do."""

import io
import zipfile
from typing import Any

import pytest

from service.codes.db.codes import load_code_lists
from tests.service.conftest import (
    CITY,
    OTHER_CITY,
    PROVINCE,
    Database,
    Server,
    SignIn,
    feature,
    ring,
)
from tests.service.plots.made import approved, drawn

CAMPUS = {"label_zh": "绿美校园", "label_en": "Green campus"}


def codes_of(client: Any, name: str) -> dict[str, dict[str, Any]]:
    """The rows of a list by their code."""
    return {row["code"]: row for row in client.get(f"/api/codes/{name}").json()["codes"]}


def test_a_new_code_is_answered_as_local(sign_in: SignIn) -> None:
    answer = sign_in("admin").put("/api/codes/programme/LMXY", json=CAMPUS)
    assert (answer.status_code, answer.json()["local"]) == (201, True)


def test_the_same_code_again_is_a_change(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/codes/programme/LMXY", json=CAMPUS)
    answer = admin.put("/api/codes/programme/LMXY", json={**CAMPUS, "label_en": "School green"})
    assert (answer.status_code, answer.json()["label_en"]) == (200, "School green")


@pytest.mark.parametrize("role", ["viewer", "planner", "inspector", "gis"])
def test_only_an_administrator_changes_lists(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    assert client.put("/api/codes/programme/LMXY", json=CAMPUS).status_code == 403
    assert client.delete("/api/codes/programme/LMXY").status_code == 403


def test_an_administrator_of_a_part_changes_no_word_of_all(sign_in: SignIn) -> None:
    sign_in("admin").put("/api/codes/programme/LMXY", json=CAMPUS)
    part = sign_in("admin", CITY)
    for answer in (
        part.put("/api/codes/programme/LMXY", json={**CAMPUS, "label_en": "School green"}),
        part.put("/api/codes/programme/NEU", json=CAMPUS),
        part.delete("/api/codes/programme/LMXY"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "whole_tree_needed")
    assert codes_of(part, "programme")["LMXY"]["label_en"] == "Green campus"


def test_who_has_every_county_by_name_changes_words(sign_in: SignIn) -> None:
    answer = sign_in("admin", PROVINCE, OTHER_CITY).put("/api/codes/programme/LMXY", json=CAMPUS)
    assert answer.status_code == 201


def test_an_administrator_of_units_alone_changes_no_word(
    database: Database, server: Server, sign_in: SignIn
) -> None:
    unit = {"name": "林业局", "kind": "bureau"}
    assert sign_in("admin").put("/api/units/WORDS", json=unit).status_code == 201
    with server.client(database.account("of-units", "admin", units=["WORDS"])) as alone:
        answer = alone.put("/api/codes/programme/LMXY", json=CAMPUS)
    assert answer.status_code == 403


def test_a_local_word_is_drawn_with(sign_in: SignIn) -> None:
    sign_in("admin").put("/api/codes/programme/LMXY", json=CAMPUS)
    plot = drawn(sign_in("planner"), programme="绿美校园")
    assert plot["properties"]["programme"] == "LMXY"


def test_a_local_kind_has_its_green_class(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    row = {"label_zh": "党员林", "label_en": "Party members' grove", "green_class": "forest"}
    assert admin.put("/api/codes/kind/DYL", json=row).status_code == 201
    plot = drawn(sign_in("planner"), kind="党员林")
    assert (plot["properties"]["kind"], plot["properties"]["kind_label"]) == ("DYL", "党员林")


def test_a_kind_without_a_green_class_is_refused_with_the_column(sign_in: SignIn) -> None:
    answer = sign_in("admin").put("/api/codes/kind/DYL", json=CAMPUS)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["green_class"]


@pytest.mark.parametrize(
    ("address", "sent", "code"),
    [
        pytest.param("programme/A%20B", CAMPUS, "not_a_code", id="a blank in the code"),
        pytest.param("programme/LMXY", {**CAMPUS, "colour": "red"}, "unknown_column", id="column"),
        pytest.param("programme/LMXY", {**CAMPUS, "region": "99"}, "unknown_code", id="region"),
        pytest.param("programme/LMXY", {**CAMPUS, "label_zh": ""}, "missing", id="no label"),
        pytest.param("programme/L", {**CAMPUS, "valid_to": "soon"}, "not_a_date", id="no day"),
    ],
)
def test_a_wrong_row_is_refused(sign_in: SignIn, address: str, sent: Any, code: str) -> None:
    answer = sign_in("admin").put(f"/api/codes/{address}", json=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_measure_nested_deeper_than_pythons_stack_is_refused(sign_in: SignIn) -> None:
    row = {"label_zh": "甲", "dimension": "area", "unit": "mu", "measure": "[" * 1_999}
    answer = sign_in("admin").put("/api/codes/indicator/DEEP", json=row)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "bad_measure")


def test_a_word_of_another_code_is_refused(sign_in: SignIn) -> None:
    answer = sign_in("admin").put("/api/codes/method/MINE", json={"label_zh": "植苗造林"})
    assert (answer.status_code, answer.json()["code"]) == (409, "word_taken")


def test_a_list_that_the_program_acts_by_takes_words_but_no_codes(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    answer = admin.put("/api/codes/stage/felled", json={"label_zh": "已采伐"})
    assert (answer.status_code, answer.json()["code"]) == (409, "closed_list")
    assert admin.put("/api/codes/stage/planted", json={"label_zh": "已栽植"}).status_code == 200


def test_an_unknown_list_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("admin").put("/api/codes/nonsense/A", json=CAMPUS).status_code == 404


def test_a_local_theme_and_a_type_of_work_are_drawn_changed_and_found(sign_in: SignIn) -> None:
    sign_in("admin").put("/api/codes/theme/LMXY", json=CAMPUS)
    planner = sign_in("planner")
    plot = drawn(planner, theme="绿美校园", work_type="新建")
    assert [plot["properties"][name] for name in ("theme", "work_type")] == ["LMXY", "XJ"]
    answer = planner.patch(
        f"/api/plots/{plot['id']}",
        json={"properties": {"work_type": "提升"}},
        headers={"If-Match": '"1"'},
    )
    assert answer.json()["properties"]["work_type"] == "TS"
    matched = [
        planner.get("/api/plots", params=query).json()["numberMatched"]
        for query in ({"theme": "绿美校园"}, {"work_type": "TS"}, {"work_type": "新建"})
    ]
    assert matched == [1, 1, 0]
    past = planner.get(f"/api/plots/{plot['id']}/versions/1").json()
    assert past["properties"]["work_type"] == "XJ"


@pytest.mark.parametrize("kind", ["人工种草", "退化湿地修复", "工程固沙", "石漠化治理"])
def test_ground_of_every_class_is_drawn_and_counts_in_its_own_class(
    sign_in: SignIn, kind: str
) -> None:
    plot = approved(sign_in, kind=kind)
    rows = sign_in("viewer").get("/api/coverage", params={"by": "green_class"}).json()["rows"]
    (green_class,) = {row["group"] for row in rows if row.get("green_m2")}
    kinds = codes_of(sign_in("viewer"), "kind")
    assert green_class == kinds[plot["properties"]["kind"]]["green_class"]


def test_a_plot_of_no_size_of_its_kind_is_warned_of(sign_in: SignIn) -> None:
    square = ring(125.05, 43.05, 0.004)
    planner = sign_in("planner")
    answer = planner.post("/api/plots", json=feature(square, kind="口袋公园"))
    assert answer.status_code == 409
    problem = answer.json()["errors"][0]
    assert (problem["code"], problem["severity"]) == ("kind_size", "warn")
    answer = planner.post("/api/plots?acknowledge=kind_size", json=feature(square, kind="KDGY"))
    assert answer.status_code == 201


def test_wayside_planting_is_continuous_ground_of_400_m2_at_most(sign_in: SignIn) -> None:
    # 22 m by 16 m each: two of them are 700 m² together, and no part is larger than 400 m².
    small = [ring(west, 43.05, 0.0002, 0.0002)["coordinates"] for west in (125.05, 125.06)]
    apart = {"type": "MultiPolygon", "coordinates": small}
    planner = sign_in("planner")
    said = []
    for ground in (apart, ring(125.05, 43.05, 0.0004, 0.0002)):
        answer = planner.post("/api/plots/check", json=feature(ground, kind="四旁植树"))
        said.append([p for p in answer.json()["problems"] if p["code"] == "kind_size"])
    within, beyond = said
    assert within == []
    assert (beyond[0]["severity"], round(beyond[0]["area_m2"], -1)) == ("warn", 720)
    assert "at most 400 m²" in beyond[0]["message"]


def test_a_belt_along_a_road_that_is_wider_than_farmland_allows_is_told(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    said = []
    for width in (0.00003, 0.0001):
        belt = ring(125.05, 43.05, width, 0.01)
        answer = planner.post("/api/plots/check", json=feature(belt, kind="街路绿化"))
        problems = {problem["code"]: problem for problem in answer.json()["problems"]}
        said.append(problems)
    narrow, wide = said
    assert "belt_width" not in narrow
    assert wide["belt_width"]["severity"] == "info"
    assert "8.1 m" in wide["belt_width"]["message"]


def test_a_local_kind_brings_its_own_bounds(sign_in: SignIn) -> None:
    row = {"label_zh": "党员林", "green_class": "forest", "max_m2": 500}
    sign_in("admin").put("/api/codes/kind/DYL", json=row)
    answer = sign_in("planner").post("/api/plots/check", json=feature(kind="党员林"))
    assert "kind_size" in [problem["code"] for problem in answer.json()["problems"]]


def test_a_change_upon_an_older_version_is_refused(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    first = admin.put("/api/codes/programme/LMXY", json=CAMPUS).headers["ETag"]
    admin.put("/api/codes/programme/LMXY", json=CAMPUS)
    late = {"If-Match": first}
    answer = admin.put("/api/codes/programme/LMXY", json=CAMPUS, headers=late)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert admin.delete("/api/codes/programme/LMXY", headers=late).status_code == 412


def test_a_code_that_nobody_has_is_deleted(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/codes/programme/LMXY", json=CAMPUS)
    assert admin.delete("/api/codes/programme/LMXY").status_code == 204
    assert "LMXY" not in codes_of(admin, "programme")


def test_a_code_in_use_stays_and_its_plots_are_counted(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/codes/programme/LMXY", json=CAMPUS)
    drawn(sign_in("planner"), programme="LMXY")
    answer = admin.delete("/api/codes/programme/LMXY")
    assert (answer.status_code, answer.json()["code"]) == (409, "code_in_use")
    assert answer.json()["errors"][0]["plots"] == 1
    assert "by 1 plot:" in answer.json()["detail"] or "1 个图斑" in answer.json()["detail"]


def test_a_species_in_a_mix_is_in_use(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    row = {"label_zh": "珙桐", "label_en": "dove tree", "scientific": "Davidia involucrata"}
    admin.put("/api/codes/species/DAVINV", json=row)
    drawn(sign_in("planner"), species=[{"code": "珙桐", "share": 1}])
    assert admin.delete("/api/codes/species/DAVINV").json()["code"] == "code_in_use"


def test_a_code_that_records_have_is_in_use(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/codes/fulfilment_form/JZ", json={"label_zh": "捐资"})
    field = {"name": "form", "label_zh": "形式", "type": "code", "list": "fulfilment_form"}
    states = [{"code": "found", "label_zh": "有", "done": True}]
    register = {"code": "gift", "label_zh": "捐赠", "fields": [field], "states": states}
    assert admin.post("/api/registers", json=register).status_code == 201
    gift = {"type": "Feature", "geometry": None, "properties": {"name": "甲", "form": "JZ"}}
    place = {"type": "Point", "coordinates": [125.05, 43.05]}
    sent = admin.post("/api/registers/gift", json={**gift, "geometry": place})
    assert sent.status_code == 201, sent.text
    answer = admin.delete("/api/codes/fulfilment_form/JZ")
    assert (answer.status_code, answer.json()["code"]) == (409, "code_in_use")
    assert "1 record:" in answer.json()["detail"]
    assert answer.json()["errors"][0]["records"] == 1


def test_a_role_that_members_have_is_in_use(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/codes/unit_role/LL", json={"label_zh": "联络"})
    for code in ("LW", "LYJ"):
        admin.put(f"/api/units/{code}", json={"name": code})
    sent = {"members": [{"body": "LYJ", "role": "联络"}]}
    assert admin.put("/api/units/LW/members", json=sent).status_code == 200
    answer = admin.delete("/api/codes/unit_role/LL")
    assert (answer.status_code, answer.json()["errors"][0]["members"]) == (409, 1)


def test_a_measure_that_a_register_has_is_in_use(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    measure = {"label_zh": "箱", "dimension": "count", "factor": "1"}
    assert admin.put("/api/codes/unit_of_measure/BOX", json=measure).status_code == 201
    field = {"name": "n", "label_zh": "数", "type": "number", "measured_in": "BOX"}
    states = [{"code": "found", "label_zh": "有", "done": True}]
    register = {"code": "seed", "label_zh": "种子", "fields": [field], "states": states}
    made = admin.post("/api/registers", json=register)
    assert made.status_code == 201, made.text
    answer = admin.delete("/api/codes/unit_of_measure/BOX")
    assert (answer.status_code, answer.json()["errors"][0]["registers"]) == (409, 1)


NAMED_BY_MEASURES = [
    ("kind", "kinds", {"green_class": "forest"}),
    ("category", "categories", {}),
    ("programme", "programmes", {}),
    ("theme", "themes", {}),
    ("work_type", "work_types", {}),
]


def indicator(admin: Any, measure: dict[str, Any], **cells: str) -> Any:
    """The answer to an indicator IND of the bureau."""
    row = {"label_zh": "自有指标", "dimension": "area", "unit": "mu", "measure": measure, **cells}
    return admin.put("/api/codes/indicator/IND", json=row)


@pytest.mark.parametrize(("name", "member", "cells"), NAMED_BY_MEASURES)
def test_a_code_that_an_indicator_counts_is_in_use(
    sign_in: SignIn, name: str, member: str, cells: dict[str, str]
) -> None:
    admin = sign_in("admin")
    assert admin.put(f"/api/codes/{name}/OWN", json={**CAMPUS, **cells}).status_code == 201
    made = indicator(admin, {"of": "plots", "what": "area", member: ["OWN"]})
    assert made.status_code == 201, made.text
    answer = admin.delete(f"/api/codes/{name}/OWN")
    assert (answer.status_code, answer.json()["code"]) == (409, "code_in_use")
    assert answer.json()["errors"][0]["indicators"] == 1
    assert admin.delete("/api/codes/indicator/IND").status_code == 204
    assert admin.delete(f"/api/codes/{name}/OWN").status_code == 204


@pytest.mark.parametrize("member", [member for _, member, _ in NAMED_BY_MEASURES])
def test_an_indicator_of_an_unknown_code_is_refused(sign_in: SignIn, member: str) -> None:
    answer = indicator(sign_in("admin"), {"of": "plots", "what": "area", member: ["NONE"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_code")
    assert "NONE" in answer.json()["detail"]


def test_a_measure_of_an_indicator_is_in_use_and_progress_is_still_told(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    measure = {"label_zh": "顷", "dimension": "area", "factor": "200000/3"}
    assert admin.put("/api/codes/unit_of_measure/QING", json=measure).status_code == 201
    assert indicator(admin, {"of": "reported"}, unit="QING").status_code == 201
    answer = admin.delete("/api/codes/unit_of_measure/QING")
    assert (answer.status_code, answer.json()["code"]) == (409, "code_in_use")
    assert "by 1 indicator:" in answer.json()["detail"] or "1 项指标" in answer.json()["detail"]
    assert admin.get("/api/progress").status_code == 200


def test_an_indicator_of_a_rate_is_in_use(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    assert indicator(admin, {"of": "reported"}).status_code == 201
    rate = {"of": "ratio", "over": ["IND", "territory.area"]}
    row = {"label_zh": "率", "dimension": "ratio", "unit": "percent", "measure": rate}
    assert admin.put("/api/codes/indicator/RATE", json=row).status_code == 201
    answer = admin.delete("/api/codes/indicator/IND")
    assert (answer.status_code, answer.json()["errors"][0]["indicators"]) == (409, 1)


@pytest.mark.parametrize("member", [0, 1], ids=["over", "under"])
def test_rates_that_are_made_of_each_other_are_refused(sign_in: SignIn, member: int) -> None:
    admin = sign_in("admin")
    rate = {"dimension": "ratio", "unit": "percent"}
    over = ["IND", "territory.area"] if member == 0 else ["territory.area", "IND"]
    assert indicator(admin, {"of": "reported"}).status_code == 201
    other = {"label_zh": "率", "measure": {"of": "ratio", "over": over}, **rate}
    assert admin.put("/api/codes/indicator/RATE", json=other).status_code == 201
    back = {"of": "ratio", "over": ["RATE", "forest.area"]}
    answer = indicator(admin, back, **rate)
    assert (answer.status_code, answer.json()["code"]) == (422, "circle")
    assert answer.json()["errors"][0]["field"] == "measure"
    assert "IND → RATE" in answer.json()["detail"] or "RATE → IND" in answer.json()["detail"]
    assert codes_of(admin, "indicator")["IND"]["measure"] == {"of": "reported"}


def test_a_shipped_rate_that_would_close_a_circle_does_not_come_back(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    area = {"dimension": "area", "unit": "ha", "measure": {"of": "reported"}}
    rate = {"dimension": "ratio", "unit": "percent"}
    for code, cells in (
        ("forest.coverage", {"label_zh": "森林覆盖率", **area}),
        (
            "forest.area",
            {
                "label_zh": "森林面积",
                **rate,
                "measure": {"of": "ratio", "over": ["forest.coverage", "territory.area"]},
            },
        ),
    ):
        assert admin.put(f"/api/codes/indicator/{code}", json=cells).status_code == 200
    answer = admin.delete("/api/codes/indicator/forest.coverage")
    assert (answer.status_code, answer.json()["code"]) == (422, "circle")


CORPS = {"label_zh": "新疆生产建设兵团", "label_en": "Xinjiang Corps"}


@pytest.mark.parametrize(
    ("address", "row", "column"),
    [
        ("species/DAVINV", {"label_zh": "珙桐", "native_in": "660000 650000"}, "native_in"),
        ("programme/LMXY", {**CAMPUS, "region": "660000"}, "region"),
    ],
)
def test_a_province_of_the_bureau_is_one_that_others_may_name(
    sign_in: SignIn, address: str, row: dict[str, Any], column: str
) -> None:
    admin = sign_in("admin")
    assert admin.put(f"/api/codes/{address}", json=row).json()["code"] == "unknown_code"
    assert admin.put("/api/codes/province/660000", json=CORPS).status_code == 201
    answer = admin.put(f"/api/codes/{address}", json=row)
    assert (answer.status_code, answer.json()[column]) == (201, row[column])
    answer = admin.delete("/api/codes/province/660000")
    assert (answer.status_code, answer.json()["code"]) == (409, "code_in_use")
    assert answer.json()["errors"][0]["codes"] == 1
    assert admin.delete(f"/api/codes/{address}").status_code == 204
    assert admin.delete("/api/codes/province/660000").status_code == 204


def test_a_kind_that_the_rule_of_a_layer_names_is_in_use(sign_in: SignIn) -> None:
    admin, gis = sign_in("admin"), sign_in("gis")
    admin.put("/api/codes/kind/OWN", json={**CAMPUS, "green_class": "urban"})
    layer = {"label_zh": "基本农田", "role": "block", "rule": {"kinds": ["OWN"]}}
    assert gis.put("/api/layers/FARM", json=layer).status_code == 201
    answer = admin.delete("/api/codes/kind/OWN")
    assert (answer.status_code, answer.json()["code"]) == (409, "code_in_use")
    assert answer.json()["errors"][0]["layers"] == 1
    assert gis.put("/api/layers/FARM", json={**layer, "rule": {}}).status_code == 200
    assert admin.delete("/api/codes/kind/OWN").status_code == 204


def test_a_shipped_code_is_not_deleted(sign_in: SignIn) -> None:
    answer = sign_in("admin").delete("/api/codes/kind/RGZL")
    assert (answer.status_code, answer.json()["code"]) == (409, "shipped_code")


def test_a_shipped_code_comes_back_when_the_local_one_goes(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put(
        "/api/codes/kind/RGZL", json={"label_zh": "人工造林（本地）", "green_class": "forest"}
    )
    assert admin.delete("/api/codes/kind/RGZL").status_code == 204
    assert codes_of(admin, "kind")["RGZL"]["label_zh"] == "人工造林"


@pytest.mark.parametrize("ended", [{"retired": True}, {"valid_to": "2020-12-31"}])
def test_a_retired_code_is_refused_for_new_plots(sign_in: SignIn, ended: dict[str, Any]) -> None:
    admin, planner = sign_in("admin"), sign_in("planner")
    admin.put("/api/codes/programme/LMXY", json={**CAMPUS, **ended})
    answer = planner.post("/api/plots", json=feature(programme="绿美校园"))
    assert (answer.status_code, answer.json()["code"]) == (422, "retired_code")


def test_a_code_is_taken_on_its_last_day(sign_in: SignIn) -> None:
    sign_in("admin").put("/api/codes/programme/LMXY", json={**CAMPUS, "valid_to": "2199-12-31"})
    assert drawn(sign_in("planner"), programme="LMXY")


def test_a_plot_keeps_its_retired_code_through_changes(sign_in: SignIn) -> None:
    admin, planner = sign_in("admin"), sign_in("planner")
    admin.put("/api/codes/programme/LMXY", json=CAMPUS)
    plot = drawn(planner, programme="LMXY")
    admin.put("/api/codes/programme/LMXY", json={**CAMPUS, "retired": True})
    answer = planner.patch(
        f"/api/plots/{plot['id']}",
        json={"properties": {"name": "改名"}},
        headers={"If-Match": '"1"', "Content-Type": "application/merge-patch+json"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["properties"]["programme"] == "LMXY"


def test_local_codes_survive_a_migrate(sign_in: SignIn, database: Database) -> None:
    admin = sign_in("admin")
    admin.put("/api/codes/kind/DYL", json={"label_zh": "党员林", "green_class": "forest"})
    admin.put("/api/codes/kind/RGZL", json={"label_zh": "本地造林", "green_class": "forest"})
    admin.put("/api/codes/programme/LMXY", json=CAMPUS)
    with database.owner.begin() as connection:
        load_code_lists(connection)
    kinds = codes_of(admin, "kind")
    assert (kinds["DYL"]["local"], kinds["RGZL"]["label_zh"]) == (True, "本地造林")
    assert codes_of(admin, "programme")["LMXY"]["local"]


@pytest.mark.parametrize("word", ["DYL", "党员林"])
def test_an_official_shapefile_has_the_local_code_and_its_word(sign_in: SignIn, word: str) -> None:
    sign_in("admin").put("/api/codes/kind/DYL", json={"label_zh": "党员林", "green_class": "urban"})
    approved(sign_in, kind="DYL")
    answer = sign_in("gis").get("/api/exports/plots?schema=zaolin&encoding=GBK")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        dbf = next(name for name in archive.namelist() if name.endswith(".dbf"))
        assert word.encode("gbk") in archive.read(dbf)


def test_a_map_legend_says_the_local_word(sign_in: SignIn) -> None:
    sign_in("admin").put("/api/codes/kind/DYL", json={"label_zh": "党员林", "green_class": "urban"})
    approved(sign_in, kind="DYL")
    assert "党员林" in sign_in("viewer").get("/maps/afforestation").text


def test_plots_are_filtered_by_a_local_word(sign_in: SignIn) -> None:
    sign_in("admin").put("/api/codes/programme/LMXY", json=CAMPUS)
    planner = sign_in("planner")
    drawn(planner, programme="LMXY")
    drawn(planner)
    answer = planner.get("/api/plots", params={"programme": "绿美校园"})
    assert answer.json()["numberMatched"] == 1


def test_a_change_is_in_the_audit_log(sign_in: SignIn, database: Database) -> None:
    sign_in("admin").put("/api/codes/programme/LMXY", json=CAMPUS)
    entries = "SELECT count(*) FROM audit WHERE action = 'code' AND detail->>'code' = 'LMXY'"
    assert database.scalar(entries) == 1


def test_rules_come_by_file_only(sign_in: SignIn) -> None:
    row = {"label_zh": "本地规则"}
    answer = sign_in("admin").put("/api/codes/patrol_rule/LOCAL", json=row)
    assert (answer.status_code, answer.json()["code"]) == (409, "rules_by_file")
