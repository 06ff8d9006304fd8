"""``/api/coverage``: ground counted once, no district missing, parents as sums."""

import csv
import io
from datetime import timedelta
from typing import Any

import geopandas
import pytest
from shapely import box, unary_union

from data.districts.districts import district_tree
from gis.crs import CGCS2000
from gis.measure import area_m2
from service.districts.db.districts import store_districts
from service.settings import Settings
from service.web.timestamps import now
from tests.service.conftest import CITY, EAST, SOUTH, WEST, Database, Server, SignIn, feature, ring
from tests.service.plots.made import approved, drawn


def rows(client: Any, query: str = "") -> dict[str, dict[str, Any]]:
    """Rows by code."""
    answer = client.get(f"/api/coverage{query}")
    assert answer.status_code == 200, answer.text
    return {row["code"]: row for row in answer.json()["rows"]}


def test_districts_without_plots_are_rows_of_zero(sign_in: SignIn) -> None:
    by_code = rows(sign_in("viewer"))
    assert sorted(by_code) == [WEST, EAST, SOUTH]
    assert all((row["green_m2"], row["plot_count"]) == (0, 0) for row in by_code.values())


def test_overlapping_ground_is_counted_once(sign_in: SignIn) -> None:
    approved(sign_in, geometry=ring(125.05, 43.05))
    approved(sign_in, geometry=ring(125.051, 43.05))
    row = rows(sign_in("viewer"))[WEST]
    single, both = box(125.05, 43.05, 125.052, 43.052), box(125.05, 43.05, 125.053, 43.052)
    assert row["green_m2"] == pytest.approx(area_m2(both), rel=1e-6)
    assert row["sum_m2"] == pytest.approx(2 * area_m2(single), rel=1e-6)
    assert row["overlap_m2"] == row["sum_m2"] - row["green_m2"]
    assert row["plot_count"] == 2


def test_a_border_crosser_is_shared_out_between_its_counties(sign_in: SignIn) -> None:
    approved(sign_in, geometry=ring(125.0985, 43.05))
    by_code = rows(sign_in("viewer"))
    west = area_m2(box(125.0985, 43.05, 125.1, 43.052))
    east = area_m2(box(125.1, 43.05, 125.1005, 43.052))
    assert by_code[WEST]["green_m2"] == pytest.approx(west, rel=1e-6)
    assert by_code[EAST]["green_m2"] == pytest.approx(east, rel=1e-6)


def test_parents_are_the_sums_of_their_counties(sign_in: SignIn) -> None:
    approved(sign_in, geometry=ring(125.0985, 43.05))
    viewer = sign_in("viewer")
    counties, cities = rows(viewer), rows(viewer, "?level=city")
    for name in ("district_m2", "green_m2", "sum_m2", "plot_count"):
        assert cities["220100"][name] == counties[WEST][name] + counties[EAST][name]


def test_a_derived_parent_says_that_it_is_not_complete(sign_in: SignIn) -> None:
    viewer = sign_in("viewer")
    assert not rows(viewer, "?level=province")["220000"]["complete"]
    assert rows(viewer)[WEST]["complete"]


def test_parent_narrows_to_what_lies_below_it(sign_in: SignIn) -> None:
    assert sorted(rows(sign_in("viewer"), "?parent=220000")) == [WEST, EAST]


