"""What somebody looks for: plots, districts, records and zones by number, name and pinyin."""

from typing import Any

import httpx
import pytest
from sqlalchemy import event, text

from service.accounts.db.accounts import account_by_secret, command_line_account
from service.plots.search import search
from tests.service.accounts.db.filled import fill
from tests.service.conftest import EAST, SOUTH, WEST, Database, SignIn, ring
from tests.service.plots.made import drawn


def found(client: httpx.Client, words: str) -> list[tuple[int, str]]:
    plots = client.get("/api/search", params={"q": words}).json()["plots"]
    return [(row["id"], row["by"]) for row in plots]


def test_a_plot_is_found_by_its_number_and_by_a_part_of_its_name(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="城南一号林", plot_no="A7")
    for words in ("A7", "南一"):
        plots = planner.get("/api/search", params={"q": words}).json()["plots"]
        assert [row["id"] for row in plots] == [plot["id"]]


def test_of_equal_numbers_the_nearest_comes_first_and_names_have_their_own_room(
    sign_in: SignIn,
) -> None:
    planner = sign_in("planner")
    west = drawn(planner, geometry=ring(125.05, 43.05), plot_no="A7")
    east = drawn(planner, geometry=ring(125.15, 43.05), plot_no="A7")
    named = drawn(planner, geometry=ring(125.06, 43.05), name="A7号林")
    for lon, first, second in ((125.0, west, east), (125.2, east, west)):
        address = f"/api/search?q=A7&lon={lon}&lat=43.05"
        plots = planner.get(address).json()["plots"]
        assert [(row["id"], row["by"]) for row in plots] == [
            (first["id"], "plot_no"),
            (second["id"], "plot_no"),
            (named["id"], "name"),
        ]


