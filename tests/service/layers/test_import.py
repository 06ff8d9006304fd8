"""A file replaces a layer whole, on a background thread; a wrong one changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import shapely
from sqlalchemy import text

from data.layers import layers
from gis.shift import to_gcj02
from service.layers.api import versions
from service.web.timestamps import today
from tests.service.conftest import CITY, EAST, SQUARES, WEST, Database, SignIn
from tests.service.layers.conftest import FARMLAND, file_of, finished, send, square
from tests.waiting import until

Farmland = Callable[..., dict[str, Any]]


def test_a_file_becomes_the_version_that_holds_from_today(
    gis: httpx.Client, farmland: Farmland
) -> None:
    state = farmland(square(125.05, 43.05, name="一号"), square(125.06, 43.05))
    assert (state["features"], state["valid_from"]) == (2, today().isoformat())
    layer = gis.get("/api/layers/JBNT").json()
    assert (layer["features"], layer["version_source"]) == (2, "farmland.geojson")


def test_a_later_version_ends_the_one_before(gis: httpx.Client, farmland: Farmland) -> None:
    farmland(square(125.05, 43.05), valid_from="2026-01-01")
    farmland(square(125.06, 43.05), valid_from="2026-03-01")
    rows = gis.get("/api/layers/JBNT/versions").json()["rows"]
    assert [(row["valid_from"], row["valid_to"]) for row in rows] == [
        ("2026-03-01", None),
        ("2026-01-01", "2026-03-01"),
    ]


def test_a_version_of_the_same_day_is_replaced(gis: httpx.Client, farmland: Farmland) -> None:
    farmland(square(125.05, 43.05), valid_from="2026-01-01")
    farmland(square(125.06, 43.05), square(125.07, 43.05), valid_from="2026-01-01")
    rows = gis.get("/api/layers/JBNT/versions").json()["rows"]
    assert [(row["valid_from"], row["features"]) for row in rows] == [("2026-01-01", 2)]


def test_the_same_content_is_no_new_version(gis: httpx.Client, farmland: Farmland) -> None:
    first = farmland(square(125.05, 43.05), valid_from="2026-01-01")
    again = farmland(square(125.05, 43.05), valid_from="2026-03-01")
    assert again["version_id"] == first["version_id"]
    assert "the same as the version that holds" in again["notes"][-1]
    assert gis.get("/api/layers/JBNT/versions").json()["numberMatched"] == 1


@pytest.mark.parametrize(
    ("features", "code"),
    [
        ([square(125.05, 43.05), square(125.051, 43.05)], "overlap"),
        ([], "empty"),
        ([square(90.0, 30.0)], "outside_districts"),
    ],
)
def test_a_wrong_file_is_refused_in_words_and_changes_nothing(
    gis: httpx.Client, farmland: Farmland, features: list[Any], code: str
) -> None:
    farmland(square(125.05, 43.05), valid_from="2026-01-01")
    state = finished(gis, send(gis, file_of(*features)))
    assert state["state"] == "refused"
    assert state["error"]["errors"][0]["code"] == code
    assert gis.get("/api/layers/JBNT/versions").json()["numberMatched"] == 1


def test_a_layer_is_written_by_whoever_has_its_ground(
    gis: httpx.Client, farmland: Farmland, sign_in: SignIn
) -> None:
    farmland(square(125.05, 43.05), square(125.15, 43.05))
    west = sign_in("gis", WEST)
    changed = west.put("/api/layers/JBNT", json=FARMLAND | {"role": "info"})
    assert (changed.status_code, changed.json()["code"]) == (422, "outside_scope")
    state = finished(west, send(west, file_of(square(125.05, 43.05))))
    assert (state["state"], state["error"]["code"]) == ("refused", "outside_scope")
    layer = gis.get("/api/layers/JBNT").json()
    assert (layer["role"], layer["features"]) == ("block", 2)
    city = sign_in("gis", CITY)
    assert city.put("/api/layers/JBNT", json=FARMLAND | {"role": "warn"}).status_code == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE account SET role = 'viewer'", "role_missing"),
        ("UPDATE account SET disabled_at = now()", "work_ended"),
        (f"INSERT INTO account_scope SELECT id, '{EAST}' FROM account", "outside_scope"),
    ],
)
def test_who_may_write_no_more_when_the_file_is_read_writes_nothing(
    gis: httpx.Client,
    farmland: Farmland,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
    code: str,
) -> None:
    farmland(square(125.05, 43.05))
    read = layers.read_layer

    def slowly(*given: Any, **named: Any) -> Any:
        with database.owner.begin() as connection:
            connection.execute(text(f"{change} WHERE name = 'gis'"))
        return read(*given, **named)

    monkeypatch.setattr(layers, "read_layer", slowly)
    assert send(gis, file_of(square(125.06, 43.05))).status_code == 202
    ended = "SELECT error ->> 'code' FROM layer_import WHERE ended_at IS NOT NULL AND error <> '{}'"
    until(lambda: database.scalar(ended) == code)
    assert database.scalar("SELECT count(*) FROM layer_version") == 1
    open_secrets = "SELECT count(*) FROM credential WHERE kind = 'work' AND ended_at IS NULL"
    until(lambda: database.scalar(open_secrets) == 0)


def test_a_county_keeps_a_layer_of_its_own(sign_in: SignIn) -> None:
    west = sign_in("gis", WEST)
    assert west.put("/api/layers/WEST_OWN", json=FARMLAND).status_code == 201
    state = finished(west, send(west, file_of(square(125.05, 43.05)), "WEST_OWN"))
    assert state["state"] == "live", state
    # By no more than a border is off: a hundredth.
    over = file_of(square(125.05, 43.05), square(125.098, 43.05, 0.003))
    state = finished(west, send(west, over, "WEST_OWN"))
    assert (state["state"], state["error"]["code"]) == ("refused", "outside_scope")
    assert west.get("/api/layers/WEST_OWN").json()["features"] == 1
    assert west.put("/api/layers/WEST_OWN", json=FARMLAND | {"role": "warn"}).status_code == 200


def test_an_invalid_feature_is_told_with_its_row_and_place(
    gis: httpx.Client, farmland: Farmland
) -> None:
    farmland(square(125.05, 43.05))
    bow = square(125.06, 43.05)
    corners = bow["geometry"]["coordinates"][0]
    corners[1], corners[2] = corners[2], corners[1]
    (fault,) = finished(gis, send(gis, file_of(square(125.07, 43.05), bow)))["error"]["errors"]
    assert (fault["row"], fault["code"]) == (2, "self_intersection")
    assert fault["at"] == pytest.approx([125.061, 43.051], abs=1e-6)


def test_an_overlap_names_both_features_and_the_spot(gis: httpx.Client, farmland: Farmland) -> None:
    farmland(square(125.05, 43.05))
    sent = send(gis, file_of(square(125.06, 43.05), square(125.061, 43.05)))
    (fault,) = finished(gis, sent)["error"]["errors"]
    assert fault["row"] == 2
    assert "with feature 1" in fault["message"]
    assert 125.061 < fault["at"][0] < 125.062


def test_of_many_imports_the_last_are_listed_and_all_counted(
    gis: httpx.Client, farmland: Farmland, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "LAST_IMPORTS", 1)
    farmland(square(125.05, 43.05))
    for _ in range(2):
        finished(gis, send(gis, file_of(square(125.07, 43.05), square(125.07, 43.05))))
    answer = gis.get("/api/layers/JBNT/imports").json()
    assert (len(answer["rows"]), answer["numberMatched"]) == (1, 3)


def test_a_rule_with_classes_needs_their_column(gis: httpx.Client) -> None:
    gis.put("/api/layers/JBNT", json=FARMLAND | {"rule": {"classes": ["0101"]}})
    state = finished(gis, send(gis, file_of(square(125.05, 43.05))))
    (fault,) = state["error"]["errors"]
    assert fault["code"] == "no_class_column"
    assert "(class_column)" in fault["message"]
    assert "--field" not in fault["message"]
    assert gis.get("/api/layers/JBNT").json()["features"] is None


def test_the_column_of_classes_may_be_named(gis: httpx.Client) -> None:
    gis.put("/api/layers/JBNT", json=FARMLAND | {"rule": {"classes": ["0101"]}})
    sent = send(gis, file_of(square(125.05, 43.05, art="0101")), class_column="art")
    assert finished(gis, sent)["state"] == "live"


def test_coordinates_of_web_maps_are_recognised_by_the_borders(
    gis: httpx.Client, farmland: Farmland
) -> None:
    farmland(square(125.05, 43.05))
    border = shapely.segmentize(SQUARES[WEST], 0.0005)
    shifted = shapely.transform(border, to_gcj02)
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": shapely.geometry.mapping(shifted),
    }
    state = finished(gis, send(gis, file_of(feature)))
    assert state["error"]["errors"][0]["code"] == "another_datum"
    assert "GCJ-02" in state["error"]["errors"][0]["message"]


@pytest.mark.parametrize("day", ["2025-12-31", (today() + timedelta(days=1)).isoformat()])
def test_a_day_before_the_version_that_holds_or_in_the_future_is_refused(
    gis: httpx.Client, farmland: Farmland, day: str
) -> None:
    farmland(square(125.05, 43.05), valid_from="2026-01-01")
    answer = send(gis, file_of(square(125.06, 43.05)), valid_from=day)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_valid_from")


@pytest.mark.parametrize(
    ("form", "code"),
    [({"crs": "Mars"}, "crs_unknown"), ({"encoding": "klingon"}, "unknown_encoding")],
)
def test_a_form_by_which_no_file_is_read_is_refused_before_it_waits(
    gis: httpx.Client, farmland: Farmland, form: dict[str, str], code: str
) -> None:
    farmland(square(125.05, 43.05))
    before = gis.get("/api/layers/JBNT/imports").json()["numberMatched"]
    answer = send(gis, file_of(square(125.06, 43.05)), **form)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [entry["field"] for entry in answer.json()["errors"]] == list(form)
    assert gis.get("/api/layers/JBNT/imports").json()["numberMatched"] == before


def test_a_file_for_a_layer_that_is_not_there_is_not_found(gis: httpx.Client) -> None:
    assert send(gis, file_of(square(125.05, 43.05)), code="XX").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "planner", "inspector"])
def test_other_roles_send_no_files(sign_in: SignIn, farmland: Farmland, role: str) -> None:
    farmland(square(125.05, 43.05))
    assert send(sign_in(role), file_of(square(125.06, 43.05))).status_code == 403


def test_a_file_that_is_none_is_refused(gis: httpx.Client, farmland: Farmland) -> None:
    farmland(square(125.05, 43.05))
    assert finished(gis, send(gis, b"hello"))["state"] == "refused"


def test_a_file_sent_twice_under_one_key_is_one_import(gis: httpx.Client) -> None:
    gis.put("/api/layers/JBNT", json=FARMLAND)
    gis.headers["Idempotency-Key"] = "abc"
    content = file_of(square(125.05, 43.05))
    first, second = send(gis, content), send(gis, content)
    assert first.json()["id"] == second.json()["id"]
    finished(gis, first)


def test_who_imported_what_is_in_the_audit_log(farmland: Farmland, database: Database) -> None:
    farmland(square(125.05, 43.05))
    assert database.scalar("SELECT detail ->> 'layer' FROM audit WHERE action = 'import_layer'")
