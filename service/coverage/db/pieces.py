"""Writes the pieces of cells that were computed outside the database.

Only changed rows are written: all pieces of a marked cell are computed, but most are unchanged, and
rewriting a row costs as much as computing it and leaves a dead one behind.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from gis.cells import Pieces

# Aggregated into one bytea, which is faster than fetching rows. ``plain``: the piece has no overlap
# and is in no cluster.
_STORED_PIECES = """
SELECT string_agg(
    int8send(cell_id) || int8send(plot_id) || float8send(area_m2) || float8send(factor)
    || float8send(outside_m2) || float8send(refused_m2) || boolsend(whole)
    || boolsend(counted) || boolsend(overlapping_plot_ids IS NULL AND cluster_id IS NULL)
    || tidsend(ctid), '')
FROM coverage_piece WHERE cell_id = ANY(%(marked)s)
"""
_KEPT_ROW = np.dtype(
    [
        ("cell_id", ">i8"),
        ("plot_id", ">i8"),
        ("area_m2", ">f8"),
        ("factor", ">f8"),
        ("outside_m2", ">f8"),
        ("refused_m2", ">f8"),
        ("whole", "?"),
        ("counted", "?"),
        ("plain", "?"),
        ("page", ">u4"),
        ("line", ">u2"),
    ]
)
# The caller holds the lock of the boundary, so nobody else moves these rows.
_FORGET = "DELETE FROM coverage_piece WHERE ctid = ANY(%(places)s::tid[])"
_COPY = (
    "COPY coverage_piece (cell_id, plot_id, boundary_id, area_m2, factor, outside_m2, refused_m2,"
    " whole, counted, overlapping_plot_ids, overlap_m2, overlap_refused_m2, cluster_id, cluster_m2,"
    " cluster_refused_m2, cluster_plots) FROM STDIN"
)
_LINES_AT_ONCE = 10_000


class Numbers(NamedTuple):
    """Database ids of the cells and plots in `Pieces`, both ascending."""

    cell_id: NDArray[np.int64]
    boundary_id: NDArray[np.int64]
    """Of each cell."""
    plot_id: NDArray[np.int64]


def store_pieces(
    connection: Connection, numbers: Numbers, marked: Sequence[int], pieces: Pieces
) -> None:
    """Replace the pieces of cells; the caller holds the locks of their boundaries.

    ``marked`` are the cells, including those without any piece now.
    """
    overlaps = _overlaps(numbers, pieces)
    plain = pieces.cluster < 0
    plain[list(overlaps)] = False
    stored = _stored_pieces(connection, marked)
    fresh, stale = np.ones(len(plain), dtype=np.bool_), np.ones(len(stored), dtype=np.bool_)
    if len(fresh):
        key = pieces.cell * len(numbers.plot_id) + pieces.plot  # rises
        kept_key = _keys(numbers, stored)
        at = np.minimum(np.searchsorted(key, kept_key), len(key) - 1)
        same = (key[at] == kept_key) & plain[at] & stored["plain"]
        for name in ("area_m2", "factor", "outside_m2", "refused_m2", "whole", "counted"):
            same &= getattr(pieces, name)[at] == stored[name]
        fresh[at[same]] = stale[same] = False
    _forget(connection, stored[stale])
    copy_lines(connection, _COPY, _lines(numbers, pieces, np.flatnonzero(fresh), overlaps))


def copy_lines(connection: Connection, statement: str, lines: Iterable[str]) -> None:
    """Rows as text for COPY; their words hold no tab, newline or backslash."""
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


def _keys(numbers: Numbers, stored: NDArray[Any]) -> NDArray[np.int64]:
    """The position of each row among the pieces; -1 when its plot is not among theirs."""
    cell = np.searchsorted(numbers.cell_id, stored["cell_id"])
    last = max(len(numbers.plot_id) - 1, 0)
    plot = np.minimum(np.searchsorted(numbers.plot_id, stored["plot_id"]), last)
    here = numbers.plot_id[plot] == stored["plot_id"]
    return np.where(here, cell * len(numbers.plot_id) + plot, -1)


def _forget(connection: Connection, stored: NDArray[Any]) -> None:
    pairs = zip(stored["page"].tolist(), stored["line"].tolist(), strict=True)
    driver: Any = connection.connection.driver_connection
    driver.execute(_FORGET, {"places": [f"({page},{line})" for page, line in pairs]})


def _lines(
    numbers: Numbers, pieces: Pieces, rows: NDArray[np.int64], overlaps: Mapping[int, str]
) -> Iterator[str]:
    alone, unclustered = "\t\\N" * 3, "\t\\N" * 4
    columns = zip(
        rows.tolist(),
        numbers.cell_id[pieces.cell[rows]].tolist(),
        numbers.plot_id[pieces.plot[rows]].tolist(),
        numbers.boundary_id[pieces.cell[rows]].tolist(),
        pieces.area_m2[rows].tolist(),
        pieces.factor[rows].tolist(),
        pieces.outside_m2[rows].tolist(),
        pieces.refused_m2[rows].tolist(),
        np.where(pieces.whole[rows], "t", "f").tolist(),
        np.where(pieces.counted[rows], "t", "f").tolist(),
        pieces.cluster[rows].tolist(),
        strict=True,
    )
    for row, cell, plot, boundary, *areas, whole, counted, cluster in columns:
        measured = "\t".join(map(repr, areas))
        clustered = unclustered
        if cluster >= 0:
            union_m2, plots = float(pieces.cluster_m2[cluster]), pieces.cluster_plots[cluster]
            refused_m2 = float(pieces.cluster_refused_m2[cluster])
            clustered = f"\t{cluster}\t{union_m2!r}\t{refused_m2!r}\t{plots}"
        # A plot of a cluster may overlap one outside it.
        shared = overlaps.get(row, alone)
        yield (f"{cell}\t{plot}\t{boundary}\t{measured}\t{whole}\t{counted}{shared}{clustered}")


def _overlaps(numbers: Numbers, pieces: Pieces) -> dict[int, str]:
    """Columns of the plots that a piece shares ground with."""
    overlaps: dict[int, list[tuple[int, float, float]]] = {}
    other = numbers.plot_id[pieces.plot[pieces.right]].tolist()
    pairs = zip(
        pieces.left.tolist(),
        other,
        pieces.shared_m2.tolist(),
        pieces.shared_refused_m2.tolist(),
        strict=True,
    )
    for row, plot, shared, refused in pairs:
        overlaps.setdefault(row, []).append((plot, shared, refused))
    columns = {}
    for row, those in overlaps.items():
        those.sort()
        numbered = ",".join(str(plot) for plot, _, _ in those)
        areas = ",".join(repr(shared) for _, shared, _ in those)
        barred = "\\N"
        if any(refused > 0 for *_, refused in those):
            barred = f"{{{','.join(repr(refused) for *_, refused in those)}}}"
        columns[row] = f"\t{{{numbered}}}\t{{{areas}}}\t{barred}"
    return columns
