"""Two who approve plots of one ground at one moment: it counts once, and one of them holds it."""

from functools import partial

import httpx
import pytest

from tests.service.conftest import WEST, SignIn, ring
from tests.service.ledger.test_play_through import green, ledger
from tests.service.plots.made import drawn
from tests.service.plots.test_two_editors import at_once

PAIRS = 6


def test_ground_of_two_that_are_approved_at_one_moment_counts_once(sign_in: SignIn) -> None:
    planner, inspectors = sign_in("planner"), [sign_in("inspector"), sign_in("inspector")]
    before = green(planner)
    grounds = [ring(125.01 + n * 0.01, 43.03) for n in range(PAIRS)]
    own_m2 = 0.0
    held: dict[frozenset[int], float] = {}
    for ground in grounds:
        pair = [drawn(planner, geometry=ground, year=year) for year in (2025, 2026)]
        for plot in pair:
            assert planner.post(f"/api/plots/{plot['id']}/submit").status_code == 200
        approvals = [
            partial(inspector.post, f"/api/plots/{plot['id']}/approve")
            for inspector, plot in zip(inspectors, pair, strict=True)
        ]
        answers: list[httpx.Response] = at_once(*approvals)
        assert [answer.status_code for answer in answers] == [200, 200]
        own_m2 += pair[0]["properties"]["area_m2"]
        held[frozenset(plot["id"] for plot in pair)] = pair[0]["properties"]["area_m2"]
    assert green(planner) - before == pytest.approx(own_m2, rel=1e-9)
    rows = [row for row in ledger(planner, district=WEST)["rows"] if row["also"]]
    assert len(rows) == PAIRS
    for row in rows:
        both = frozenset({row["holder"]["plot_id"], *row["also"]})
        assert row["area_m2"] == pytest.approx(held[both], rel=1e-9)
    # Whoever goes, the other has the ground.
    gis = sign_in("gis")
    for row in rows:
        address = f"/api/plots/{row['holder']['plot_id']}"
        version = {"If-Match": gis.get(address).headers["ETag"]}
        gone = gis.delete(address, params={"reason": "重复"}, headers=version)
        assert gone.status_code == 204, gone.text
    heirs = {also for row in rows for also in row["also"]}
    after = ledger(planner, district=WEST)["rows"]
    assert heirs <= {row["holder"]["plot_id"] for row in after if not row["also"]}
    assert green(planner) - before == pytest.approx(own_m2, rel=1e-9)
