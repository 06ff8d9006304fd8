"""``/api/exports``: approved plots unless others are asked for, and the file says which."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pyogrio
import pytest

from service.accounts.db.accounts import account_by_secret
from service.errors import Problem
from service.plots.api.exports import Counted, refuse_too_many
from service.plots.db.plots import PlotFilter
from service.plots.export import plot_batches
from tests.service.conftest import WEST, Database, Scene, SignIn, ring
from tests.service.plots.made import approved, drawn

UNREVIEWED = "含未审核图斑"
TABLES = ("application/geopackage+sqlite3", "application/x-filegdb+zip")
FORMATS = ["shp", "gpkg", "geojson", "gdb"]
Viewers = Mapping[str, httpx.Client]


def of_every_stage(sign_in: SignIn) -> dict[str, httpx.Client]:
    """Approved plots of every stage; beside them a draft, and one that was returned."""
    for n, stage in enumerate(["planned", "planted", "accepted", "existing", "cancelled"]):
        approved(sign_in, stage=stage, name=f"已审核{n}", geometry=ring(125.01 + n / 100, 43.01))
    planner = sign_in("planner")
    drawn(planner, name="草稿", geometry=ring(125.01, 43.05))
    returned = drawn(planner, name="退回", geometry=ring(125.03, 43.05))
    planner.post(f"/api/plots/{returned['id']}/submit").raise_for_status()
    why = {"reason": "越界"}
    sign_in("inspector").post(f"/api/plots/{returned['id']}/return", json=why).raise_for_status()
    return {role: sign_in(role) for role in ("gis", "inspector", "admin")}


@pytest.fixture
def plots(scene: Scene) -> Viewers:
    """Who looks at the plots of every stage, by role."""
    return scene.made_by(of_every_stage)


def export(client: httpx.Client, **query: str) -> httpx.Response:
    """A file of plots."""
    answer = client.get("/api/exports/plots", params=query)
    assert answer.status_code == 200, answer.text
    return answer


def rows_of(answer: httpx.Response, folder: Path) -> Any:
    """The rows of a file, whatever its format."""
    file = folder / file_name(answer)
    file.write_bytes(answer.content)
    # Beside the plots a GeoPackage or geodatabase has their acceptance records.
    return pyogrio.read_dataframe(
        file, layer="plots" if answer.headers["content-type"] in TABLES else None
    )


def file_name(answer: httpx.Response) -> str:
    """The name under which a browser stores it."""
    given = answer.headers["content-disposition"]
    return unquote(given.rpartition("''")[2]) if "''" in given else given.split('"')[1]


def report_of(answer: httpx.Response) -> str:
    """The report in a zipped shapefile."""
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        return files.read("导出说明.txt").decode("utf-8-sig")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("role", ["gis", "inspector", "admin"])
def test_a_file_holds_approved_plots_only(
    plots: Viewers, tmp_path: Path, form: str, role: str
) -> None:
    answer = export(plots[role], format=form)
    rows = rows_of(answer, tmp_path)
    assert set(rows["shenhe" if form == "shp" else "review"]) == {"approved"}
    assert len(rows) == 5
    assert answer.headers["luotu-export"] == "rows=5, unreviewed=0, left-out=0"
    assert UNREVIEWED not in file_name(answer)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("query", [{"version": "working"}, {"review": "draft"}])
def test_a_file_with_others_says_so_in_its_name_and_in_a_column(
    plots: Viewers, tmp_path: Path, form: str, query: dict[str, str]
) -> None:
    answer = export(plots["gis"], format=form, **query)
    assert UNREVIEWED in file_name(answer)
    assert "draft" in set(rows_of(answer, tmp_path)["shenhe" if form == "shp" else "review"])
    if form == "shp":
        assert UNREVIEWED in report_of(answer)


def test_current_stock_holds_no_planned_and_no_cancelled_plots(
    plots: Viewers, tmp_path: Path
) -> None:
    answer = export(plots["gis"], schema="lcxzgx")
    rows = rows_of(answer, tmp_path)
    assert len(rows) == 3
    assert answer.headers["luotu-export"] == "rows=3, unreviewed=0, left-out=2"
    assert rows["bsm"].str.fullmatch("220102[0-9]{12}").all()
    assert rows["bsm"].is_unique
    report = report_of(answer)
    assert "未写出：计划 1 个" in report
    assert "已取消 1 个" in report
    assert "name 3" in report
    assert "kind 3" in report


def test_the_report_of_our_own_fields_adds_up_each_stage(plots: Viewers) -> None:
    report = report_of(export(plots["gis"]))
    for stage in ("计划", "已造林", "验收合格", "现有", "已取消"):
        assert f"{stage} 1 个" in report


def test_plots_that_others_write_after_the_count_are_not_cut_off(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner")
    drawn(planner)
    secret = database.account("gis", "gis", WEST)
    with database.service.begin() as connection:
        account = account_by_secret(connection, secret, ["token"])
        assert account is not None
        refuse_too_many(connection, account, PlotFilter(), limit=1)
        drawn(planner, geometry=ring(125.05, 43.05))
        (batch,) = plot_batches(connection, account, PlotFilter(), acceptances=False)
        with pytest.raises(Problem) as refused:
            Counted(1)(batch.rows.rows)
    assert (refused.value.status, refused.value.code) == (422, "too_many_plots")


HOSTILE = [
    "a,b",
    'q"uo"te',
    "back\\slash\\",
    "(paren)",
    "new\nline",
    "\\N",
    "NULL",
    "𠮷林",
    "=1",
    "{}",
]


def test_texts_come_out_letter_by_letter(sign_in: SignIn, tmp_path: Path) -> None:
    names = {
        approved(sign_in, name=name, note=name * 2, geometry=ring(125.01 + n / 100, 43.01))["id"]: (
            name,
            name * 2,
        )
        for n, name in enumerate(HOSTILE)
    }
    gis = sign_in("gis")
    rows = rows_of(export(gis, format="gpkg"), tmp_path)
    assert dict(zip(rows["id"], zip(rows["name"], rows["note"], strict=True), strict=True)) == names
    answer = gis.get("/api/exports/plots", params={"format": "geojson"}).json()
    properties = [feature["properties"] for feature in answer["features"]]
    assert {row["id"]: (row["name"], row["note"]) for row in properties} == names


def test_an_empty_text_is_not_an_absent_one_and_lists_stay_lists(
    sign_in: SignIn, tmp_path: Path
) -> None:
    mix = [{"code": "PINKOR", "share": 0.6}, {"code": "LAROLG", "share": 0.4}]
    extra = {"lcxzgx": {"dlbm": "0301", "dlmc": 'x\\"y, (z)'}}
    approved(sign_in, species=mix, extra=extra, planted_on="2026-03-12", note=None)
    gis = sign_in("gis")
    (found,) = gis.get("/api/exports/plots", params={"format": "geojson"}).json()["features"]
    row = found["properties"]
    assert (row["species"], row["extra"], row["note"]) == (mix, extra, None)
    assert (row["planted_on"], row["demo"], row["plans"]) == ("2026-03-12", False, [])
    (there,) = gis.get("/api/plots").json()["features"]
    assert row["area_m2"] == there["properties"]["area_m2"]
    table = rows_of(export(gis, format="gpkg"), tmp_path)
    assert str(table["planted_on"][0])[:10] == "2026-03-12"


@pytest.fixture
def row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of one row, so that a few plots are many batches."""
    monkeypatch.setattr("service.plots.export.ROWS_AT_ONCE", 1)


