"""``GET /api/plots?sort=``: sorted pages follow each other without gap or repeat."""

import base64
import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from sqlalchemy import text

from service.accounts.db.accounts import account_by_secret
from service.plots.db.ordering import Order, Sort
from service.plots.db.plots import PlotFilter, list_statement
from tests.service.accounts.db.filled import fill
from tests.service.conftest import EAST, WEST, Database, Scene, SignIn, ring
from tests.service.plots.made import drawn


def seven_plots(sign_in: SignIn) -> Any:
    """A planner, and plots in two counties: years and sizes that occur twice, numbers unordered.

    Of what may be empty, some have it, some have not, and some have the same.
    """
    client = sign_in("planner")
    for n, (year, width) in enumerate(
        [(2024, 3), (2026, 1), (2025, 2), (2024, 2), (2026, 3), (2025, 1), (2024, 1)]
    ):
        shape = ring(125.02 + n * 0.026, 43.05, width / 1000)
        more = {
            "name": (None, "造林", "阿林", "林场", "林场", "春岭", "春" * 70)[n],
            "stage": (
                "existing",
                "planted",
                "planned",
                "planted",
                "accepted",
                "planned",
                "planned",
            )[n],
            "kind": ("RGZL", "FBZL")[n % 2],
            "town": None if n % 3 else f"2201010{n:02}",
            "programme": ("GTLH-SF", None, "JL-LCS")[n % 3],
            "declared_m2": None if n % 2 else 700.0 - n,
            "note": None if n == 3 else f"{n % 4}",
        }
        there = {name: value for name, value in more.items() if value is not None}
        plot = drawn(client, geometry=shape, year=year, plot_no=f"{(n * 5) % 7}号", **there)
        if n % 3 == 1:
            client.post(f"/api/plots/{plot['id']}/submit").raise_for_status()
    return client


@pytest.fixture
def planner(scene: Scene) -> Any:
    """Who looks at the seven plots."""
    return scene.made_by(seven_plots)


def walked(client: Any, sort: str, extra: str = "") -> list[dict[str, Any]]:
    """All pages of two, one after the other."""
    address, seen = f"/api/plots?limit=2&sort={sort}{extra}", []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert page["numberMatched"] == 7
        seen += page["features"]
        address = page["next"]
    return seen


# Stages and states have the order of their work; Chinese names that of their pinyin.
ORDERS = {
    "stage": ["planned", "planted", "accepted", "existing"],
    "review": ["draft", "submitted"],
    "name": ["阿林", "春" * 70, "春岭", "林场", "造林"],
}


@pytest.mark.parametrize("sort", get_args(Sort))
@pytest.mark.parametrize("past", [False, True], ids=["now", "as it stood"])
def test_sorted_pages_are_the_whole_list_in_its_order(planner: Any, sort: str, past: bool) -> None:
    moment = f"&as_of={datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    features = walked(planner, sort, moment if past else "")
    name = sort.removeprefix("-")
    values = [one["id"] if name == "id" else one["properties"][name] for one in features]
    filled = [value for value in values if value is not None]
    assert values == filled + [None] * (7 - len(filled)), "what is empty comes last"
    ranks = [ORDERS[name].index(one) if name in ORDERS else one for one in filled]
    keys = list(zip(ranks, (one["id"] for one in features), strict=False))
    assert keys == sorted(keys, reverse=sort.startswith("-"))
    assert len({one["id"] for one in features}) == 7


def test_a_page_begun_in_one_order_is_not_gone_on_with_in_another(planner: Any) -> None:
    following = planner.get("/api/plots?limit=2&sort=year").json()["next"]
    answer = planner.get(following.replace("sort=year", "sort=-year"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


def test_an_unknown_order_is_refused_with_those_that_there_are(planner: Any) -> None:
    answer = planner.get("/api/plots?sort=beauty")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "sort")
    assert "area_m2" in answer.text


FORGED = [
    ["year", "2026", 1],
    ["year", 2**40, 1],
    ["year", True, 1],
    ["year", None, 1],
    ["year", 2026, -1],
    ["year", 2026, 2**63],
    ["year", 2026, "1"],
    ["year", 2026],
    ["area_m2", float("nan"), 1],
    ["area_m2", "x", 1],
    ["plot_no", "\x00", 1],
    ["plot_no", "\ud800", 1],
    ["plot_no", ["x"], 1],
    ["changed_at", "2026-05-01", 1],
    ["changed_at", 7, 1],
    ["stage", "grown", 1],
    ["stage", None, 1],
    ["name", "x" * 65, 1],
    ["declared_m2", "", 1],
    ["id", -1, 1],
    {"a": 1, "b": 2, "c": 3},
    "abc",
]


@pytest.mark.parametrize("forged", FORGED, ids=json.dumps)
def test_a_forged_cursor_is_refused_in_words(planner: Any, forged: Any) -> None:
    sort = forged[0] if isinstance(forged, list) else "year"
    cursor = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()
    answer = planner.get("/api/plots", params={"sort": sort, "cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


def test_every_sorted_page_is_read_from_an_index(database: Database) -> None:
    fill(database, each=4_000)
    with database.service.begin() as connection:
        connection.execute(text("SELECT analyze_table('plot_version')"))
    secret = database.account("wang", "gis", WEST, EAST)
    sorts: tuple[Sort, ...] = ("plot_no", "-year", "-area_m2", "changed_at")
    with database.service.connect() as connection:
        account = account_by_secret(connection, secret, ["token"])
        assert account is not None

        def planned(sort: Sort) -> str:
            statement = list_statement(account, PlotFilter(), order=Order(sort), limit=100)
            compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
            explained = f"EXPLAIN {compiled}".replace("%", "%%")
            return "\n".join(connection.exec_driver_sql(explained).scalars())

        for sort in sorts:
            plan = planned(sort)
            assert f"plot_version_{sort.removeprefix('-')}_idx" in plan, plan
            assert "Sort" not in plan, plan
            # Which have a newer version: not by going through all that there are.
            assert "Index Cond: (slot = 'working'::text)" not in plan, plan
        # Names of who changed them are joined to all that are compared, not asked for one by one.
        assert planned("changed_by").count("SubPlan") == planned("name").count("SubPlan")
