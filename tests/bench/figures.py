"""What a bench says, and how it is taken down."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Figure:
    """One measured value, beside that of a peer in the same run where there is one."""

    name: str
    value: float
    unit: str
    n: int
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    runs: int = 1

    def __str__(self) -> str:
        line = f"{self.name:<34} {self.value:>12.4g} {self.unit:<6} n={self.n:<9,}"
        if self.peer_value is None:
            return line
        return f"{line} {self.peer}: {self.peer_value:.4g} {self.unit}, ratio {self.ratio:.2f}"


def against(
    name: str, ours: tuple[float, int], peer: str, theirs: float, *, n: int, unit: str = "s"
) -> Figure:
    """How many times as long the peer takes."""
    value, runs = ours
    return Figure(name, value, unit, n, peer, theirs, theirs / value, runs)


def timed(work: Callable[[], Answer], *, runs: int = 1) -> tuple[float, Answer]:
    """Median seconds of some runs, and the last answer."""
    seconds = []
    for _run in range(runs):
        begin = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds), answer


def write(figures: Iterable[Figure], path: Path) -> None:
    """Keep the figures of other benches that the file already has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    old = json.loads(path.read_text("utf-8")) if path.exists() else []
    new = [asdict(figure) for figure in figures]
    names = {figure["name"] for figure in new}
    others = [figure for figure in old if figure["name"] not in names]
    path.write_text(json.dumps(others + new, indent=1, ensure_ascii=False) + "\n", "utf-8")
