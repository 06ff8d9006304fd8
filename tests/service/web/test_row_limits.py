"""A query that reaches its row limit: a file is refused, a map tells it."""

import pytest

from service.errors import Problem
from service.web.row_limits import ZONES, FileLimit, MapLimit


def test_a_file_that_would_be_cut_is_refused() -> None:
    limit = FileLimit(1, "LUOTU_PATROL_LIMIT")
    assert limit.within([1], ZONES) == [1]
    with pytest.raises(Problem, match="LUOTU_PATROL_LIMIT") as refused:
        limit.within([1, 2], ZONES)
    assert (refused.value.status, refused.value.code) == (422, "too_many_rows")


def test_a_map_that_was_cut_says_so() -> None:
    limit = MapLimit(1)
    assert (limit.within([1], ZONES), limit.marks) == ([1], [])
    assert limit.within([1, 2], ZONES) == [1]
    assert len(limit.marks) == 1
