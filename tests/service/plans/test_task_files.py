"""任务分解表 over HTTP: out and in again unchanged, each problem at its cell."""

from typing import Any

import pytest

from service.plans.api import files
from tests.service.conftest import CITY, EAST, WEST, SignIn
from tests.service.plans.test_targets import gis, target

__all__ = ["gis"]

FILES = "/api/plans/CC-2023/targets/files"
MATRIX = "指标\t计量单位\t西县\t东县\t合计\n国土绿化完成面积\t万亩\t20\t30\t50\n"


def sent(client: Any, text: str | bytes, name: str = "a.tsv", **query: Any) -> Any:
    """A table that is sent as a file."""
    content = text.encode() if isinstance(text, str) else text
    data = {"reason": query.pop("reason", "")}
    return client.post(FILES, params=query, files={"file": (name, content)}, data=data)


def book(client: Any, layout: str) -> bytes:
    """The targets of the plan as a workbook."""
    answer = client.get(f"/api/plans/CC-2023/targets?format=xlsx&layout={layout}")
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def counts(answer: Any) -> tuple[int, int, int, int]:
    body = answer.json()
    assert answer.status_code == 200, body
    return body["new"], body["changed"], body["revised"], body["same"]


def test_a_pasted_matrix_sets_targets_of_its_cells(gis: Any) -> None:
    city = target(gis)
    assert counts(sent(gis, MATRIX)) == (2, 0, 0, 0)
    rows = gis.get("/api/plans/CC-2023/targets").json()["rows"]
    assert [(row["district"], row["lower"], row["parent"]) for row in rows[1:]] == [
        (WEST, 20, city["id"]),
        (EAST, 30, city["id"]),
    ]


@pytest.mark.parametrize("layout", ["long", "matrix"])
def test_what_goes_out_comes_in_unchanged(gis: Any, layout: str) -> None:
    target(gis, lead="LYJ", with_units=["JTJ"], due="2023-12-31", clause="第三条")
    target(gis, district=WEST, lower=20)
    target(gis, district=EAST, lower=300_000, measured_in="亩", strictness="strive")
    streets = {"indicator": "streets.built", "measured_in": "条"}
    target(gis, **streets, lower=2, upper=3)
    target(gis, **streets, district=None, unit="JTJ", lower=51.0, strictness="at_least")
    before = gis.get("/api/plans/CC-2023/targets").json()["rows"]
    assert counts(sent(gis, book(gis, layout), "任务.xlsx")) == (0, 0, 0, 5)
    assert gis.get("/api/plans/CC-2023/targets").json()["rows"] == before


def test_a_wrong_table_is_refused_whole_with_each_cell(gis: Any) -> None:
    wrong = MATRIX.replace("\t30\t50", "\t约30\t50") + "没有的\t个\t1\t2\t3\n"
    answer = sent(gis, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "targets_refused")
    told = [(error["cell"], error["code"]) for error in answer.json()["errors"]]
    assert told == [("Sheet1!D2", "about_figure"), ("Sheet1!A3", "unknown_indicator")]
    assert gis.get("/api/plans/CC-2023/targets").json()["numberMatched"] == 0
    tried = sent(gis, wrong, dry_run=True).json()
    assert (tried["dry_run"], tried["new"], len(tried["problems"])) == (True, 1, 2)


def test_of_many_wrong_cells_a_try_counts_those_that_it_does_not_list(
    gis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_TOLD", 1)
    wrong = MATRIX.replace("\t30\t50", "\t约30\t50") + "没有的\t个\t1\t2\t3\n"
    tried = sent(gis, wrong, dry_run=True).json()
    assert (len(tried["problems"]), tried["problems_left_out"]) == (1, 1)


def test_units_that_do_not_fit_and_cells_twice_are_told_at_the_cell(gis: Any) -> None:
    long = "指标\t行政区\t任务量\n国土绿化完成面积\t西县\t5公里\n"
    long += "村屯绿化\t西县\t3个\n村屯绿化\t西县\t4个\n"
    told = [(error["cell"], error["code"]) for error in sent(gis, long).json()["errors"]]
    assert told == [("Sheet1!C2", "wrong_dimension"), ("Sheet1!C4", "cell_taken")]


def test_parts_that_do_not_add_up_are_told_once_and_may_stand(gis: Any) -> None:
    target(gis, lower=60)
    tried = sent(gis, MATRIX, dry_run=True).json()
    assert [(one["name"], one["difference"]) for one in tried["warnings"]] == [("长春市", -10)]
    answer = sent(gis, MATRIX)
    assert (answer.status_code, answer.json()["code"]) == (409, "warnings")
    assert counts(sent(gis, MATRIX, acknowledge="children_sum")) == (2, 0, 0, 0)


def test_issued_targets_are_revised_by_a_table_with_a_reason(gis: Any) -> None:
    sent(gis, MATRIX)
    gis.post("/api/plans/CC-2023/issue")
    more = MATRIX.replace("\t30\t50", "\t31\t51")
    assert sent(gis, more).json()["errors"][0]["field"] == "reason"
    assert counts(sent(gis, more, reason="增加")) == (0, 0, 1, 1)
    revised = gis.get("/api/plans/CC-2023/targets").json()["rows"][1]
    assert (revised["lower"], revised["revision"], revised["reason"]) == (31, 2, "增加")


def test_a_county_cannot_write_the_cells_of_another(gis: Any, sign_in: SignIn) -> None:
    answer = sent(sign_in("gis", WEST), MATRIX)
    assert answer.json()["errors"][0] == {
        **answer.json()["errors"][0],
        "cell": "Sheet1!D1",
        "code": "unknown_heading",
    }
    assert gis.get(f"/api/plans/CC-2023/targets?district={CITY}").json()["numberMatched"] == 0


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"\xff\xfe\x00", "a.tsv", "not_text"),
        (b"x" * 1_000_001, "a.tsv", "body_too_large"),
        (b"no workbook", "a.xlsx", "not_a_workbook"),
        ("姓名\t电话\n".encode(), "a.tsv", "no_task_table"),
    ],
)
def test_a_file_that_is_no_table_is_refused(gis: Any, content: bytes, name: str, code: str) -> None:
    refused = sent(gis, content, name).json()
    assert refused["code"] == code
    if code in ("not_a_workbook", "no_task_table"):
        assert refused["detail"].startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x00" * 50, ""),
        (MATRIX.replace("西县", "西\x00县").encode(), ""),
        (MATRIX.encode(), "a\x00"),
    ],
    ids=["nothing else", "in a cell", "in the reason"],
)
def test_text_that_cannot_be_stored_is_refused_in_words(
    gis: Any, content: bytes, reason: str
) -> None:
    answer = sent(gis, content, "a.txt", reason=reason)
    assert (answer.status_code, "NUL" in answer.json()["detail"]) == (422, True)


def test_only_gis_staff_send_tables(gis: Any, sign_in: SignIn) -> None:
    assert sent(sign_in("planner"), MATRIX).status_code == 403
