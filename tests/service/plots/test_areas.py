"""Four areas of a plot, side by side, with the reason in words."""

import pytest
from shapely.geometry import shape

from gis.official_area import explain
from tests.service.conftest import EAST, WEST, SignIn, ring
from tests.service.plots.made import drawn

ENGLISH = {"Accept-Language": "en"}


def test_the_four_areas_stand_side_by_side(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, declared_m2=37_000)
    areas = planner.get(f"/api/plots/{plot['id']}/area", headers=ENGLISH).json()
    assert areas["geodesic_m2"] == pytest.approx(plot["properties"]["area_m2"], rel=1e-9)
    assert areas["official_m2"] == pytest.approx(areas["geodesic_m2"], rel=1e-6)
    assert areas["plane_m2"] > areas["geodesic_m2"]
    assert (areas["zone"], areas["declared_m2"]) == (42, 37_000)
    assert "the projection makes" in areas["message"]
    assert "no projection explains" in areas["message"]


def test_a_declared_area_of_the_plane_is_recognised(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    # Far from the central meridian, so that the plane differs by more than paper rounds.
    geometry = ring(125.05, 43.05, 0.02, 0.02)

    plane = explain(shape(geometry)).plane_m2
    plot = drawn(planner, geometry=geometry, declared_m2=plane)
    message = planner.get(f"/api/plots/{plot['id']}/area", headers=ENGLISH).json()["message"]
    assert "that is the area on the plane" in message


def test_without_a_declared_area_nothing_is_said_of_it(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    areas = planner.get(f"/api/plots/{drawn(planner)['id']}/area", headers=ENGLISH).json()
    assert areas["declared_m2"] is None
    assert "Declared" not in areas["message"]


def test_a_plot_out_of_scope_is_not_found(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner", WEST))
    assert sign_in("planner", EAST).get(f"/api/plots/{plot['id']}/area").status_code == 404
