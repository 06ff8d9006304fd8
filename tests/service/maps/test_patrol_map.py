"""The patrol map: tracks for inspectors, names when they ask, shares for everybody else."""

import httpx
import pytest

from service.accounts.db.accounts import command_line_account
from service.maps.patrol_maps import PatrolMapQuestion, patrol_page
from service.web.periods import parse_period, periods_of
from service.web.timestamps import today
from tests.maps.reading import data_of
from tests.service.conftest import EAST, WEST, Database, SignIn
from tests.service.patrol.tracks.test_patrols import stored, track
from tests.service.patrol.zones.test_zones import grid, made, zone

Q3 = {"period": "2026-Q3", "download": "1"}
WALKER, CHIEF = "G1 护林员", "张三"


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    """Of the western county, where a ranger walked a grid."""
    client = sign_in("inspector", WEST)
    made(client, zone(valid_from="2026-01-01"))
    made(client, grid("G1", 125.02, valid_from="2026-01-01"))
    stored(client, track())
    return client


def page(client: httpx.Client, **params: str) -> str:
    """The map as a file."""
    answer = client.get("/maps/patrol", params={**Q3, **params})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_names_enter_a_map_only_when_an_inspector_asks(inspector: httpx.Client) -> None:
    silent, named = page(inspector), page(inspector, names="true")
    assert (WALKER in silent, CHIEF in silent) == (False, False)
    assert (WALKER in named, CHIEF in named) == (True, True)


@pytest.mark.parametrize("role", ["viewer", "planner", "gis"])
def test_nobody_else_is_given_names(role: str, inspector: httpx.Client, sign_in: SignIn) -> None:
    answer = sign_in(role, WEST).get("/maps/patrol", params={**Q3, "names": "true"})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")


@pytest.mark.parametrize("role", ["viewer", "planner", "gis"])
def test_others_see_zones_and_shares_without_tracks(
    role: str, inspector: httpx.Client, sign_in: SignIn
) -> None:
    assert data_of(page(inspector))["tracks"]["count"] == 1
    without = page(sign_in(role, WEST))
    assert "G1 区" in without
    assert WALKER not in without
    assert data_of(without)["tracks"] is None


def test_without_a_period_the_map_is_of_the_newest_quarter_that_somebody_walked(
    inspector: httpx.Client, sign_in: SignIn
) -> None:
    _month, quarter, _year = periods_of(today())
    opened = data_of(inspector.get("/maps/patrol").text)
    assert opened["caption"]["period"] == "2026-Q3"
    assert opened["notes"][0] == [
        f"本季度（{quarter.name}）还没有巡护，打开的是最近有巡护的季度 2026-Q3",
        f"Nobody has walked in this quarter ({quarter.name}) yet: this is 2026-Q3, the newest "
        "one with patrols",
    ]
    # Where nobody ever walked it is of this quarter, and nothing is said of the choice.
    elsewhere = data_of(sign_in("inspector", EAST).get("/maps/patrol").text)
    assert elsewhere["caption"]["period"] == quarter.name
    assert "最近有巡护" not in str(elsewhere["notes"])


def test_a_map_leads_to_other_periods_and_a_file_to_none(inspector: httpx.Client) -> None:
    params = {"period": "2026-Q1", "district": WEST, "names": "true"}
    links = data_of(inspector.get("/maps/patrol", params=params).text)["links"]
    assert links["before"] == ["2025-Q4", f"?period=2025-Q4&district={WEST}&names=true"]
    assert set(links) == {"before", "after", "month", "half", "year"}
    for _period, address in links.values():
        assert inspector.get(f"/maps/patrol{address}").status_code == 200
    assert data_of(page(inspector))["links"] == {}


def test_a_period_of_another_form_is_refused(inspector: httpx.Client) -> None:
    answer = inspector.get("/maps/patrol", params={"period": "Q3"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "period")


def test_the_caption_tells_the_day_of_the_zones_and_the_time_in_beijing(
    inspector: httpx.Client,
) -> None:
    caption = data_of(page(inspector))["caption"]
    assert (caption["period"], caption["vintage"]) == ("2026-Q3", "2026-09-30")
    zh, en = caption["as_of"]
    assert zh.endswith("北京时间 UTC+8")
    assert en.endswith("Beijing time (UTC+8)")
    assert caption["title"] == ["巡林护林", "Forest patrols"]


def test_a_ranger_is_told_days_and_a_chief_visits(inspector: httpx.Client) -> None:
    zones = data_of(page(inspector))["districts"]
    facts = {fact["label"][1]: fact["values"] for fact in zones["facts"]}
    visits = dict(zip(zones["code"], facts["Visits (done / due)"], strict=True))
    assert visits == {"T1": "0 / 3", "G1": ""}


def test_a_map_that_met_its_limit_says_so_beside_its_title(
    inspector: httpx.Client, database: Database
) -> None:
    stored(inspector, track(south=43.026))
    with database.service.begin() as connection:
        account = command_line_account(connection, "test")
        for limit, marks in ((1, ["个责任区", "条巡护轨迹"]), (2, [])):
            question = PatrolMapQuestion(parse_period("2026-Q3"), limit=limit)
            data = data_of(patrol_page(connection, account, question).html)
            shown_marks = [zh for zh, _ in data["caption"]["marks"]]
            assert [
                word for word in ("个责任区", "条巡护轨迹") if word in "".join(shown_marks)
            ] == marks
            assert data["tracks"]["count"] == limit


def test_a_county_without_zones_is_framed(sign_in: SignIn) -> None:
    south_west, north_east = data_of(page(sign_in("inspector", WEST)))["bounds"]
    assert (south_west, north_east) == ([43.0, 125.0], [43.1, 125.1])
