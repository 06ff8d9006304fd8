"""Whether the time of a parser grows as its input: measured at n, 2n and 4n."""

import gc
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

# Four times the input may take this many times as long. A parser that grows by the square takes
# sixteen times as long. Time of the processor is measured, which a busy machine lengthens little.
MAX_RATIO = 9.0
# Below it the clock says nothing. By the square, 80 000 letters take seconds.
FLOOR_S = 0.1
N = 20_000


def assert_grows_as_its_input(
    parse: Callable[[Any], object], make: Callable[[int], Any], *, n: int = N
) -> None:
    """Fail when ``parse`` takes much longer than in proportion to the size of ``make(n)``.

    Whether the input is taken or refused in words does not matter.
    """
    fourfold = _median_s(parse, make(4 * n))
    if fourfold > FLOOR_S:
        first, double = _median_s(parse, make(n)), _median_s(parse, make(2 * n))
        assert fourfold <= MAX_RATIO * first, (first, double, fourfold)


def _median_s(parse: Callable[[Any], object], value: Any) -> float:
    took = []
    gc.disable()  # else it looks through the objects of all other tests, now and then
    try:
        for _ in range(3):
            begun = time.thread_time()
            with suppress(ValueError):
                parse(value)
            took.append(time.thread_time() - begun)
            if not FLOOR_S / 10 < took[-1] < 10 * FLOOR_S:
                break  # far from the bound one run is enough
    finally:
        gc.enable()
    return statistics.median(took)
