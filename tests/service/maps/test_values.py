"""What maps show, read out of the pages that the service makes of its own rows."""

from typing import Any

import pytest

from service.accounts.db.accounts import command_line_account
from service.maps.coverage_maps import afforestation_page, coverage_page
from service.maps.question import MapQuestion
from tests.maps.reading import data_of, unpacked
from tests.service.conftest import CITY, EAST, PROVINCE, WEST, Database, SignIn, ring
from tests.service.plots.made import approved, drawn

UNREVIEWED = "含未审核图斑"


def page_data(client: Any, name: str, **query: str) -> dict[str, Any]:
    """The data of a map as it is served."""
    answer = client.get(f"/maps/{name}", params=query)
    assert answer.status_code == 200, answer.text
    return data_of(answer.text)


def theme_values(data: dict[str, Any], name: str) -> dict[str, Any]:
    """What a choropleth shows of each district, by code."""
    (theme,) = [theme for theme in data["themes"] if theme["id"] == name]
    return dict(zip(data["districts"]["code"], theme["values"], strict=True))


def areas_by(data: dict[str, Any], name: str) -> dict[str, float]:
    """Areas of the plots on a page, by code of one of their columns, in square metres."""
    columns = {column["id"]: column for column in data["plots"]["columns"]}
    codes = ["", *columns[name]["codes"]]
    places, areas = (unpacked(columns[column]["packed"]) for column in (name, "area_m2"))
    sums: dict[str, float] = {}
    for place, area in zip(places, areas, strict=True):
        sums[codes[place]] = sums.get(codes[place], 0) + area - 1
    return sums


@pytest.fixture
def plots(sign_in: SignIn) -> None:
    """Approved ones of every stage and of both green classes, and drafts beside them."""
    for n, (stage, kind) in enumerate(
        [("planned", "RGZL"), ("planted", "RGZL"), ("existing", "G1"), ("cancelled", "RGZL")]
    ):
        approved(sign_in, stage=stage, kind=kind, geometry=ring(125.01 + n / 100, 43.01))
    planner = sign_in("planner")
    drawn(planner, stage="planted", geometry=ring(125.01, 43.05))
    drawn(planner, stage="planned", geometry=ring(125.03, 43.05))


@pytest.mark.usefixtures("plots")
def test_forest_and_urban_coverage_have_figures_at_every_level(sign_in: SignIn) -> None:
    data = page_data(sign_in("viewer"), "coverage")
    together, forest, urban = (
        theme_values(data, theme) for theme in ("coverage", "forest", "urban")
    )
    for code in (WEST, CITY, PROVINCE):
        assert forest[code] is not None
        assert urban[code] is not None
        assert forest[code] > 0
        assert urban[code] > 0
        assert together[code] == pytest.approx(forest[code] + urban[code], abs=2e-9)
    assert (forest[EAST], urban[EAST]) == (0.0, 0.0)


def test_a_class_that_nobody_planted_is_nought_and_not_unknown(sign_in: SignIn) -> None:
    approved(sign_in, kind="RGZL")
    urban = theme_values(page_data(sign_in("viewer"), "coverage"), "urban")
    assert set(urban.values()) == {0.0}


@pytest.mark.usefixtures("plots")
def test_the_change_is_told_at_every_level(sign_in: SignIn) -> None:
    data = page_data(sign_in("viewer"), "coverage", since="2020-01-01")
    together, change = theme_values(data, "coverage"), theme_values(data, "change")
    for code in (WEST, CITY, PROVINCE):
        assert change[code] == pytest.approx(together[code])


@pytest.mark.usefixtures("plots")
def test_the_plots_of_the_coverage_map_are_those_that_its_figures_count(sign_in: SignIn) -> None:
    data = page_data(sign_in("inspector"), "coverage")
    assert set(areas_by(data, "stage")) == {"planted", "existing"}
    (sum_m2,) = [
        value
        for code, value in zip(data["districts"]["code"], data["districts"]["sum_m2"], strict=True)
        if code == WEST
    ]
    assert sum(areas_by(data, "stage").values()) == pytest.approx(sum_m2, abs=2)


