"""A number under which a plot was once approved is that plot's for ever, whatever becomes of it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.service.conftest import EAST, SignIn, feature, ring
from tests.service.plots.made import approved, drawn
from tests.service.plots.test_edit import delete, match, patch, said, submitted
from tests.service.plots.test_versions import restore

Plot = dict[str, Any]


def restored(gis: httpx.Client, plot: Plot) -> Plot:
    """The approved plot deleted and brought back as a draft."""
    assert delete(gis, plot, reason="误批").status_code == 204
    body: Plot = restore(gis, plot["id"], plot["properties"]["version"]).json()
    assert body["properties"]["review"] == "draft"
    return body


def deleted_as_a_draft(gis: httpx.Client, plot: Plot) -> None:
    assert delete(gis, restored(gis, plot), reason="草稿").status_code == 204


def renumbered_as_a_draft(gis: httpx.Client, plot: Plot) -> None:
    assert patch(gis, restored(gis, plot), {"properties": {"plot_no": "B7"}}).status_code == 200


def moved_to_another_year(gis: httpx.Client, plot: Plot) -> None:
    draft = restored(gis, plot)
    again = feature(plot["geometry"], year=2025)
    done = gis.put(
        f"/api/plots/{plot['id']}", json=again, headers=match(draft["properties"]["version"])
    )
    assert done.status_code == 200, done.text


def moved_to_another_county(gis: httpx.Client, plot: Plot) -> None:
    moved = patch(gis, restored(gis, plot), {"geometry": ring(125.15, 43.05)})
    assert moved.json()["properties"]["district"] == EAST


def merged_into_another(gis: httpx.Client, plot: Plot) -> None:
    draft = restored(gis, plot)
    beside = drawn(gis, geometry=ring(125.052, 43.05))
    done = gis.post("/api/plots/merge", json={"ids": [beside["id"], draft["id"]]})
    assert done.status_code == 200, done.text


def split_and_deleted(gis: httpx.Client, plot: Plot) -> None:
    draft = restored(gis, plot)
    line = {"type": "LineString", "coordinates": [[125.0, 43.0505], [125.1, 43.0505]]}
    address = f"/api/plots/{plot['id']}"
    done = gis.post(
        f"{address}/split", json={"line": line}, headers=match(draft["properties"]["version"])
    )
    assert done.status_code == 201, done.text
    whole = gis.get(address).json()
    assert delete(gis, whole, reason="草稿").status_code == 204


def approved_under_another(gis: httpx.Client, plot: Plot) -> None:
    submitted(gis, patch(gis, plot, {"properties": {"plot_no": "B7"}}).json())


WAYS = [
    deleted_as_a_draft,
    renumbered_as_a_draft,
    moved_to_another_year,
    moved_to_another_county,
    merged_into_another,
    split_and_deleted,
    approved_under_another,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_other_plot_is_given_it(
    sign_in: SignIn, way: Callable[[httpx.Client, Plot], None]
) -> None:
    plot = approved(sign_in, plot_no="A1")
    gis = sign_in("gis")
    way(gis, plot)
    if way is approved_under_another:
        inspector = sign_in("inspector")
        assert inspector.post(f"/api/plots/{plot['id']}/approve").status_code == 200
    another = gis.post("/api/plots", json=feature(ring(125.01, 43.01), plot_no="A1"))
    assert said(another) == (409, "plot_no_taken")
    moved = gis.post("/api/plots", json=feature(ring(125.02, 43.01), plot_no="C1")).json()
    assert said(patch(gis, moved, {"properties": {"plot_no": "A1"}})) == (409, "plot_no_taken")


def test_the_plot_itself_may_bear_it_again(sign_in: SignIn) -> None:
    plot = approved(sign_in, plot_no="A1")
    gis = sign_in("gis")
    renumbered_as_a_draft(gis, plot)
    draft = gis.get(f"/api/plots/{plot['id']}").json()
    again = patch(gis, draft, {"properties": {"plot_no": "A1"}})
    assert again.json()["properties"]["plot_no"] == "A1"
    deleted_number = gis.post("/api/plots", json=feature(ring(125.01, 43.01), plot_no="B7"))
    assert deleted_number.status_code == 201  # only a draft bore it


def test_the_server_does_not_give_it_out_either(sign_in: SignIn) -> None:
    plot = approved(sign_in, plot_no="00002")
    gis = sign_in("gis")
    deleted_as_a_draft(gis, plot)
    given = [
        drawn(gis, geometry=ring(125.01 + n / 100, 43.01))["properties"]["plot_no"]
        for n in range(2)
    ]
    assert given == ["00001", "00003"]
