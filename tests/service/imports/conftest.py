"""Files of plots that tests send, and the wait until something is to be decided."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.service.conftest import SignIn, feature, ring

PLACE = ring(125.05, 43.05)
OTHER_PLACE = ring(125.02, 43.02)
Sent = Callable[..., dict[str, Any]]


def file_of(*features: dict[str, Any]) -> bytes:
    """GeoJSON of some plots."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def send(
    client: httpx.Client,
    content: bytes,
    name: str = "plots.geojson",
    key: str = "",
    **settings: Any,
) -> httpx.Response:
    """Send a file with what is said of it."""
    return client.post(
        "/api/imports",
        files={"file": (name, content)},
        data={"settings": json.dumps(settings)},
        headers={"Idempotency-Key": key} if key else {},
    )


def settled(client: httpx.Client, sent: httpx.Response) -> dict[str, Any]:
    """The import, when nobody works on it any more."""
    assert sent.status_code == 202, sent.text
    end = time.monotonic() + 60
    while True:
        state: dict[str, Any] = client.get(sent.headers["Location"]).json()
        if state["state"] not in ("reading", "committing"):
            return state
        assert time.monotonic() < end, state
        time.sleep(0.05)


def staged(client: httpx.Client, *features: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """An import of some plots, read and checked."""
    return settled(client, send(client, file_of(*features), **settings))


def committed(client: httpx.Client, number: int, **how: Any) -> dict[str, Any]:
    """The import, when it is live or was refused."""
    return settled(client, client.post(f"/api/imports/{number}/commit", json=how))


def rows(client: httpx.Client, number: int, **query: Any) -> list[dict[str, Any]]:
    """Rows of an import with their verdicts."""
    answer = client.get(f"/api/imports/{number}/rows", params=query)
    assert answer.status_code == 200, answer.text
    features: list[dict[str, Any]] = answer.json()["features"]
    return features


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def planner(sign_in: SignIn) -> httpx.Client:
    """Somebody who brings files in."""
    return sign_in("planner", name="planner")


@pytest.fixture
def live(planner: httpx.Client) -> dict[str, Any]:
    """A live import of one plot of the number A1."""
    number = staged(planner, feature(PLACE, plot_no="A1", name="北坡"))["id"]
    return committed(planner, number)
