"""抽查: what is drawn, by which share, and that it is drawn again."""

from typing import Any

import httpx
import pytest

from tests.service.conftest import EAST, WEST, Scene, SignIn, ring
from tests.service.plots.made import approved


@pytest.fixture
def inspector(scene: Scene) -> httpx.Client:
    """Of ten approved plots of the same size in the west, and one in the east."""

    return scene.made_by(made)


def made(sign_in: SignIn) -> httpx.Client:
    for n in range(10):
        approved(sign_in, geometry=ring(125.005 + n * 0.009, 43.05), name="<b>林</b>")
    approved(sign_in, geometry=ring(125.15, 43.05))
    return sign_in("inspector", WEST, name="sampler")


def sample(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/samples", json={"district": WEST, "year": 2026, **body})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def ids(told: dict[str, Any]) -> list[int]:
    return [row["id"] for row in told["rows"]]


def test_the_same_seed_draws_the_same_and_another_another(inspector: httpx.Client) -> None:
    first = sample(inspector, count=4, seed=7)
    assert ids(sample(inspector, count=4, seed=7)) == ids(first)
    assert ids(sample(inspector, count=4, seed=7, as_of=first["as_of"])) == ids(first)
    assert ids(sample(inspector, count=2, seed=7)) == ids(first)[:2]
    assert len({tuple(ids(sample(inspector, count=4, seed=seed))) for seed in range(8)}) > 4


def test_plots_are_drawn_until_the_share_of_their_area_is_reached(inspector: httpx.Client) -> None:
    told = sample(inspector, share=0.25, seed=7)
    assert (told["plots"], len(told["rows"])) == (10, 3)
    assert 0.25 <= told["drawn_share"] < 0.35
    assert len(sample(inspector, share=1, seed=7)["rows"]) == 10
    assert len(sample(inspector, share=1e-9, seed=7)["rows"]) == 1


def test_without_a_seed_one_is_drawn_and_told(inspector: httpx.Client) -> None:
    told = sample(inspector, count=5)
    assert ids(sample(inspector, count=5, seed=told["seed"])) == ids(told)


def test_a_year_without_plots_gives_an_empty_draw(inspector: httpx.Client) -> None:
    told = sample(inspector, year=2020, share=0.5, seed=1)
    assert (told["plots"], told["rows"], told["drawn_share"]) == (0, [], None)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"share": 0.1, "count": 2},
        {"share": 0},
        {"share": 1.1},
        {"count": 10_001},
        {"count": 1, "seed": -1},
        {"count": 1, "district": EAST},
        {"count": 1, "as_of": "2999-01-01"},
    ],
)
def test_what_cannot_be_drawn_is_refused(inspector: httpx.Client, body: dict[str, Any]) -> None:
    asked = {"district": WEST, "year": 2026, **body}
    assert inspector.post("/api/samples", json=asked).status_code == 422
