"""Layers as files that tests send, and the wait until they hold."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.service.conftest import SignIn, ring

FARMLAND: dict[str, Any] = {"label_zh": "永久基本农田", "label_en": "Farmland", "role": "block"}


def square(west: float, south: float, wide: float = 0.002, **properties: Any) -> dict[str, Any]:
    """A feature of a layer: a square, in degrees."""
    return {"type": "Feature", "properties": properties, "geometry": ring(west, south, wide, wide)}


def file_of(*features: dict[str, Any]) -> bytes:
    """GeoJSON of some features."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def send(client: httpx.Client, content: bytes, code: str = "JBNT", **form: str) -> httpx.Response:
    """Send a file that replaces a layer."""
    return client.post(
        f"/api/layers/{code}/versions",
        files={"file": ("farmland.geojson", content, "application/geo+json")},
        data=form,
    )


def finished(client: httpx.Client, sent: httpx.Response) -> dict[str, Any]:
    """The import that was sent, when it is done."""
    assert sent.status_code == 202, sent.text
    end = time.monotonic() + 30
    while True:
        state: dict[str, Any] = client.get(sent.headers["Location"]).json()
        if state["ended_at"] is not None:
            return state
        assert time.monotonic() < end, state
        time.sleep(0.05)


@pytest.fixture
def gis(sign_in: SignIn) -> httpx.Client:
    """Somebody who may write layers."""
    return sign_in("gis", name="gis")


@pytest.fixture
def farmland(gis: httpx.Client) -> Callable[..., dict[str, Any]]:
    """Makes the layer JBNT of some features, on a day; answers the import."""

    def made(*features: dict[str, Any], body: Any = None, **form: str) -> dict[str, Any]:
        assert gis.put("/api/layers/JBNT", json=FARMLAND | (body or {})).status_code in (200, 201)
        state = finished(gis, send(gis, file_of(*features), **form))
        assert state["state"] == "live", state
        return state

    return made
