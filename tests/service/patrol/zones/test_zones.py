"""Zones: written by inspectors, held to their parents and neighbours, dated, kept to a scope."""

from typing import Any

import httpx
import pytest

from service.web.timestamps import today
from tests.service.conftest import CITY, EAST, WEST, Database, SignIn, ring

TOWN = ring(125.01, 43.01, 0.04, 0.04)


def zone(code: str = "T1", geometry: Any = None, **properties: Any) -> dict[str, Any]:
    """A town zone in the western county unless said otherwise."""
    given = {"code": code, "name": f"{code} 区", "level": "town", "chief": "张三", **properties}
    return {"type": "Feature", "geometry": geometry or TOWN, "properties": given}


def grid(code: str, west: float, **properties: Any) -> dict[str, Any]:
    """A ranger's grid below T1."""
    given = {"level": "grid", "parent": "T1", "ranger": f"{code} 护林员", "chief": None}
    return zone(code, ring(west, 43.02, 0.01, 0.01), **{**given, **properties})


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    """Of the western county."""
    return sign_in("inspector", WEST)


def made(client: httpx.Client, body: dict[str, Any], **query: str) -> dict[str, Any]:
    """The zone as it was answered."""
    answer = client.post("/api/zones", json=body, params=query)
    assert answer.status_code == 201, answer.text
    feature: dict[str, Any] = answer.json()
    return feature


def inspector_of_a_grid(sign_in: SignIn) -> httpx.Client:
    """Of the western county, with a town zone T1 of 0.04° and a grid G1 of 0.01° in it."""
    client = sign_in("inspector", WEST)
    made(client, zone(valid_from="2026-01-01"))
    made(client, grid("G1", 125.02, valid_from="2026-01-01"))
    return client


