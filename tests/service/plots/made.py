"""Plots that a test needs: drawn, and approved by somebody else."""

from typing import Any

from tests.service.conftest import SignIn, feature


def drawn(client: Any, **properties: Any) -> dict[str, Any]:
    """A stored plot of this client."""
    geometry = properties.pop("geometry", None)
    # Tests lay plots over each other and over borders on purpose.
    seen = "overlap,same_ground,credited_ground,crosses_district,declared_area_off"
    address = f"/api/plots?acknowledge={seen}"
    answer = client.post(address, json=feature(geometry, **properties))
    assert answer.status_code == 201, answer.text
    plot: dict[str, Any] = answer.json()
    return plot


def approved(sign_in: SignIn, **properties: Any) -> dict[str, Any]:
    """A plot that one drew and submitted and another approved."""
    planner, inspector = sign_in("planner"), sign_in("inspector")
    plot = drawn(planner, **properties)
    assert planner.post(f"/api/plots/{plot['id']}/submit").status_code == 200
    answer = inspector.post(f"/api/plots/{plot['id']}/approve")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body
