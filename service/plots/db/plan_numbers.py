"""Planned plots by their 图斑号, as files name them."""

import json
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

from data.years import FIRST_YEAR, LAST_YEAR

__all__ = ["PlanName", "names_of", "plots_named"]

_YEAR_DIGITS = 4


class PlanName(NamedTuple):
    """A plot as a file names it: by county, task year (None: any) and number."""

    district: str
    year: int | None
    plot_no: str

    @classmethod
    def read(cls, district: str, word: str) -> "PlanName":
        """The plot of a county that a word means.

        Examples
        --------
        >>> str(PlanName.read("220102", "2025/00012")), str(PlanName.read("220102", "甲/3"))
        ('2025/00012', '甲/3')
        """
        year, slash, number = word.partition("/")
        if slash and number and year.isascii() and year.isdigit() and len(year) == _YEAR_DIGITS:
            return cls(district, int(year), number)
        return cls(district, None, word)

    def __str__(self) -> str:
        return self.plot_no if self.year is None else f"{self.year}/{self.plot_no}"


_NAMED = text("""
SELECT given.district, given.year, given.plot_no, n.plot_id
FROM jsonb_to_recordset(CAST(:names AS jsonb))
    AS given(district text, year integer, plot_no text)
CROSS JOIN generate_series(coalesce(given.year, :first), coalesce(given.year, :last)) AS any_year
JOIN plot_number n ON n.district = given.district AND n.year = any_year
    AND n.plot_no = given.plot_no
ORDER BY n.plot_id
""")

# The number that a plot bears; of a plot that is gone the last that was registered for it.
_NAMES = text("""
SELECT named.id, coalesce(v.year, n.year) AS year, coalesce(v.plot_no, n.plot_no) AS plot_no
FROM unnest(CAST(:ids AS bigint[])) AS named(id)
LEFT JOIN LATERAL (
    SELECT year, plot_no FROM plot_version WHERE plot_id = named.id ORDER BY slot LIMIT 1
) v ON true
LEFT JOIN LATERAL (
    SELECT year, plot_no FROM plot_number WHERE plot_id = named.id
    ORDER BY year DESC, plot_no LIMIT 1
) n ON v.year IS NULL
WHERE coalesce(v.year, n.year) IS NOT NULL
""")


def plots_named(
    connection: Connection, names: Collection[PlanName]
) -> dict[PlanName, Sequence[int]]:
    """Ids of the plots that have the numbers, deleted ones too; a name of nobody is left out."""
    sent = json.dumps([name._asdict() for name in sorted(names, key=str)])
    ids: dict[PlanName, list[int]] = {}
    values = {"names": sent, "first": FIRST_YEAR, "last": LAST_YEAR}
    for row in connection.execute(_NAMED, values) if names else ():
        ids.setdefault(PlanName(row.district, row.year, row.plot_no), []).append(row.plot_id)
    return dict(ids)


def names_of(connection: Connection, plot_ids: Collection[int]) -> dict[int, str]:
    """How files name plots, by id: ``2025/00012``; plots that had no number are left out."""
    rows = connection.execute(_NAMES, {"ids": sorted(plot_ids)}) if plot_ids else ()
    return {row.id: f"{row.year}/{row.plot_no}" for row in rows}
