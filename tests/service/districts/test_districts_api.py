"""``/api/districts``: the tree, scoped."""

import pytest
from shapely.geometry import shape

from tests.service.conftest import CITY, EAST, SQUARES, WEST, SignIn


def test_districts_are_listed_by_level_and_parent(sign_in: SignIn) -> None:
    client = sign_in("viewer")
    body = client.get(f"/api/districts?level=county&parent={CITY}").json()
    assert [feature["id"] for feature in body["features"]] == [WEST, EAST]
    assert body["features"][0]["geometry"] is None


def test_parent_means_all_descendants(sign_in: SignIn) -> None:
    body = sign_in("viewer").get("/api/districts?parent=220000").json()
    assert [feature["id"] for feature in body["features"]] == [CITY, WEST, EAST]


def test_a_district_comes_with_its_exact_shape(sign_in: SignIn) -> None:
    body = sign_in("viewer").get(f"/api/districts/{WEST}").json()
    assert shape(body["geometry"]).equals(SQUARES[WEST])
    assert body["properties"]["name"] == "西县"


def test_an_account_sees_its_districts_and_the_way_up(sign_in: SignIn) -> None:
    body = sign_in("viewer", WEST).get("/api/districts").json()
    assert [feature["id"] for feature in body["features"]] == ["220000", CITY, WEST]


@pytest.mark.parametrize("code", [EAST, "999999", "nonsense", "%00"])
def test_what_is_not_theirs_is_not_found(sign_in: SignIn, code: str) -> None:
    assert sign_in("viewer", WEST).get(f"/api/districts/{code}").status_code == 404


def test_code_lists_are_answered_in_chinese_and_english(sign_in: SignIn) -> None:
    client = sign_in("viewer")
    kinds = client.get("/api/codes/kind").json()["codes"]
    classes = {"forest", "urban", "grass", "wetland", "sand", "karst"}
    assert classes == {kind["green_class"] for kind in kinds}
    assert all(kind["label_zh"] and kind["label_en"] and kind["source"] for kind in kinds)
    assert client.get("/api/codes/nothing").status_code == 404