@pytest.mark.usefixtures("plots")
def test_a_viewer_and_an_inspector_see_the_same_figures(sign_in: SignIn) -> None:
    seen = {}
    for role in ("viewer", "planner", "inspector", "gis", "admin"):
        data = page_data(sign_in(role), "afforestation")
        assert data["caption"]["marks"] == []
        seen[role] = areas_by(data, "stage")
    assert all(figures == seen["viewer"] for figures in seen.values())
    assert set(seen["viewer"]) == {"planned", "planted", "existing", "cancelled"}


@pytest.mark.usefixtures("plots")
def test_unreviewed_plots_are_on_the_map_on_demand_and_it_says_so(sign_in: SignIn) -> None:
    data = page_data(sign_in("inspector"), "afforestation", version="working")
    assert data["caption"]["marks"][0][0] == f"{UNREVIEWED} 2 块"
    assert set(areas_by(data, "review")) == {"draft", "approved"}
    refused = sign_in("viewer").get("/maps/afforestation?version=working")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")


def test_a_map_that_met_its_limit_says_so_beside_its_title(
    sign_in: SignIn, database: Database
) -> None:
    for n in range(3):
        approved(sign_in, geometry=ring(125.01 + n / 100, 43.01))
    with database.service.begin() as connection:
        account = command_line_account(connection, "test")
        for limit, count, marks in ((2, 2, 1), (3, 3, 0)):
            question = MapQuestion(plot_limit=limit)
            for page in (
                afforestation_page(connection, account, question),
                coverage_page(connection, account, question).page,
            ):
                data = data_of(page.html)
                assert data["plots"]["count"] == count
                assert len(data["caption"]["marks"]) == marks


def with_areas(sign_in: SignIn) -> None:
    """Two areas with a plot each: one within WEST, one across the border of WEST and EAST."""
    gis = sign_in("gis")
    for code, west in (("GX", 125.04), (WEST, 125.098)):
        properties = {"name": f"片区{code}", "kind": "KFQ"}
        area = {"type": "Feature", "geometry": ring(west, 43.04, 0.01), "properties": properties}
        assert gis.put(f"/api/areas/{code}", json=area).status_code == 201
        approved(sign_in, geometry=ring(west + 0.001, 43.041))


def test_areas_are_a_level_of_the_coverage_map_with_the_figures_of_the_table(
    sign_in: SignIn,
) -> None:
    with_areas(sign_in)
    viewer = sign_in("viewer")
    data = page_data(viewer, "coverage", since="2020-01-01")
    assert data["level"] == "county"
    assert [level["id"] for level in data["levels"]] == ["area:KFQ", "province", "city", "county"]
    table = viewer.get("/api/coverage?level=area").json()["rows"]
    together, forest, change = (
        theme_values(data, theme) for theme in ("coverage", "forest", "change")
    )
    for row in table:
        code = f"area:{row['code']}"
        assert together[code] == pytest.approx(row["coverage"], abs=1e-9)
        assert together[code] == forest[code] == change[code] > 0
    assert together[WEST] != together[f"area:{WEST}"]
    assert data["levels"][0]["label"] == ["统计片区：开发区", "areas: development zone"]


def test_a_map_of_one_county_has_the_areas_that_lie_wholly_in_it(sign_in: SignIn) -> None:
    with_areas(sign_in)
    codes = page_data(sign_in("viewer"), "coverage", district=WEST)["districts"]["code"]
    assert codes == [WEST, "area:GX"]


def test_a_map_that_leaves_the_figures_of_areas_out_says_so(
    sign_in: SignIn, database: Database
) -> None:
    with_areas(sign_in)
    with database.service.begin() as connection:
        account = command_line_account(connection, "root")
        question = MapQuestion(plot_limit=1)
        page = coverage_page(connection, account, question).page
    data = data_of(page.html)
    assert [level["id"] for level in data["levels"]] == ["province", "city", "county"]
    assert any("统计片区" in mark[0] for mark in data["caption"]["marks"])
