"""Batches are read ahead, one at most, in order, and told of in their turn."""

from collections.abc import Iterator

import pytest

from data.read_ahead import read_ahead


def made(count: int, log: list[str], fails_at: int | None = None) -> Iterator[int]:
    try:
        for n in range(count):
            if n == fails_at:
                raise RuntimeError("the database ended")
            log.append(f"made {n}")
            yield n
    finally:
        log.append("closed")


def test_no_more_than_one_item_is_made_ahead() -> None:
    log: list[str] = []
    ahead = read_ahead(made(5, log))
    assert next(ahead) == 0
    ahead.close()
    assert log[:2] == ["made 0", "made 1"]
    assert "made 2" not in log


def test_an_error_comes_after_the_items_before_it() -> None:
    ahead = read_ahead(made(5, [], fails_at=2))
    assert [next(ahead), next(ahead)] == [0, 1]
    with pytest.raises(RuntimeError, match="the database ended"):
        next(ahead)
