"""Moves of any two moments add up, each of its own kind: for random histories of plots."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.progress.moves import rewritten, share_moves
from service.progress.shares import Shares

M2 = st.floats(0, 5e7, allow_subnormal=False).map(lambda m2: round(m2, 4))
PLOT = st.tuples(
    st.integers(1, 4),  # its version
    M2,
    st.floats(0, 1),  # the share of it that layers refuse
)
SIDE = st.dictionaries(st.integers(1, 30), PLOT, max_size=20)
# What groups of plots have in common is counted once: a figure is at most the sum of its shares.
COMMON = st.floats(0, 1)


def side(plots: dict[int, tuple[int, float, float]]) -> Shares:
    """Plots as shares, given in any order."""
    ids = list(plots)
    versions, amounts, refused = zip(*plots.values(), strict=True) if ids else ((), (), ())
    barred = np.asarray(amounts, dtype=float) * np.asarray(refused, dtype=float)
    return Shares.of(ids, versions, amounts, barred)


def net(shares: Shares) -> float:
    """What the shares bring together."""
    return float((shares.amounts - shares.refused).sum())


@given(SIDE, SIDE, COMMON, COMMON)
def test_moves_add_up_to_the_difference_of_the_figures(
    first: dict[int, tuple[int, float, float]],
    second: dict[int, tuple[int, float, float]],
    common_0: float,
    common_1: float,
) -> None:
    before, after = side(first), side(second)
    totals = net(before) * (1 - common_0), net(after) * (1 - common_1)
    moves = share_moves(before, after, totals)
    total = math.fsum(change for *_, change in moves)
    assert abs(total - (totals[1] - totals[0])) <= 1e-6 + 1e-15 * sum(totals)


@given(SIDE, SIDE)
def test_each_move_is_of_its_own_kind_and_told_once(
    first: dict[int, tuple[int, float, float]], second: dict[int, tuple[int, float, float]]
) -> None:
    before, after = side(first), side(second)
    moves = share_moves(before, after, (net(before), net(after)))
    assert len({(what, plot) for what, plot, _ in moves}) == len(moves)
    for what, plot, change in moves:
        if plot is None:
            assert what == "shared"
            continue
        known = first.get(plot), second.get(plot)
        same = known[0] is not None and known[1] is not None and known[0][0] == known[1][0]
        assert same == (what in ("border", "layer"))
        if what == "entered":
            assert known[1] is not None
            assert change >= 0
        if what == "left":
            assert known[0] is not None
            assert change <= 0
        if what == "grew":
            assert change >= 0
        if what == "shrank":
            assert change < 0


@given(SIDE)
def test_nothing_moves_between_equal_moments(plots: dict[int, tuple[int, float, float]]) -> None:
    one = side(plots)
    assert share_moves(one, side(plots), (net(one), net(one))) == []


def test_ground_that_a_border_gives_to_another_county_is_no_plot_that_left() -> None:
    before = Shares.of([7], [3], [100.0], [0.0])
    # The plot is still there with the same version; its ground lies in the other county now.
    after = Shares(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), before.known)
    assert share_moves(before, after, (100.0, 0.0)) == [("border", 7, -100.0)]


def test_a_plot_that_a_border_gave_to_another_county_is_no_plot_that_shrank() -> None:
    before, after = side({7: (3, 100.0, 0.5)}), side({7: (4, 60.0, 0.0), 8: (1, 5.0, 0.0)})
    assert rewritten(before, after) == [7]
    totals = net(before), net(after)
    assert share_moves(before, after, totals) == [("entered", 8, 5.0), ("grew", 7, 10.0)]
    assert share_moves(before, after, totals, [7]) == [
        ("entered", 8, 5.0),
        ("border", 7, -40.0),
        ("layer", 7, 50.0),
    ]
