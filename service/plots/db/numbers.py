"""Free 图斑号: counted up for each county and year, past those that plots brought."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import Connection, text

__all__ = ["next_numbers", "reserved_numbers"]

_DIGITS: Final = 5

_COUNT_UP = text("""
INSERT INTO plot_counter AS counter (district, year, last_no)
SELECT given.district, given.year, given.count
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given(district text, year integer, count integer)
ORDER BY given.district, given.year
ON CONFLICT (district, year) DO UPDATE SET last_no = counter.last_no + excluded.last_no
RETURNING district, year, last_no
""")

_COUNT_BACK = text("""
UPDATE plot_counter counter SET last_no = given.last_no
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given(district text, year integer, last_no integer)
WHERE counter.district = given.district AND counter.year = given.year
""")

_TAKEN = text("""
SELECT n.district, n.year, n.plot_no
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given(district text, year integer, numbers jsonb)
CROSS JOIN LATERAL jsonb_array_elements_text(given.numbers) AS listed(plot_no)
JOIN plot_number n ON n.district = given.district AND n.year = given.year
    AND n.plot_no = listed.plot_no
""")


def next_numbers(connection: Connection, district: str, year: int, count: int) -> Iterator[str]:
    """The next ``count`` free 图斑号 of a county and year; those that plots brought are skipped."""
    return iter(reserved_numbers(connection, {(district, year): count})[district, year])


def reserved_numbers(
    connection: Connection, wanted: Mapping[tuple[str, int], int]
) -> dict[tuple[str, int], list[str]]:
    """So many free 图斑号 of each county and year; nobody else gets them after the commit.

    Those that plots brought are skipped. Where many are taken in a row, twice as many are looked at
    each time: a border brings thousands. The counter, which is locked by then, stays at the last
    one that is given.
    """
    found: dict[tuple[str, int], list[int]] = {key: [] for key in wanted}
    ahead = 1
    while short := {key: n - len(found[key]) for key, n in wanted.items() if n > len(found[key])}:
        # Sorted, so that two writers lock the counters in the same order and cannot deadlock.
        counts = [
            {"district": district, "year": year, "count": max(count, ahead)}
            for (district, year), count in sorted(short.items())
        ]
        asked = {(row["district"], row["year"]): row["count"] for row in counts}
        fresh = {
            (row.district, row.year): range(
                row.last_no - asked[row.district, row.year] + 1, row.last_no + 1
            )
            for row in connection.execute(_COUNT_UP, {"rows": json.dumps(counts)})
        }
        listed = [
            {"district": district, "year": year, "numbers": [_plot_no(n) for n in numbers]}
            for (district, year), numbers in fresh.items()
        ]
        taken = {tuple(row) for row in connection.execute(_TAKEN, {"rows": json.dumps(listed)})}
        for key, numbers in fresh.items():
            found[key] += [n for n in numbers if (*key, _plot_no(n)) not in taken]
        ahead *= 2
    given = {key: numbers[: wanted[key]] for key, numbers in found.items()}
    back = [
        {"district": district, "year": year, "last_no": given[district, year][-1]}
        for (district, year), numbers in found.items()
        if len(numbers) > wanted[district, year]
    ]
    if back:
        connection.execute(_COUNT_BACK, {"rows": json.dumps(back)})
    return {key: [_plot_no(n) for n in numbers] for key, numbers in given.items()}


def _plot_no(number: int) -> str:
    """The 图斑号 of a count."""
    return f"{number:0{_DIGITS}d}"