def code_of(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and the first field of a problem."""
    body = answer.json()
    return answer.status_code, body["code"], (body.get("errors") or [{}])[0].get("field", "")


def test_a_zone_is_written_and_read_back_with_its_county_and_area(inspector: httpx.Client) -> None:
    feature_made = made(inspector, zone())
    again = inspector.get(f"/api/zones/{feature_made['id']}").json()
    assert again == feature_made
    assert again["properties"]["district"] == WEST
    assert again["properties"]["area_m2"] == pytest.approx(0.04 * 0.04 * 9.03e9, rel=0.01)
    assert again["properties"]["valid_from"] == today().isoformat()


def comb(teeth: int, *, lying: bool) -> dict[str, Any]:
    """A valid comb in the western county, its teeth as long as the box."""
    at = [(n / teeth, float(n % 2)) for n in range(teeth)]
    outline = [*at, (1.0, 0.0), (1.0, -0.1), (0.0, -0.1), at[0]]
    turned = [(y, x) if lying else (x, y) for x, y in outline]
    places = [[125.02 + 0.02 * x, 43.02 + 0.02 * y] for x, y in turned]
    return {"type": "Polygon", "coordinates": [places]}


def test_zones_across_each_other_tooth_by_tooth_are_refused_before_they_are_cut(
    inspector: httpx.Client,
) -> None:
    made(inspector, zone(geometry=comb(800, lying=False)))
    answer = inspector.post("/api/zones", json=zone("T2", comb(800, lying=True)))
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_edges")
    inside = inspector.post(
        "/api/zones", json=grid("G1", 125.01) | {"geometry": comb(800, lying=True)}
    )
    assert (inside.status_code, inside.json()["code"]) == (422, "too_many_edges")


@pytest.mark.parametrize("role", ["viewer", "planner", "gis"])
def test_names_of_people_are_for_inspectors(
    role: str, inspector: httpx.Client, sign_in: SignIn
) -> None:
    number = made(inspector, zone(ranger="李四"))["id"]
    client = sign_in(role, WEST)
    for address in (f"/api/zones/{number}", "/api/zones", f"/api/zones/{number}/versions"):
        text = client.get(address).text
        assert "T1" in text
        assert "张三" not in text
        assert "李四" not in text


@pytest.mark.parametrize("role", ["viewer", "planner", "gis"])
def test_zones_are_written_by_inspectors(role: str, sign_in: SignIn) -> None:
    assert sign_in(role, WEST).post("/api/zones", json=zone()).status_code == 403


def test_a_zone_of_another_county_is_not_found(inspector: httpx.Client, sign_in: SignIn) -> None:
    number = made(inspector, zone())["id"]
    other = sign_in("inspector", EAST)
    assert other.get(f"/api/zones/{number}").status_code == 404
    assert other.get("/api/zones").json()["numberMatched"] == 0
    assert other.post("/api/zones", json=zone("T2")).json()["code"] == "outside_scope"


def test_a_zone_above_the_counties_belongs_to_whoever_sees_all_of_them(
    inspector: httpx.Client, sign_in: SignIn
) -> None:
    body = zone("C1", ring(125.0, 43.0, 0.2, 0.1), level="city", district=CITY)
    assert code_of(inspector.post("/api/zones", json=body))[1] == "unknown_district"
    number = made(sign_in("inspector", CITY), body)["id"]
    assert inspector.get(f"/api/zones/{number}").status_code == 404


def test_a_grid_hangs_below_a_zone_that_its_writer_does_not_see(
    inspector: httpx.Client, sign_in: SignIn
) -> None:
    city = zone("C1", ring(125.0, 43.0, 0.2, 0.1), level="city", district=CITY)
    made(sign_in("inspector", CITY), city)
    assert made(inspector, zone(parent="C1"))["properties"]["parent"] == "C1"


def test_a_parent_that_is_not_there_is_told_by_its_name(inspector: httpx.Client) -> None:
    answer = inspector.post("/api/zones", json=zone(parent="nobody"))
    assert code_of(answer) == (422, "unknown_parent", "properties.parent")


def test_a_parent_is_of_a_higher_level(inspector: httpx.Client) -> None:
    made(inspector, zone())
    answer = inspector.post("/api/zones", json=zone("T2", ring(125.06, 43.01), parent="T1"))
    assert "parent_not_above" in {error["code"] for error in answer.json()["errors"]}


def test_ground_outside_the_parent_is_warned_of_with_place_and_size(
    inspector: httpx.Client,
) -> None:
    made(inspector, zone())
    body = grid("G1", 125.045)
    answer = inspector.post("/api/zones", json=body)
    assert code_of(answer) == (409, "warnings", "geometry")
    (warning,) = answer.json()["errors"]
    assert warning["code"] == "outside_parent"
    assert warning["area_m2"] == pytest.approx(0.5 * 0.01 * 0.01 * 9.03e9, rel=0.02)
    assert warning["at"][0] > 125.05
    made(inspector, body, acknowledge="outside_parent")


def test_zones_of_one_level_that_overlap_are_warned_of(inspector: httpx.Client) -> None:
    made(inspector, zone())
    made(inspector, grid("G1", 125.02))
    answer = inspector.post("/api/zones", json=grid("G2", 125.025))
    assert [error["code"] for error in answer.json()["errors"]] == ["overlap"]


def test_neighbours_that_share_a_border_do_not_overlap(inspector: httpx.Client) -> None:
    made(inspector, zone())
    made(inspector, grid("G1", 125.02))
    made(inspector, grid("G2", 125.03))


@pytest.mark.parametrize(
    ("ranger", "code"),
    [
        pytest.param(None, "no_ranger", id="none"),
        pytest.param("G1 护林员", "ranger_twice", id="two"),
    ],
)
def test_a_grid_has_one_ranger_and_a_ranger_one_grid(
    inspector: httpx.Client, ranger: str | None, code: str
) -> None:
    made(inspector, zone())
    made(inspector, grid("G1", 125.02))
    answer = inspector.post("/api/zones", json=grid("G2", 125.035, ranger=ranger))
    assert code_of(answer)[0] == 409
    assert [error["code"] for error in answer.json()["errors"]] == [code]


def test_a_code_is_given_once(inspector: httpx.Client) -> None:
    made(inspector, zone())
    answer = inspector.post("/api/zones", json=zone("T1", ring(125.06, 43.06)))
    assert code_of(answer) == (409, "code_taken", "properties.code")


def test_a_new_chief_from_a_day_on_leaves_the_old_one_in_the_history(
    inspector: httpx.Client,
) -> None:
    number = made(inspector, zone(valid_from="2026-01-01"))["id"]
    answer = inspector.patch(
        f"/api/zones/{number}",
        json={"properties": {"chief": "李四", "valid_from": "2026-08-01"}},
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text
    versions = inspector.get(f"/api/zones/{number}/versions").json()["versions"]
    chiefs = [
        (version["chief"], version["valid_from"], version["valid_to"]) for version in versions
    ]
    assert chiefs == [("张三", "2026-01-01", "2026-08-01"), ("李四", "2026-08-01", None)]
    then = inspector.get(f"/api/zones/{number}", params={"on": "2026-07-31"}).json()
    assert then["properties"]["chief"] == "张三"


def test_a_change_without_a_later_day_corrects_the_version_that_holds(
    inspector: httpx.Client, database: Database
) -> None:
    number = made(inspector, zone(valid_from="2026-01-01"))["id"]
    inspector.patch(
        f"/api/zones/{number}",
        json={"properties": {"chief": "李四"}},
        headers={"If-Match": '"1"'},
        params={"reason": "笔误"},
    )
    versions = inspector.get(f"/api/zones/{number}/versions").json()["versions"]
    assert [version["chief"] for version in versions] == ["李四"]
    log = """
        SELECT concat(before ->> 'chief', after ->> 'chief', reason, actor) FROM patrol_log
        WHERE what = 'zone_version' AND operation = 'UPDATE'
    """
    assert database.scalar(log) == "张三李四笔误inspector-0"


def test_a_version_cannot_begin_before_the_one_that_stands(inspector: httpx.Client) -> None:
    number = made(inspector, zone(valid_from="2026-01-01"))["id"]
    for day, etag in (("2026-08-01", '"1"'), ("2026-07-01", '"2"')):
        answer = inspector.patch(
            f"/api/zones/{number}",
            json={"properties": {"valid_from": day}},
            headers={"If-Match": etag},
        )
    assert code_of(answer) == (422, "before_newest", "properties.valid_from")


def test_a_change_names_the_version_that_it_was_made_upon(inspector: httpx.Client) -> None:
    number = made(inspector, zone())["id"]
    patch = {"properties": {"office": "林长办"}}
    assert inspector.patch(f"/api/zones/{number}", json=patch).status_code == 428
    first = inspector.patch(f"/api/zones/{number}", json=patch, headers={"If-Match": '"1"'})
    assert first.headers["ETag"] == '"2"'
    second = inspector.patch(f"/api/zones/{number}", json=patch, headers={"If-Match": '"1"'})
    assert code_of(second)[:2] == (412, "stale")


def test_a_zone_on_which_others_hang_is_not_deleted(inspector: httpx.Client) -> None:
    town = made(inspector, zone())["id"]
    below = made(inspector, grid("G1", 125.02))["id"]
    held = {"If-Match": '"1"'}
    assert inspector.delete(f"/api/zones/{town}", headers=held).json()["code"] == "zone_in_use"
    assert inspector.delete(f"/api/zones/{below}", headers=held).status_code == 204
    assert inspector.delete(f"/api/zones/{town}", headers=held).status_code == 204


@pytest.mark.parametrize(
    ("address", "body"),
    [
        pytest.param("/api/posts", {"function": "护林员", "person": "示例甲"}, id="a post"),
        pytest.param(
            "/api/registers/fire_station",
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [125.01, 43.01]},
                "properties": {"name": "站"},
            },
            id="a record",
        ),
    ],
)
def test_a_zone_is_not_deleted_together_with(
    sign_in: SignIn, address: str, body: dict[str, Any]
) -> None:
    admin = sign_in("admin")
    drawn = admin.post("/api/zones", json=zone("Z1", ring(125.0, 43.0, 0.02, 0.02)))
    assert drawn.status_code == 201, drawn.text
    sent = {**body, "zone": "Z1"}
    if "properties" in body:
        sent = {**body, "properties": {**body["properties"], "zone": "Z1"}}
    hung = admin.post(address, json=sent)
    assert hung.status_code == 201, hung.text
    held = {"If-Match": drawn.headers["ETag"]}
    answer = admin.delete(drawn.headers["Location"], headers=held)
    assert (answer.status_code, answer.json()["code"]) == (409, "zone_in_use")


def test_a_list_shows_what_holds_on_a_day_page_by_page(inspector: httpx.Client) -> None:
    made(inspector, zone("T1", valid_from="2026-01-01", valid_to="2026-06-01"))
    for n in range(3):
        made(inspector, zone(f"T{n + 2}", ring(125.06 + n * 0.01, 43.06), valid_from="2026-06-01"))
    page = inspector.get("/api/zones", params={"on": "2026-06-01", "limit": 2}).json()
    rest = inspector.get(page["next"]).json()
    codes = [feature["properties"]["code"] for feature in page["features"] + rest["features"]]
    assert (codes, page["numberMatched"], rest["next"]) == (["T2", "T3", "T4"], 3, None)


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        pytest.param({"level": "street"}, "properties.level", id="level"),
        pytest.param({"name": " "}, "properties.name", id="name"),
        pytest.param({"valid_to": "2020-01-01"}, "properties.valid_to", id="ends before it begins"),
        pytest.param({"area_m2": 5}, "properties.area_m2", id="read-only"),
        pytest.param({"district": "360702"}, "properties.district", id="another county"),
    ],
)
def test_what_cannot_be_meant_is_told_by_its_field(
    inspector: httpx.Client, properties: dict[str, Any], field: str
) -> None:
    status, _code, named_field = code_of(inspector.post("/api/zones", json=zone(**properties)))
    assert (status, named_field) == (422, field)


def test_a_zone_that_holds_on_no_day_is_refused(inspector: httpx.Client) -> None:
    body = zone(valid_from="2026-01-01", valid_to="2026-01-01")
    answer = inspector.post("/api/zones", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "no_day_valid")
