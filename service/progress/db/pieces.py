"""The parts of plots in the cells of counties, read as arrays by one statement for a whole plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, text

__all__ = ["PIECE", "Pieces", "Window", "cluster_unions", "read_pieces"]

PIECE: Final = np.dtype(
    [
        ("cell", ">i8"),
        ("plot", ">i8"),
        ("profile", ">i8"),
        ("county", ">i4"),
        ("area_m2", ">f8"),
        ("factor", ">f8"),
        ("refused_m2", ">f8"),
        ("counted", ">i4"),
        ("cluster", ">i4"),
        ("cluster_m2", ">f8"),
        ("cluster_refused_m2", ">f8"),
        ("cluster_plots", ">i4"),
        ("day", ">i4"),
        ("shape_m2", ">f8"),
        ("density_per_ha", ">f8"),
        ("version", ">i4"),
    ]
)
PAIR: Final = np.dtype(
    [("cell", ">i8"), ("plot", ">i8"), ("other", ">i8"), ("m2", ">f8"), ("refused_m2", ">f8")]
)
PROFILE: Final = (
    "stage",
    "kind",
    "year",
    "programme",
    "category",
    "theme",
    "work_type",
    "unit",
)
NO_DAY: Final = -(2**31)
EPOCH: Final = date(1970, 1, 1)

# Words are sent once for each combination that plots have (a profile); all else as numbers.
_READ = text("""
WITH piece AS MATERIALIZED (
    SELECT *, hashtextextended(concat_ws(chr(31), stage, kind, year, coalesce(programme, ''),
               coalesce(category, ''), coalesce(theme, ''), coalesce(work_type, ''),
               coalesce(unit, '')), 0) AS profile
    FROM progress_pieces(CAST(:codes AS text[]), CAST(:moment AS timestamptz), :few,
                         :first_year, :last_year, CAST(:first AS date), CAST(:after AS date),
                         :by_day)
), counties AS MATERIALIZED (
    SELECT county, row_number() OVER (ORDER BY county)::integer - 1 AS place
    FROM (SELECT DISTINCT county FROM piece) c
)
SELECT
    (SELECT string_agg(int8send(cell_id) || int8send(plot_id) || int8send(profile)
         || int4send(c.place) || float8send(area_m2) || float8send(factor)
         || float8send(refused_m2) || int4send(counted::integer)
         || int4send(coalesce(cluster_id, -1)) || float8send(coalesce(cluster_m2, 0))
         || float8send(coalesce(cluster_refused_m2, 0)) || int4send(coalesce(cluster_plots, 0))
         || int4send(coalesce(on_day - DATE '1970-01-01', -2147483648))
         || float8send(shape_m2) || float8send(coalesce(density_per_ha, 0))
         || int4send(version), ''::bytea)
     FROM piece JOIN counties c ON c.county = piece.county),
    (SELECT string_agg(int8send(piece.cell_id) || int8send(piece.plot_id) || int8send(pair.other)
         || float8send(pair.m2) || float8send(coalesce(pair.refused_m2, 0)), ''::bytea)
     FROM piece CROSS JOIN LATERAL
         unnest(overlapping_plot_ids, overlap_m2, overlap_refused_m2) pair(other, m2, refused_m2)
     WHERE overlapping_plot_ids IS NOT NULL),
    (SELECT json_agg(p) FROM (
         SELECT u.*, k.green_class
         FROM (SELECT DISTINCT profile::text, stage, kind, year, programme, category, theme,
                      work_type, unit FROM piece) u
         LEFT JOIN kind k ON k.code = u.kind) p),
    (SELECT array_agg(county ORDER BY place) FROM counties)
""")
_UNIONS = text("""
SELECT place, ground_m2, refused_share
FROM cluster_unions(CAST(:cells AS bigint[]), CAST(:members AS text[]),
                    CAST(:moment AS timestamptz))
""")


@dataclass(frozen=True)
class Window:
    """Which plots may count in a plan: by task year, day of planting or day of approval."""

    first: date
    after: date
    counts_by: str

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year that the plan touches."""
        return self.first.year, date.fromordinal(self.after.toordinal() - 1).year


@dataclass(frozen=True)
class Pieces:
    """What plots have in cells: the part of one plot in one cell is a piece.

    ``pieces`` is of dtype `PIECE`, ``pairs`` of `PAIR` (two plots that share ground in a cell),
    both big-endian as PostgreSQL sends them. ``profiles`` has the words of plots (`PROFILE` and
    ``green_class``) by the number that ``pieces["profile"]`` names; ``pieces["county"]`` is an
    index of ``counties``. Areas are m², ``density_per_ha`` stems a hectare; ``day`` is in days
    since 1970, ``NO_DAY`` without one.
    """

    pieces: NDArray[Any]
    pairs: NDArray[Any]
    profiles: pd.DataFrame
    counties: list[str]


def read_pieces(
    connection: Connection,
    codes: Sequence[str] | None,
    window: Window,
    moment: datetime | None,
    *,
    exact_cells: int,
) -> Pieces:
    """Pieces of the plots that may count in a plan, now or at a moment.

    Of the counties of ``codes``, or of all that the scope has when that is None. Plots without a
    day are among them by their task year. Pieces that are out of date are computed in the
    statement, unless they lie in more than ``exact_cells`` cells.
    """
    first_year, last_year = window.years
    row = connection.execute(
        _READ,
        {
            "codes": None if codes is None else list(codes),
            "moment": moment,
            "few": exact_cells,
            "first_year": first_year,
            "last_year": last_year,
            "first": window.first,
            "after": window.after,
            "by_day": window.counts_by,
        },
    ).one()
    columns = ["profile", *PROFILE, "green_class"]
    return Pieces(
        np.frombuffer(row[0] or b"", dtype=PIECE),
        np.frombuffer(row[1] or b"", dtype=PAIR),
        pd.DataFrame(row[2] or [], columns=columns),
        list(row[3] or []),
    )


def cluster_unions(
    connection: Connection, asked: Sequence[tuple[int, tuple[int, ...]]], moment: datetime | None
) -> list[tuple[float, float]]:
    """For each cell and some plots of a cluster there: m² of their union, its refused share (0–1).

    In the order of what is asked; (0, 0) where the plots have no ground in the cell.
    """
    rows = connection.execute(
        _UNIONS,
        {
            "cells": [cell for cell, _ in asked],
            "members": [f"{{{','.join(map(str, plots))}}}" for _, plots in asked],
            "moment": moment,
        },
    )
    results = [(0.0, 0.0)] * len(asked)
    for place, ground_m2, share in rows:
        results[place - 1] = (ground_m2 or 0.0, share or 0.0)
    return results