@pytest.mark.usefixtures("row_by_row")
@pytest.mark.parametrize("form", ["geojson", "geojsonl", "csv", "kml"])
def test_texts_begin_to_arrive_before_the_last_row_is_read(plots: Viewers, form: str) -> None:
    early = export(plots["gis"], format=form)
    assert "content-length" not in early.headers
    part = {"Range": "bytes=0-9999999"}
    query = {"format": form}
    whole = plots["gis"].get("/api/exports/plots", params=query, headers=part)
    assert (whole.status_code, whole.content) == (206, early.content)
    for name in ("content-type", "content-disposition", "luotu-export", "cache-control"):
        assert early.headers[name] == whole.headers[name]
    assert "rows=5" in early.headers["luotu-export"]
    head = plots["gis"].head("/api/exports/plots", params=query)
    assert int(head.headers["content-length"]) == len(early.content)


@pytest.mark.usefixtures("row_by_row")
@pytest.mark.parametrize(
    "query",
    [
        {"format": "geojson", "version": "working"},
        {"format": "geojson", "review": "draft"},
        {"format": "csv", "schema": "zaolin"},
        {"format": "gpkg"},
    ],
    ids=["unreviewed", "review", "official", "binary"],
)
def test_what_the_headers_cannot_say_before_the_end_waits_for_it(
    plots: Viewers, query: dict[str, str]
) -> None:
    assert "content-length" in export(plots["gis"], **query).headers


