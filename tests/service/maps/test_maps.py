"""``/maps``: pages of one's own ground, with their policy and their expiry."""

from datetime import UTC, datetime, timedelta

import pytest

from service.settings import Settings
from service.web.timestamps import BEIJING
from tests.service.conftest import EAST, Database, Server, SignIn, ring
from tests.service.plots.made import approved, drawn


@pytest.mark.parametrize("name", ["coverage", "afforestation"])
def test_a_map_is_one_page_with_a_policy_that_lets_nothing_in(sign_in: SignIn, name: str) -> None:
    approved(sign_in, name="城南一号")
    answer = sign_in("viewer").get(f"/maps/{name}")
    assert answer.status_code == 200
    assert "城南一号" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["cache-control"].startswith("private")


def test_a_map_holds_the_ground_of_the_account_only(sign_in: SignIn) -> None:
    approved(sign_in, name="西边的")
    page = sign_in("viewer", EAST).get("/maps/afforestation").text
    assert "西边的" not in page
    assert "西县" not in page


def test_drafts_are_on_the_map_of_those_who_review_and_ask_for_them_only(sign_in: SignIn) -> None:
    drawn(sign_in("planner"), name="还是草稿")
    inspector = sign_in("inspector")
    assert "还是草稿" in inspector.get("/maps/afforestation?version=working").text
    assert "还是草稿" not in inspector.get("/maps/afforestation").text
    assert "还是草稿" not in sign_in("viewer").get("/maps/afforestation").text


def test_a_downloaded_map_says_until_when_it_is_good(sign_in: SignIn) -> None:
    answer = sign_in("viewer").get("/maps/coverage?download=1")
    assert "attachment" in answer.headers["content-disposition"]
    until = (datetime.now(BEIJING) + timedelta(days=90)).date().isoformat()
    assert until in answer.text


def test_a_map_of_change_compares_with_what_stood_then(sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    before = now.isoformat().replace("+00:00", "Z")
    approved(sign_in, geometry=ring(125.05, 43.05))
    viewer = sign_in("viewer")
    page = viewer.get("/maps/coverage", params={"since": before})
    assert page.status_code == 200
    assert now.astimezone(BEIJING).date().isoformat() in page.text
    assert viewer.get("/maps/coverage?since=soon").status_code == 422


def test_a_name_that_is_a_template_or_a_script_stays_text(sign_in: SignIn) -> None:
    approved(sign_in, name="{{7*7}}<script>alert(1)</script>")
    page = sign_in("viewer").get("/maps/coverage").text
    assert "<script>alert(1)" not in page
    assert "{{7*7}}" not in page
    assert "49<" not in page


@pytest.mark.parametrize("name", ["coverage", "afforestation"])
def test_before_any_district_is_imported_there_is_a_map_of_nothing(
    settings: Settings, empty: Database, name: str
) -> None:
    with Server(settings, empty) as server, server.client(empty.account("root", "admin")) as client:
        answer = client.get(f"/maps/{name}")
    assert answer.status_code == 200, answer.text
