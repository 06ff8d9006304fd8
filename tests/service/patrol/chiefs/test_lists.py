"""The lists of forest chiefs: what is due, what stands there, what was found."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from service.web.timestamps import today
from tests.service.conftest import EAST, WEST, Database, SignIn, ring
from tests.service.patrol.findings.test_findings import reported, step
from tests.service.patrol.tracks.test_patrols import stored, track
from tests.service.patrol.zones.test_consistency import plant
from tests.service.patrol.zones.test_zones import grid, made, zone

Q3 = {"period": "2026-Q3", "as_of": "2026-10-01"}


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    """Of the western county, with a town zone T1 of 0.04° and grids G1, G2 of 0.01° in it."""
    client = sign_in("inspector", WEST)
    made(client, zone(valid_from="2026-01-01", chief_title="镇级林长"))
    made(client, grid("G1", 125.02, valid_from="2026-01-01"))
    made(client, grid("G2", 125.03, valid_from="2026-08-15"))
    return client


def lists(client: httpx.Client, **params: str) -> dict[str, Any]:
    """The answer."""
    answer = client.get("/api/chiefs/lists", params={**Q3, **params})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def of_item(rows: list[dict[str, Any]], item: str) -> list[tuple[Any, ...]]:
    """Code, due, done and overdue of the tasks of one sort."""
    return [
        (row["of"], row["due"], row["done"], row["overdue"]) for row in rows if row["item"] == item
    ]


def test_the_tasks_of_a_chief_by_hand(inspector: httpx.Client) -> None:
    """One visit a month: July had one, August and September none. Of two grids nobody walked.

    Both are behind. Three findings: one rectified, one past its deadline, one still in time.
    """
    stored(inspector, track(zone="T1", ranger="张三", start=datetime(2026, 7, 5, tzinfo=UTC)))
    done = reported(inspector, deadline="2026-07-31")["id"]
    step(inspector, done, 1, state="rectified", on_day="2026-07-20")
    reported(inspector, deadline="2026-09-30", found_at="2026-07-07T08:00:00+08:00")
    reported(inspector, deadline="2026-10-01", found_at="2026-07-08T08:00:00+08:00")
    tasks = lists(inspector)["tasks"]
    assert {task["zone"] for task in tasks} == {"T1"}
    assert of_item(tasks, "visits") == [("XIANG", 3, 1, 2)]
    assert of_item(tasks, "zones_below") == [("grid", 2, 0, 2)]
    assert of_item(tasks, "findings") == [(None, 3, 1, 1)]
    assert [task["share"] for task in tasks] == pytest.approx([1 / 3, 0, 1 / 3])


# What lies within T1, by PostGIS.
WITHIN = text("""
SELECT ST_Area(ST_Intersection(ST_Union(p.geom), t.geom)::geography)
FROM plot_version p, zone z JOIN zone_version t ON t.zone_id = z.id
WHERE z.code = 'T1' AND p.stage = ANY(:stages) AND p.year = ANY(:years) AND p.kind = ANY(:kinds)
GROUP BY t.geom
""")


def test_planting_and_resources_are_those_of_postgis(
    inspector: httpx.Client, database: Database
) -> None:
    """Plots that share ground, one half outside the zone, one of another year, a park."""
    approved = [("RGZL", ring(125.01 + n * 0.001, 43.03), "approved") for n in range(3)]
    plant(database, *approved[:1], stage="planned")
    plant(database, *approved, ("RGZL", ring(125.009, 43.04), "approved"))
    plant(database, ("RGZL", ring(125.04, 43.04), "approved"), stage="existing", year=2020)
    plant(database, ("G1", ring(125.04, 43.039), "approved"))
    assert not of_item(lists(inspector)["tasks"], "planting")  # nothing was on the map then
    body = lists(inspector, as_of=today().isoformat())
    with database.owner.connect() as connection:

        def measured(stages: list[str], years: list[int], kinds: list[str]) -> float:
            params = {"stages": stages, "years": years, "kinds": kinds}
            return float(connection.scalar(WITHIN, params))

        due, done = (measured([stage], [2026], ["RGZL"]) for stage in ("planned", "planted"))
        park = measured(["planted"], [2026], ["G1"])
        green = measured(["planted", "existing"], [2020, 2026], ["RGZL", "G1"])
        forest = measured(["planted", "existing"], [2020, 2026], ["RGZL"])
    planting = {task["of"]: task for task in body["tasks"] if task["item"] == "planting"}
    assert planting["RGZL"]["due"] == pytest.approx(due, rel=1e-5)
    assert planting["RGZL"]["done"] == pytest.approx(done, rel=1e-5)
    assert planting["RGZL"]["share"] == pytest.approx(done / due, rel=1e-5)
    assert (planting["G1"]["due"], planting["G1"]["share"]) == (0, None)
    stands = {(resource["item"], resource["of"]): resource for resource in body["resources"]}
    for key, ground_m2, count in (
        (("green", None), green, 6),
        (("green_class", "forest"), forest, 5),
        (("green_class", "urban"), park, 1),
        (("kind", "RGZL"), forest, 5),
    ):
        assert stands[key]["area_m2"] == pytest.approx(ground_m2, rel=1e-5), key
        assert stands[key]["count"] == count
    assert stands["green", None]["share"] == pytest.approx(
        green / stands["zone", None]["area_m2"], rel=1e-5
    )
    assert stands["zones_below", "grid"]["count"] == stands["rangers", None]["count"] == 2


def test_a_finding_of_a_grid_stands_in_the_list_of_its_chief_as_it_stood_that_day(
    inspector: httpx.Client,
) -> None:
    number = reported(inspector, deadline="2026-07-31")["id"]
    step(inspector, number, 1, state="notice", on_day="2026-08-05", letter_no="提示〔2026〕3号")
    step(inspector, number, 2, state="closed", on_day="2026-08-06")  # does not follow: refused
    (now,) = lists(inspector)["problems"]
    names = ("zone", "at_zone", "finding", "state", "since", "letter_no", "overdue_days")
    assert [now[name] for name in names] == [
        *("T1", "G1", number),
        *("notice", "2026-08-05", "提示〔2026〕3号", 62),
    ]
    assert [now["lon"], now["lat"]] == pytest.approx([125.025, 43.025])
    (then,) = lists(inspector, as_of="2026-08-04")["problems"]
    assert (then["state"], then["letter_no"], then["overdue_days"]) == ("found", None, 4)
    assert lists(inspector, as_of="2026-07-05")["problems"] == []


def test_what_was_done_before_the_period_is_not_listed_in_it(inspector: httpx.Client) -> None:
    number = reported(inspector)["id"]
    step(inspector, number, 1, state="rectified", on_day="2026-07-20")
    assert len(lists(inspector, period="2026-07")["problems"]) == 1
    assert lists(inspector, period="2026-08")["problems"] == []
    assert lists(inspector, period="2026-06")["problems"] == []  # it was not found yet


def test_a_zone_of_any_depth_below_counts_for_the_chief(inspector: httpx.Client) -> None:
    whole = ring(125.005, 43.005, 0.05, 0.05)
    made(inspector, zone("C1", whole, level="county", valid_from="2026-01-01", chief=None))
    inspector.patch(
        "/api/zones/1", json={"properties": {"parent": "C1"}}, headers={"If-Match": '"1"'}
    )
    reported(inspector)
    body = lists(inspector)
    rows = {row["zone"]: row for row in body["rows"]}
    assert (rows["C1"]["zones_below"], rows["C1"]["vacant"], rows["T1"]["vacant"]) == (
        *(3, True),
        False,
    )
    assert [problem["zone"] for problem in body["problems"]] == ["C1", "T1"]
    assert of_item([task for task in body["tasks"] if task["zone"] == "C1"], "zones_below") == [
        ("town", 1, 0, 1),
        ("grid", 2, 0, 2),
    ]


@pytest.mark.parametrize("role", ["viewer", "planner", "gis"])
def test_names_of_chiefs_are_for_inspectors(
    role: str, inspector: httpx.Client, sign_in: SignIn
) -> None:
    client = sign_in(role, WEST)
    (row,) = lists(client)["rows"]
    assert (row["chief"], row["chief_title"], row["vacant"]) == (None, "镇级林长", False)
    assert lists(inspector, person="张三")["rows"][0]["chief"] == "张三"
    assert lists(inspector, person="李四")["rows"] == []
    refused = client.get("/api/chiefs/lists", params={**Q3, "person": "张三"})
    assert refused.status_code == 403


def test_a_workbook_has_a_sheet_for_each_list_and_runs_nothing(inspector: httpx.Client) -> None:
    reported(inspector, note="=1+1")
    book = inspector.get("/api/chiefs/lists", params={**Q3, "format": "xlsx"}).content
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        names = archive.read("xl/workbook.xml").decode()
        words = archive.read("xl/sharedStrings.xml").decode()
        sheets = [archive.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(1, 5)]
    for title in ("林长", "目标任务清单", "资源清单", "问题清单", "说明"):
        assert f'name="{title}"' in names
    assert "<f>" not in "".join(sheets)
    assert "=1+1" in words


def test_a_csv_holds_the_list_that_is_named(inspector: httpx.Client) -> None:
    reported(inspector, note="=1+1")
    params = {**Q3, "format": "csv"}
    answer = inspector.get("/api/chiefs/lists", params={**params, "list": "problems"})
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["at_zone"], row["note"]) == ("G1", "'=1+1")
    refused = inspector.get("/api/chiefs/lists", params=params)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "list")


def test_a_county_without_zones_has_empty_lists(inspector: httpx.Client, sign_in: SignIn) -> None:
    body = lists(sign_in("inspector", EAST))
    assert [body[name] for name in ("rows", "tasks", "resources", "problems")] == [[], [], [], []]