@pytest.mark.usefixtures("row_by_row")
def test_a_file_that_arrived_early_is_in_the_audit_log_and_leaves_nothing(
    sign_in: SignIn, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        approved(sign_in, geometry=ring(125.01 + n / 100, 43.01))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert "content-length" not in export(sign_in("gis"), format="geojson").headers
    assert list(tmp_path.iterdir()) == []
    rows = "SELECT detail->>'rows' FROM audit WHERE action = 'export'"
    assert database.scalar(rows) == "3"


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"schema": "coverage"}, "wrong_schema", "schema"),
        ({"crs": "EPSG:5703"}, "wrong_crs", "crs"),
        ({"format": "kml", "crs": "EPSG:4530"}, "wrong_crs", "crs"),
    ],
)
def test_a_form_that_holds_no_plots_is_refused_by_its_field(
    sign_in: SignIn, asked: dict[str, str], code: str, field: str
) -> None:
    answer = sign_in("planner").get("/api/exports/plots", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [entry["field"] for entry in answer.json()["errors"]] == [field]


def test_a_schema_that_nobody_knows_is_refused_with_those_there_are(sign_in: SignIn) -> None:
    answer = sign_in("planner").get("/api/exports/plots", params={"schema": "linban"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_schema")
    assert "zaolin" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("filter_", "stages"),
    [
        ("stage = 'planted'", {"planted"}),
        ("stage IN ('planted','existing') AND year = 2026", {"planted", "existing"}),
        ("NOT stage = 'planted' AND kind = '人工造林' AND name LIKE '已审核%'", None),
        ("CASEI(name) LIKE CASEI('已审核0')", {"planned"}),
        ("planted_on IS NULL AND area_m2 / 10000 > 100000", set()),
        ("S_INTERSECTS(geometry, BBOX(125.005, 43, 125.0151, 43.02))", {"planned"}),
        ("S_WITHIN(geometry, POLYGON((125 43, 125.5 43, 125.5 43.5, 125 43.5, 125 43)))", None),
        ("changed_at > TIMESTAMP('2020-01-01T00:00:00Z') AND id >= 1", None),
        ("planted_on > '2020-01-01'", set()),
    ],
)
def test_a_filter_in_cql2_selects_what_it_says(
    plots: Viewers, filter_: str, stages: set[str] | None
) -> None:
    body = export(plots["gis"], format="geojson", filter=filter_).json()
    found = {feature["properties"]["stage"] for feature in body["features"]}
    assert found == stages if stages is not None else len(found) >= 4


@pytest.mark.parametrize(
    ("filter_", "told"),
    [
        ("year = ", "at character 6"),
        ("名称 = 'x'", "at character 1"),
        ("password = 'x'", "password"),
        ("year = 'soon'", "year"),
        ("year", "at character"),
        ("year = -kind", "no such day or number"),
        ("year = -DATE('2026-02-01')", "no such day or number"),
        ("-Infinity", "no such day or number"),
        ("year = TRUE", "true"),
        ("kind = '没有这一类'", "没有这一类"),
        ("planted_on > 'spring'", "spring"),
        ("planted_on > DATE('2026-02-30')", "no such day"),
        ("year = " + "9" * 400, "too great"),
        ("area_m2 > 1e300", "too great"),
        ("note = 'a' AND 1 + 'b' > 2", "counted with"),
        ("pg_sleep(9) = 1", "not understood"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "invalid"),
        ("S_INTERSECTS(geometry, POINT(500 1))", "degrees"),
        ("S_INTERSECTS(name, POINT(5 1))", "S_INTERSECTS"),
        ("changed_at > TIMESTAMP('2026-02-30T00:00:00Z')", "no such day"),
        ("(" * 1500 + "year = 2026" + ")" * 1500, None),
        ("NOT " * 900 + "year = 2026", None),
    ],
)
def test_a_filter_that_cannot_be_asked_is_refused_in_words(
    plots: Viewers, filter_: str, told: str | None
) -> None:
    answer = plots["gis"].get("/api/plots", params={"filter": filter_})
    if told is None:
        assert answer.status_code in (200, 422)
    else:
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_filter")
        assert told in answer.json()["detail"]
