"""Figures of the papers that records and plots make by themselves, and those asked for twice."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text

from tests.service.conftest import CITY, EAST, WEST, Database, SignIn, feature, ring
from tests.service.plots.made import approved
from tests.service.progress.test_progress import MU, Tasks

PAPER = {"first": "2023-01-01", "after": "2024-01-01"}
FIFTY_TIMES_AS_MANY = """
INSERT INTO record (register, name, geom, county, plan, field_values, state, since)
SELECT register, name || '-' || n, ST_Translate(geom, 0, n * 1e-3), county, plan, field_values,
       state, since
FROM record CROSS JOIN generate_series(1, 49) n
"""
KM_DEG = 1 / 81.5  # a kilometre eastward at the latitude of the places


@pytest.fixture
def paper(sign_in: SignIn) -> Tasks:
    """A plan of 2023 without targets."""
    return Tasks(sign_in, code="PAPERS", **PAPER)


def kept(tasks: Tasks, register: str, head: str, rows: Sequence[str]) -> None:
    """Records out of a file, as a bureau has them."""
    table = "\n".join([head, *rows])
    files = {"file": ("a.csv", table.encode())}
    answer = tasks.gis.post(f"/api/registers/{register}/files", files=files)
    assert answer.status_code == 200, answer.text
    assert answer.json()["stored"] == len(rows)


def line(west: float, south: float, km: float) -> str:
    return f'"LINESTRING ({west} {south}, {west + km * KM_DEG} {south})"'


def test_48_streets_are_done_records_of_three_kinds_of_work(paper: Tasks) -> None:
    paper.target(indicator="streets.built", lower=48, measured_in="条")
    rows = [
        f"{n}号街,{'done' if n < 48 else 'building'},PAPERS,{('新建', '提升', '改造')[n % 3]},"
        f"2023-09-{n % 28 + 1:02d},{line(125.02, 43.02 + n / 2_000, 0.8)}"
        for n in range(49)
    ]
    kept(paper, "street", "名称,状态,计划,工作类型,完工日期,WKT", rows)
    row = paper.row()
    assert (row["mapped"], row["mapped_rate"], row["target"]) == (48, 1.0, 48)


def test_100_km_of_greenway_are_the_dissolved_length_of_its_lines(paper: Tasks) -> None:
    paper.target(indicator="greenways.length", lower=100, measured_in="公里")
    ways = [line(125.001, 43.001 + n / 1_000, 7.5) for n in range(13)]
    again = line(125.001, 43.001, 4)
    rows = [f"{n}号绿道,done,PAPERS,2023-08-01,{way}" for n, way in enumerate([*ways, again])]
    kept(paper, "greenway", "名称,状态,计划,完工日期,WKT", rows)
    row = paper.row()
    records = paper.gis.get("/api/registers/greenway?limit=100").json()["features"]
    drawn = [record["properties"]["length_m"] for record in records]
    assert row["mapped"] * 1_000 == pytest.approx(sum(drawn[:13]), rel=1e-6)
    assert row["mapped_rate"] == pytest.approx(row["mapped"] / 100)


def test_greenways_are_cut_at_the_border_and_districts_add_up(paper: Tasks) -> None:
    number = paper.target(indicator="greenways.length", district=CITY, lower=10, measured_in="公里")
    rows = [f"跨界绿道,done,PAPERS,2023-08-01,{line(125.07, 43.05, 5)}"]
    kept(paper, "greenway", "名称,状态,计划,完工日期,WKT", rows)
    (record,) = paper.gis.get("/api/registers/greenway").json()["features"]
    parts = {row["code"]: row["mapped"] for row in paper.rows(level="county", parent=CITY)}
    assert parts[WEST] == pytest.approx(0.03 / KM_DEG, rel=0.01)
    assert parts[EAST] == pytest.approx(5 - 0.03 / KM_DEG, rel=0.01)
    length_km = record["properties"]["length_m"] / 1_000
    assert sum(parts.values()) == pytest.approx(length_km, rel=1e-7)
    (whole,) = (row for row in paper.rows() if row["target_id"] == number)
    assert whole["mapped"] == pytest.approx(sum(parts.values()), rel=1e-12)
    east = paper.target(indicator="greenways.length", district=EAST, lower=1, measured_in="公里")
    behind = paper.gis.get(f"/api/progress/{east}/records").json()["rows"]
    assert [one["name"] for one in behind] == ["跨界绿道"]


def test_51_pocket_parks_count_and_one_of_8_ha_is_warned(paper: Tasks) -> None:
    paper.target(indicator="pocket_parks.count", lower=51, measured_in="处")
    rows = [f"{n}号园,done,PAPERS,2023-08-01,POINT (125.0{n + 10} 43.05)" for n in range(51)]
    kept(paper, "pocket_park", "名称,状态,计划,完工日期,WKT", rows)
    assert (paper.row()["mapped"], paper.row()["mapped_rate"]) == (51, 1.0)
    large = feature(geometry=ring(125.02, 43.05, 0.0035, 0.0026), kind="KDGY")
    checked = paper.planner.post("/api/plots/check", json=large).json()
    assert any(problem["severity"] == "warn" for problem in checked["problems"]), checked


def test_1000_villages_are_records_that_were_accepted_or_named(
    paper: Tasks, database: Database
) -> None:
    paper.target(indicator="villages.greened", lower=1_000, measured_in="个")
    rows = [
        f"{n}号屯,{('accepted', 'named')[n % 2] if n < 20 else 'created'},PAPERS,2023-09-01,"
        f"POINT ({125.01 + n / 1_000} 43.01)"
        for n in range(21)
    ]
    kept(paper, "green_village", "名称,状态,计划,命名日期,WKT", rows)
    with database.owner.begin() as connection:
        others = connection.execute(text(FIFTY_TIMES_AS_MANY))
    assert others.rowcount == 21 * 49
    assert (paper.row()["mapped"], paper.row()["mapped_rate"]) == (1_000, 1.0)


def test_40_million_stems_are_those_of_plots_by_their_density(
    paper: Tasks, sign_in: SignIn
) -> None:
    paper.target(indicator="planting.stems", lower=4_000, measured_in="万株", strictness="at_least")
    stems = 0.0
    for n in range(8):
        ground = ring(125.01 + n % 2 * 0.04, 43.01 + n // 2 * 0.02, 0.035, 0.018)
        plot = approved(sign_in, geometry=ground, year=2023, density_per_ha=9_000)
        stems += plot["properties"]["area_m2"] / 10_000 * 9_000
    row = paper.row()
    assert row["mapped"] == pytest.approx(stems / 10_000, rel=1e-9)
    assert row["mapped_rate"] == pytest.approx(stems / 40_000_000)
    assert stems > 36_000_000


def test_6000_mu_of_redemption_are_the_ground_of_its_records(paper: Tasks) -> None:
    paper.target(indicator="redemption.area", lower=6000, measured_in="亩")
    square = "POLYGON ((125.02 43.02, 125.04 43.02, 125.04 43.04, 125.02 43.04, 125.02 43.02))"
    head = "名称,状态,计划,contract_no,WKT"
    kept(paper, "redemption", head, [f'一号地块,done,PAPERS,赎1号,"{square}"'])
    (record,) = paper.gis.get("/api/registers/redemption").json()["features"]
    assert paper.row()["mapped"] == pytest.approx(record["properties"]["area_m2"] / MU, rel=1e-6)
    assert paper.row()["mapped_rate"] == pytest.approx(paper.row()["mapped"] / 6000)


def test_all_suspect_patches_that_were_issued_are_checked(paper: Tasks) -> None:
    paper.target(indicator="suspects.checked_share", lower=100, measured_in="%")
    place = "POLYGON (({0} 43.02, {0} 43.021, 125.05 43.021, {0} 43.02))"
    rows = [f'{n}号,checked,PAPERS,第一批,"{place.format(125.02 + n / 1_000)}"' for n in range(4)]
    kept(paper, "suspect_patch", "名称,状态,计划,批次,WKT", rows)
    assert paper.row()["mapped_rate"] == 1.0
    unchecked = f'五号,issued,PAPERS,第一批,"{place.format(125.03)}"'
    kept(paper, "suspect_patch", "名称,状态,计划,批次,WKT", [unchecked])
    assert paper.row()["mapped_rate"] == pytest.approx(0.8)


def test_three_parks_stand_at_50_20_and_26_percent_against_the_end_of_2024(
    sign_in: SignIn,
) -> None:
    admin = sign_in("admin", name="chief")
    tasks = Tasks(sign_in, code="PARKS", first="2024-01-01", after="2025-01-01")
    progress = {"YC": 50, "BC": 20, "TXH": 26}
    for code, done in progress.items():
        unit = admin.put(f"/api/units/{code}", json={"name": f"{code}公园指挥部"})
        assert unit.status_code in (200, 201), unit.text
        given = {"indicator": "parks.progress", "district": None, "unit": code}
        number = tasks.target(**given, lower=100, measured_in="%", due="2024-12-31")
        tasks.report(number, done, "%", on_day="2024-01-20")
    rows = tasks.rows()
    assert {row["code"]: row["reported_rate"] for row in rows} == {
        code: pytest.approx(done / 100) for code, done in progress.items()
    }
    assert {row["due"] for row in rows} == {"2024-12-31"}


def test_next_years_bounds_are_met_from_below_and_76_and_more_is_told(sign_in: SignIn) -> None:
    tasks = Tasks(sign_in, code="NEXT", first="2024-01-01", after="2025-01-01")
    greenway = {"indicator": "greenways.length", "strictness": "at_least"}
    parks = {"indicator": "pocket_parks.count", "strictness": "at_least"}
    longer = tasks.target(**greenway, lower=50, measured_in="公里")
    fewer = tasks.target(**parks, lower=40, measured_in="处")
    over = tasks.target(indicator="voluntary.planted_area", lower=76, measured_in="万平方米")
    tasks.report(longer, 50, "公里", on_day="2024-12-20")
    tasks.report(fewer, 39, "处", on_day="2024-12-20")
    tasks.report(over, 76, "万平方米", on_day="2024-12-20", qualifier="over")
    told = {row["indicator"]: row for row in tasks.rows()}
    assert told["greenways.length"]["state"] == "done"
    assert told["pocket_parks.count"]["state"] != "done"
    assert told["voluntary.planted_area"]["reported_rate"] == 1.0
    figures = tasks.gis.get("/api/reported?plan=NEXT").json()["rows"]
    assert [one["qualifier"] for one in figures if one["target"] == over] == ["over"]


def test_the_april_campaign_counts_grass_wetland_and_sand_by_planting_day(
    sign_in: SignIn,
) -> None:
    april = {"first": "2023-04-01", "after": "2023-05-01"}
    tasks = Tasks(sign_in, code="APRIL", kind="campaign", counts_by="planted_on", **april)
    days = [
        ("RGZC", "2023-04-01"),
        ("SDXF", "2023-04-30"),
        ("GCGS", "2023-04-15"),
        ("RGZL", "2023-03-31"),
        ("RGZL", "2023-05-01"),
    ]
    plots = [
        approved(
            sign_in,
            stage="planted",
            year=2023,
            kind=kind,
            planted_on=day,
            geometry=ring(125.02 + n / 50, 43.05),
        )
        for n, (kind, day) in enumerate(days)
    ]
    tasks.target(indicator="restoration.area", lower=200, measured_in="万亩", due="2023-04-30")
    row = tasks.row()
    inside_m2 = sum(plot["properties"]["area_m2"] for plot in plots[:3])
    assert row["mapped"] * 10_000 * MU == pytest.approx(inside_m2, rel=1e-6)
    assert row["mapped_rate"] == pytest.approx(row["mapped"] / 200)
    assert row["undated_m2"] == 0


def test_what_is_counted_by_number_keeps_to_the_days_of_its_campaign_too(sign_in: SignIn) -> None:
    april = {"first": "2023-04-01", "after": "2023-05-01"}
    tasks = Tasks(sign_in, code="APRIL", kind="campaign", counts_by="planted_on", **april)
    for n, day in enumerate(("2023-03-31", "2023-04-01", "2023-04-30", "2023-05-01")):
        place = ring(125.02 + n / 50, 43.05, 0.0005)
        made = {"kind": "KDGY", "work_type": "XJ", "year": 2023, "planted_on": day}
        approved(sign_in, stage="planted", geometry=place, **made)
    tasks.target(indicator="green_plots.built", lower=4, measured_in="块", due="2023-04-30")
    assert tasks.row()["mapped"] == 2