def test_signs_of_a_pattern_are_taken_at_their_word(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    drawn(planner, name="百分之百")
    for words in ("%", "_", "\\"):
        assert planner.get("/api/search", params={"q": words}).json()["plots"] == []


def test_a_search_stays_within_the_scope(sign_in: SignIn) -> None:
    drawn(sign_in("planner"), name="城南一号林")
    stranger = sign_in("planner", SOUTH)
    assert stranger.get("/api/search", params={"q": "城南"}).json()["plots"] == []
    assert stranger.get("/api/search", params={"q": "东县"}).json()["districts"] == []


def test_a_district_is_found_by_name_and_by_code(sign_in: SignIn) -> None:
    client = sign_in("viewer")
    for words in ("东县", EAST):
        districts = client.get("/api/search", params={"q": words}).json()["districts"]
        assert [row["code"] for row in districts] == [EAST]


def test_a_plot_is_found_by_the_beginning_of_its_number_after_those_that_bear_it_whole(
    sign_in: SignIn,
) -> None:
    planner = sign_in("planner")
    far = drawn(planner, geometry=ring(125.15, 43.05), plot_no="A71")
    near = drawn(planner, geometry=ring(125.06, 43.05), plot_no="A79", name="A79号林")
    whole = drawn(planner, geometry=ring(125.05, 43.05), plot_no="A7")
    drawn(planner, geometry=ring(125.07, 43.05), plot_no="BA7")
    plots = planner.get("/api/search?q=A7&lon=125.06&lat=43.05").json()["plots"]
    assert [(row["id"], row["by"]) for row in plots] == [
        (whole["id"], "plot_no"),
        (near["id"], "plot_no"),
        (far["id"], "plot_no"),
    ]


def test_a_search_says_where_there_is_more_than_it_tells(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner")
    for n in range(3):
        drawn(planner, name=f"城南{n}", plot_no=f"A7{n}", geometry=ring(125.01 + n / 100, 43.01))
    with database.service.begin() as connection:
        account = command_line_account(connection, "test")
        for words, by in (("A7", "plot_no"), ("城南", "name"), ("县", "districts")):
            assert search(connection, account, words, limit=3)["more"] == []
            cut = search(connection, account, words, limit=2)
            assert cut["more"] == [by]
            assert len(cut["plots"]) + len(cut["districts"]) == 2


@pytest.mark.parametrize(
    "words",
    ["西县 2026 00010", "西县2026 10", "2026 西县 00010", "xixian 2026 10", "西县，00010"],
)
def test_county_year_and_number_find_the_one_plot(sign_in: SignIn, words: str) -> None:
    planner = sign_in("planner")
    there = drawn(planner, plot_no="00010", year=2026, geometry=ring(125.05, 43.05))
    drawn(planner, plot_no="00010", year=2026, geometry=ring(125.15, 43.05))
    drawn(planner, plot_no="000101", year=2026, geometry=ring(125.05, 43.06))
    assert found(planner, words) == [(there["id"], "plot_no")]


def test_a_number_of_one_year_is_not_found_in_another(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    drawn(planner, plot_no="00010", year=2025)
    assert found(planner, "西县 2026 00010") == []


def test_a_county_and_a_part_of_a_name_find_the_plots_there(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    there = drawn(planner, name="城南林", geometry=ring(125.05, 43.05))
    drawn(planner, name="城南林", geometry=ring(125.15, 43.05))
    assert found(planner, "西县 城南") == [(there["id"], "name")]


def test_a_plot_is_found_by_its_system_number(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, plot_no="A7")
    assert found(planner, str(plot["id"])) == [(plot["id"], "id")]
    assert found(planner, "9" * 18) == []


@pytest.mark.parametrize("words", ["sanjiazi", "sjz", "san jia z", "SANJIA", "jiazit", "chongqing"])
def test_a_plot_is_found_by_the_pinyin_of_its_name(sign_in: SignIn, words: str) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="三家子屯重庆林")
    drawn(planner, name="四家子", geometry=ring(125.06, 43.05))
    assert (plot["id"], "pinyin") in found(planner, words)
    assert found(planner, "sanjiazx") == []


def test_a_name_is_found_in_any_case_and_with_spaces_anywhere(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="G1 公园 Park")
    for words in ("g1公园", "公 园", "园park", "园"):
        assert found(planner, words) == [(plot["id"], "name")], words


def test_districts_are_found_by_pinyin(sign_in: SignIn) -> None:
    for words in ("dongxian", "dx"):
        districts = sign_in("viewer").get("/api/search", params={"q": words}).json()["districts"]
        assert EAST in [row["code"] for row in districts], words


def test_records_and_zones_are_found_by_name_number_code_and_pinyin(sign_in: SignIn) -> None:
    inspector = sign_in("inspector")
    made = inspector.post(
        "/api/registers/ancient_tree",
        json={
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [125.05, 43.05]},
            "properties": {"name": "城南古榆", "number": "GS-77"},
        },
    )
    record = made.raise_for_status().json()["id"]
    drawn_zone = {
        "type": "Feature",
        "geometry": ring(125.05, 43.05),
        "properties": {"code": "CN-01", "name": "城南片", "level": "village"},
    }
    zone = inspector.post("/api/zones", json=drawn_zone).raise_for_status().json()["id"]
    stranger = sign_in("planner", SOUTH)
    for words, records, zones in (
        ("城南", [record], [zone]),
        ("南古榆", [record], []),
        ("gs-77", [record], []),
        ("CN-0", [], [zone]),
        ("chengnangu", [record], []),
        ("cnp", [], [zone]),
        ("城北", [], []),
    ):
        told = inspector.get("/api/search", params={"q": words}).json()
        assert [row["id"] for row in told["records"]] == records, words
        assert [row["id"] for row in told["zones"]] == zones, words
        told = stranger.get("/api/search", params={"q": words}).json()
        assert told["records"] == told["zones"] == [], words
    told = inspector.get("/api/search", params={"q": "城南古榆"}).json()["records"][0]
    assert (told["register"], told["label_zh"], told["district"]) == (
        "ancient_tree",
        "古树名木",
        WEST,
    )


def test_a_name_is_read_from_an_index_by_every_kind_of_account(database: Database) -> None:
    fill(database, each=1_000)
    with database.service.begin() as connection:
        connection.execute(text("SELECT analyze_table('plot_version')"))
    for role, districts in (("admin", ()), ("viewer", ()), ("planner", (EAST,))):
        secret = database.account(f"wang-{role}", role, *districts)
        statements: list[tuple[str, Any]] = []
        with database.service.connect() as connection:
            account = account_by_secret(connection, secret, ["token"])
            assert account is not None
            event.listen(
                connection,
                "before_cursor_execute",
                lambda *event_args, into=statements: into.append(event_args[2:4]),
            )
            search(connection, account, "不在此处", limit=100)
            plans = [
                "\n".join(connection.exec_driver_sql(f"EXPLAIN {sql}", values).scalars())
                for sql, values in list(statements)
                if "plot_version" in sql
            ]
        assert not [plan for plan in plans if "Seq Scan on plot_version" in plan], role


def test_a_list_takes_words_and_sums_what_matches(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plots = [
        drawn(planner, name=name, plot_no=f"A{n}", geometry=ring(125.05 + n / 100, 43.05))
        for n, name in enumerate(("城南林", "城北林", None))
    ]
    for words, which in (("城南", [0]), ("林", [0, 1]), ("A2", [2]), ("无", [])):
        page = planner.get("/api/plots", params={"q": words}).json()
        assert [one["id"] for one in page["features"]] == [plots[n]["id"] for n in which]
        areas = [plots[n]["properties"]["area_m2"] for n in which]
        assert page["sum_m2"] == pytest.approx(sum(areas), abs=1e-6)
    assert planner.get("/api/plots", params={"q": ""}).status_code == 422