def test_drafts_and_submitted_plots_do_not_count(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    planner.post(f"/api/plots/{plot['id']}/submit")
    assert rows(planner)[WEST]["green_m2"] == 0


@pytest.mark.parametrize(
    ("stage", "counts"),
    [
        ("planned", False),
        ("planted", True),
        ("accepted", True),
        ("existing", True),
        ("cancelled", False),
    ],
)
def test_a_stage_counts_as_the_words_say(sign_in: SignIn, stage: str, counts: bool) -> None:
    approved(sign_in, stage=stage)
    assert (rows(sign_in("viewer"))[WEST]["green_m2"] > 0) is counts


def test_a_year_counts_the_plots_of_that_task_year(sign_in: SignIn) -> None:
    approved(sign_in, year=2025)
    viewer = sign_in("viewer")
    assert rows(viewer, "?year=2026")[WEST]["plot_count"] == 0
    assert rows(viewer, "?year=2025")[WEST]["plot_count"] == 1


def test_groups_are_unions_within_the_group(sign_in: SignIn) -> None:
    approved(sign_in, geometry=ring(125.05, 43.05), kind="RGZL")
    approved(sign_in, geometry=ring(125.05, 43.05), kind="G11")
    answer = sign_in("viewer").get("/api/coverage?by=green_class").json()
    west = {row["group"]: row for row in answer["rows"] if row["code"] == WEST}
    square = area_m2(unary_union([box(125.05, 43.05, 125.052, 43.052)]))
    assert {name: row["green_m2"] for name, row in west.items()} == pytest.approx(
        {"forest": square, "urban": square}, rel=1e-6
    )
    assert "exceed" in answer["note"]


def test_an_account_sees_the_figures_of_its_districts_only(sign_in: SignIn) -> None:
    approved(sign_in, geometry=ring(125.05, 43.05))
    approved(sign_in, geometry=ring(125.15, 43.05))
    easterner = sign_in("viewer", EAST)
    assert sorted(rows(easterner)) == [EAST]
    city = rows(easterner, "?level=city")["220100"]
    assert (city["plot_count"], city["complete"]) == (1, False)


def test_csv_holds_the_rows_of_json(sign_in: SignIn) -> None:
    approved(sign_in)
    viewer = sign_in("viewer")
    answer = viewer.get("/api/coverage?format=csv")
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    expected = rows(viewer)
    assert [row["code"] for row in table] == sorted(expected)
    assert float(table[0]["green_m2"]) == expected[WEST]["green_m2"]


def test_ground_beyond_all_counties_is_told_beside_the_rows(sign_in: SignIn) -> None:
    plot = approved(sign_in, geometry=ring(124.99999, 43.05))
    viewer = sign_in("viewer")
    own_m2 = viewer.get(f"/api/plots/{plot['id']}").json()["properties"]["area_m2"]
    answer = viewer.get("/api/coverage").json()
    strip = area_m2(box(124.99999, 43.05, 125.0, 43.052))
    assert answer["outside_m2"] == pytest.approx(strip, rel=1e-6)
    total = sum(row["sum_m2"] for row in answer["rows"]) + answer["outside_m2"]
    assert total == pytest.approx(own_m2, rel=1e-9)


def test_the_column_of_the_csv_adds_up_with_ground_beyond_all_counties(sign_in: SignIn) -> None:
    approved(sign_in, geometry=ring(124.99999, 43.05))
    viewer = sign_in("viewer")
    own_m2 = viewer.get("/api/plots").json()["features"][0]["properties"]["area_m2"]
    answer = viewer.get("/api/coverage?format=csv", headers={"Accept-Language": "en"})
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert (table[-1]["code"], table[-1]["name"]) == ("", "in no known district")
    assert sum(float(row["sum_m2"]) for row in table) == pytest.approx(own_m2, rel=1e-9)


def test_the_answer_names_its_boundaries_and_its_moment(sign_in: SignIn) -> None:
    answer = sign_in("viewer").get("/api/coverage").json()
    assert answer["boundary"] == "test"
    assert answer["as_of"].endswith("Z")


def test_groups_by_stage_are_live_and_by_kind_are_made(sign_in: SignIn) -> None:
    approved(sign_in, geometry=ring(125.05, 43.05), kind="RGZL", stage="planted")
    approved(sign_in, geometry=ring(125.051, 43.05), kind="G11", stage="existing")
    viewer = sign_in("viewer")
    for by, names in (("stage", {"planted", "existing"}), ("kind", {"RGZL", "G11"})):
        answer = viewer.get(f"/api/coverage?by={by}&parent={CITY}").json()
        by_group = {row["group"]: row for row in answer["rows"] if row["code"] == WEST}
        assert set(by_group) == names
        expected_m2 = area_m2(box(125.05, 43.05, 125.052, 43.052))
        assert all(
            row["green_m2"] == pytest.approx(expected_m2, rel=1e-6) for row in by_group.values()
        )


def test_figures_are_narrowed_by_kind_and_programme_and_year(sign_in: SignIn) -> None:
    approved(sign_in, geometry=ring(125.05, 43.05), kind="RGZL", programme="JL-LCS", year=2025)
    approved(sign_in, geometry=ring(125.051, 43.05), kind="G11", year=2025)
    approved(sign_in, geometry=ring(125.0515, 43.05), kind="G11", year=2026)
    viewer = sign_in("viewer")
    counts = {
        query: rows(viewer, f"?{query}")[WEST]["plot_count"]
        for query in (
            "kind=RGZL",
            "kind=人工造林",
            "kind=RGZL&kind=G11",
            "year=2025&kind=G11",
            "programme=JL-LCS",
        )
    }
    assert list(counts.values()) == [1, 1, 3, 1, 1]
    three = rows(viewer, "?kind=RGZL&kind=G11")[WEST]
    assert three["green_m2"] == rows(viewer)[WEST]["green_m2"]
    two = rows(viewer, "?year=2025")[WEST]
    union = box(125.05, 43.05, 125.053, 43.052)
    assert two["green_m2"] == pytest.approx(area_m2(union), rel=1e-6)
    assert viewer.get("/api/coverage?kind=nothing").status_code == 422


@pytest.mark.parametrize("moment", [False, True], ids=["now", "then"])
@pytest.mark.parametrize("query", ["theme=党员林", "work_type=XJ", "unit=LYJ", "unit=林业局"])
def test_figures_are_narrowed_by_theme_work_type_and_unit(
    sign_in: SignIn, query: str, moment: bool
) -> None:
    sign_in("admin").put("/api/units/LYJ", json={"name": "林业局"})
    of_plot = {"theme": "DYL", "work_type": "XJ", "unit": "LYJ"}
    approved(sign_in, geometry=ring(125.05, 43.05), **of_plot)
    approved(sign_in, geometry=ring(125.051, 43.05))
    viewer = sign_in("viewer")
    then = f"&as_of={now() + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}" if moment else ""
    row = rows(viewer, f"?{query}{then}")[WEST]
    assert row["plot_count"] == 1
    assert row["green_m2"] == pytest.approx(area_m2(box(125.05, 43.05, 125.052, 43.052)), rel=1e-6)
    behind = viewer.get(f"/api/coverage/{WEST}/plots?{query}{then}").json()
    assert behind["numberMatched"] == 1


def test_an_unknown_unit_has_no_figures(sign_in: SignIn) -> None:
    answer = sign_in("viewer").get("/api/coverage?unit=nobody")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_unit")


def test_figures_can_be_asked_for_as_they_stood(sign_in: SignIn) -> None:
    plot = approved(sign_in, geometry=ring(125.05, 43.05))
    viewer, gis = sign_in("viewer"), sign_in("gis")
    first = viewer.get("/api/coverage").json()
    approved(sign_in, geometry=ring(125.051, 43.05))
    second = viewer.get("/api/coverage").json()
    gone = gis.delete(
        f"/api/plots/{plot['id']}?reason=test", headers={"If-Match": f'"{version(gis, plot)}"'}
    )
    assert gone.status_code == 204, gone.text
    assert rows(viewer)[WEST]["plot_count"] == 1
    for then in (first, second):
        again = viewer.get("/api/coverage", params={"as_of": then["as_of"]}).json()
        assert again["as_of"] == then["as_of"]
        assert again["rows"] == then["rows"]
        cut = viewer.get("/api/coverage", params={"as_of": then["as_of"], "year": 2026}).json()
        assert cut["rows"] == then["rows"]
    long_ago = rows(viewer, "?as_of=2000-01-01")
    assert {row["plot_count"] for row in long_ago.values()} == {0}


def version(client: Any, plot: dict[str, Any]) -> int:
    """Number of the version that a plot is at."""
    number: int = client.get(f"/api/plots/{plot['id']}").json()["properties"]["version"]
    return number


def test_a_figure_names_the_plots_that_make_it(sign_in: SignIn) -> None:
    inside = approved(sign_in, geometry=ring(125.05, 43.05))
    border = approved(sign_in, geometry=ring(125.0995, 43.05))
    approved(sign_in, geometry=ring(125.06, 43.05), stage="planned")
    for client, shown, elsewhere in ((sign_in("viewer"), [inside, border], 0),
                                  (sign_in("viewer", WEST), [inside], 1)):  # fmt: skip
        answer = client.get(f"/api/coverage/{WEST}/plots").json()
        assert [feature["id"] for feature in answer["features"]] == [plot["id"] for plot in shown]
        assert (answer["numberMatched"], answer["numberElsewhere"]) == (len(shown), elsewhere)
        assert answer["boundary"] == "test"
        assert rows(client)[WEST]["plot_count"] == len(shown) + elsewhere
    page = sign_in("viewer").get(f"/api/coverage/{WEST}/plots?limit=1").json()
    assert (page["numberReturned"], page["next"] is None) == (1, False)
    assert sign_in("viewer", EAST).get(f"/api/coverage/{WEST}/plots").status_code == 404


def test_a_city_without_counties_has_plots_and_figures_of_its_own(
    settings: Settings, empty: Database
) -> None:
    ground = geopandas.GeoDataFrame(
        {"code": ["441900"], "name": ["东莞市"]},
        geometry=[box(113.7, 23, 113.8, 23.1)],
        crs=CGCS2000,
    )
    columns = {"code": "code", "name": "name"}
    with empty.owner.begin() as connection:
        store_districts(connection, district_tree(ground, columns, source="test").frame)
    token = empty.account("mo", "planner", "441900")
    with Server(settings, empty) as server, server.client(token) as client:
        plot = client.post("/api/plots", json=feature(ring(113.75, 23.05)))
        assert plot.status_code == 201, plot.text
        assert plot.json()["properties"]["district"] == "441900"
        with empty.owner.begin() as connection:
            connection.exec_driver_sql("UPDATE plot_version SET slot='approved', review='approved'")
        figures = {**rows(client), **rows(client, "?level=province")}
    assert {code: row["plot_count"] for code, row in figures.items()} == {"441900": 1, "440000": 1}
