"""The pieces of cells that were computed outside the database, put where the old ones are.

Most are as they were: a bulk load marks cells of which all pieces are computed. Those stay, since a
row that is written anew costs as much as computing it, and leaves a dead one behind.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from gis.cells import Pieces

# As one value: rows come one by one, which takes longer. ``plain`` has neither mates nor a crowd.
_STORED_PIECES = """
SELECT string_agg(
    int8send(cell_id) || int8send(plot_id) || float8send(area_m2) || boolsend(whole)
    || boolsend(counted) || boolsend(mates IS NULL AND crowd IS NULL) || tidsend(ctid), '')
FROM coverage_piece WHERE cell_id = ANY(%(marked)s)
"""
_KEPT_ROW = np.dtype(
    [
        ("cell_id", ">i8"),
        ("plot_id", ">i8"),
        ("area_m2", ">f8"),
        ("whole", "?"),
        ("counted", "?"),
        ("plain", "?"),
        ("page", ">u4"),
        ("line", ">u2"),
    ]
)
# Who computes a boundary holds it: nobody else moves these rows.
_FORGET = "DELETE FROM coverage_piece WHERE ctid = ANY(%(places)s::tid[])"
_COPY = (
    "COPY coverage_piece (cell_id, plot_id, boundary_id, area_m2, whole, counted, mates, lost_m2,"
    " crowd, crowd_m2, crowd_plots) FROM STDIN"
)
_LINES_AT_ONCE = 10_000


class Numbers(NamedTuple):
    """What the rows of `Pieces` are called in the database; cells and plots rise."""

    cell_id: NDArray[np.int64]
    boundary_id: NDArray[np.int64]
    """Of each cell."""
    plot_id: NDArray[np.int64]


def store_pieces(
    connection: Connection, numbers: Numbers, marked: Sequence[int], pieces: Pieces
) -> None:
    """Let cells have these pieces and no others; the caller holds their boundaries.

    ``marked`` are the cells, among them those that no piece lies in any more.
    """
    mates = _mates(numbers, pieces)
    plain = pieces.crowd < 0
    plain[list(mates)] = False
    kept = _stored_pieces(connection, marked)
    fresh, stale = np.ones(len(plain), dtype=np.bool_), np.ones(len(kept), dtype=np.bool_)
    if len(fresh):
        key = pieces.cell * len(numbers.plot_id) + pieces.plot  # rises
        kept_key = _keys(numbers, kept)
        at = np.minimum(np.searchsorted(key, kept_key), len(key) - 1)
        same = (key[at] == kept_key) & plain[at] & kept["plain"]
        for name in ("area_m2", "whole", "counted"):
            same &= getattr(pieces, name)[at] == kept[name]
        fresh[at[same]] = stale[same] = False
    _forget(connection, kept[stale])
    copy_lines(connection, _COPY, _lines(numbers, pieces, np.flatnonzero(fresh), mates))


def copy_lines(connection: Connection, statement: str, lines: Iterable[str]) -> None:
    """Write rows as text: of numbers, and of words without tab, newline or backslash."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        rest = iter(lines)
        while some := list(islice(rest, _LINES_AT_ONCE)):
            copy.write("\n".join(some) + "\n")


def _stored_pieces(connection: Connection, marked: Sequence[int]) -> NDArray[Any]:
    driver: Any = connection.connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        (data,) = cursor.execute(_STORED_PIECES, {"marked": list(marked)}).fetchone()
    return np.frombuffer(data or b"", dtype=_KEPT_ROW)


def _keys(numbers: Numbers, kept: NDArray[Any]) -> NDArray[np.int64]:
    """Where each row is found among the pieces; -1 when its plot is none of theirs."""
    cell = np.searchsorted(numbers.cell_id, kept["cell_id"])
    last = max(len(numbers.plot_id) - 1, 0)
    plot = np.minimum(np.searchsorted(numbers.plot_id, kept["plot_id"]), last)
    here = numbers.plot_id[plot] == kept["plot_id"]
    return np.where(here, cell * len(numbers.plot_id) + plot, -1)


def _forget(connection: Connection, kept: NDArray[Any]) -> None:
    pairs = zip(kept["page"].tolist(), kept["line"].tolist(), strict=True)
    driver: Any = connection.connection.driver_connection
    driver.execute(_FORGET, {"places": [f"({page},{line})" for page, line in pairs]})


def _lines(
    numbers: Numbers, pieces: Pieces, rows: NDArray[np.int64], mates: Mapping[int, str]
) -> Iterator[str]:
    alone, uncrowded = "\t\\N\t\\N", "\t\\N\t\\N\t\\N"
    columns = zip(
        rows.tolist(),
        numbers.cell_id[pieces.cell[rows]].tolist(),
        numbers.plot_id[pieces.plot[rows]].tolist(),
        numbers.boundary_id[pieces.cell[rows]].tolist(),
        pieces.area_m2[rows].tolist(),
        np.where(pieces.whole[rows], "t", "f").tolist(),
        np.where(pieces.counted[rows], "t", "f").tolist(),
        pieces.crowd[rows].tolist(),
        strict=True,
    )
    for row, cell, plot, boundary, area, whole, counted, crowd in columns:
        crowded = uncrowded
        if crowd >= 0:
            union_m2, plots = float(pieces.crowd_m2[crowd]), pieces.crowd_plots[crowd]
            crowded = f"\t{crowd}\t{union_m2!r}\t{plots}"
        # One of a crowd may share ground with somebody who is not.
        shared = mates.get(row, alone)
        yield f"{cell}\t{plot}\t{boundary}\t{area!r}\t{whole}\t{counted}{shared}{crowded}"


def _mates(numbers: Numbers, pieces: Pieces) -> dict[int, str]:
    """Columns of the plots that a piece shares ground with."""
    found: dict[int, list[tuple[int, float]]] = {}
    other = numbers.plot_id[pieces.plot[pieces.right]].tolist()
    pairs = zip(pieces.left.tolist(), other, pieces.shared_m2.tolist(), strict=True)
    for row, mate, shared in pairs:
        found.setdefault(row, []).append((mate, shared))
    told = {}
    for row, those in found.items():
        those.sort()
        numbered = ",".join(str(mate) for mate, _ in those)
        areas = ",".join(repr(shared) for _, shared in those)
        told[row] = f"\t{{{numbered}}}\t{{{areas}}}"
    return told
