"""Rows of a file and the plots that are there under their numbers: same, changed, new, missing."""

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import shapely
from sqlalchemy import Connection

from data.plots.cut_texts import is_cut
from data.text_cleaning import row_list
from gis.messages import Message
from gis.stored_shapes import StoredShapes
from gis.verdicts import Problem as Verdict
from service.accounts.db.accounts import Account
from service.plots.db.live_plots import Number, count_missing, live_plots, plot_ids_of
from service.plots.db.plots import ATTRIBUTES
from service.plots.validate import Reported

__all__ = ["Match", "Matches", "match_rows", "merged_attributes", "repeated_numbers"]

# A shape that went through a projection and back comes within a millimetre.
SAME_PLACE_DEG: Final = 1e-8
# Of figures that were written in another unit or with few decimals.
SAME_FIGURE: Final = 5e-5
# Beyond it the distance of two outlines takes long: they are compared vertex by vertex only.
MAX_COMPARED_VERTICES: Final = 2_000

State = Literal["new", "same", "changed"]


class Match(NamedTuple):
    """What a row is to the plot that is there under its county, year and number."""

    state: State
    plot_id: int | None = None
    version: int | None = None
    """Of the plot, when it was compared."""
    fields: tuple[str, ...] = ()
    """Properties that the row changes, and ``geometry``."""

    def as_json(self) -> dict[str, Any]:
        """As a row of an import has it."""
        return {**self._asdict(), "fields": list(self.fields)}


_NEW: Final = Match("new")


class Matches(NamedTuple):
    """The rows of a file beside what is there."""

    rows: list[Match]
    faults: list[tuple[int, Reported]]
    """Rows (from 0) whose number cannot be theirs."""
    live: Mapping[int, Mapping[str, Any]]
    """The newest version of each plot that a row matches, by id."""
    missing: int
    """Plots of the file's counties and years that no row has; 0 for a file without numbers."""


def match_rows(
    connection: Connection,
    account: Account,
    counties: Sequence[str | None],
    rows: Sequence[Mapping[str, Any]],
    shapes: StoredShapes,
) -> Matches:
    """Look for the plots that rows bear the numbers of.

    Parameters
    ----------
    counties
        Of each row; None where it lies in none of the account's.
    rows
        Attributes of each row; nothing or None for what the file does not say.
    shapes
        Of each row.
    """
    numbers = [_number(county, row) for county, row in zip(counties, rows, strict=True)]
    given = {number for number in numbers if number is not None}
    owners = plot_ids_of(connection, given)
    live = live_plots(connection, account, sorted(set(owners.values())))
    matches: list[Match] = []
    faults = list(repeated_numbers(counties, rows))
    for n, (number, row) in enumerate(zip(numbers, rows, strict=True)):
        plot_id = None if number is None else owners.get(number)
        if plot_id is None:
            matches.append(_NEW)
        elif plot_id not in live:
            matches.append(_NEW)
            faults.append((n, _of_deleted(number)))
        else:
            matches.append(_compared(live[plot_id], row, shapes[[n]][0]))
    missing = count_missing(connection, account, given, live) if given else 0
    return Matches(matches, faults, live, missing)


def repeated_numbers(
    counties: Sequence[str | None], rows: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[int, Reported]]:
    """Rows (from 0) whose 图斑号 another row of their county and year has, or nearly has.

    Rows of which no county is known are compared as if they were of one.
    """
    numbers = [_number(county or "", row) for county, row in zip(counties, rows, strict=True)]
    rows_of = _rows_by_number(numbers)
    for n, number in enumerate(numbers):
        if number is not None and len(alike := rows_of[_alike(number)]) > 1:
            same = [other for other in alike if numbers[other] == number]
            yield n, _twice(number, n, same) if len(same) > 1 else _nearly(n, alike)


def merged_attributes(live: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """What a plot says after a row has changed it: what the file leaves empty stays as it is."""
    merged = {name: live[name] for name in ATTRIBUTES}
    for name in ATTRIBUTES:
        value = row.get(name)
        if value is None or (name != "extra" and value == []):
            continue
        if is_cut(name, live[name], value):
            continue  # a shapefile has no room for more: nobody shortened it
        if name == "extra":
            merged[name] = {
                schema: {**(live[name] or {}).get(schema, {}), **fields}
                for schema, fields in {**(live[name] or {}), **value}.items()
            }
        else:
            merged[name] = value
    return merged


def _number(county: str | None, row: Mapping[str, Any]) -> Number | None:
    if county is None or not row.get("plot_no") or row.get("year") is None:
        return None
    return Number(county, int(row["year"]), str(row["plot_no"]))


def _compared(live: Mapping[str, Any], row: Mapping[str, Any], shape: Any) -> Match:
    merged = merged_attributes(live, row)
    fields = [
        name
        for name in ATTRIBUTES
        if name != "plot_no" and not _same_value(name, live[name], merged[name])
    ]
    if not _same_ground(shapely.from_wkb(bytes(live["wkb"])), shape):
        fields.append("geometry")
    state: State = "changed" if fields else "same"
    return Match(state, live["plot_id"], live["version"], tuple(fields))


def _same_value(name: str, before: Any, after: Any) -> bool:
    if isinstance(before, float | int) and isinstance(after, float | int):
        return math.isclose(before, after, rel_tol=SAME_FIGURE)
    if name == "plan_ids":
        return set(before or ()) == set(after or ())
    if name == "planted_on":
        return str(before)[:10] == str(after)[:10]
    if name == "species":
        return _shares(before) == _shares(after)
    return bool(before == after)


def _shares(mix: Any) -> dict[str, float]:
    return {share["code"]: round(float(share["share"]), 3) for share in mix or ()}


def _same_ground(before: Any, after: Any) -> bool:
    if after is None:
        return False
    count = shapely.get_num_coordinates(before)
    if count != shapely.get_num_coordinates(after):
        return False
    left, right = shapely.normalize(np.array([before, after], dtype=object))
    if shapely.equals_exact(left, right, SAME_PLACE_DEG):
        return True
    if count > MAX_COMPARED_VERTICES:
        return False
    return bool(shapely.hausdorff_distance(left.boundary, right.boundary) <= SAME_PLACE_DEG)


def _alike(number: Number) -> tuple[str, int, str]:
    """A number whose letter case, width, blanks and zeros before it do not matter."""
    plain = "".join(unicodedata.normalize("NFKC", number.plot_no).split()).casefold()
    return number.district, number.year, plain.lstrip("0") or plain


def _rows_by_number(
    numbers: Sequence[Number | None],
) -> dict[tuple[str, int, str], list[int]]:
    rows_of: dict[tuple[str, int, str], list[int]] = {}
    for n, number in enumerate(numbers):
        if number is not None:
            rows_of.setdefault(_alike(number), []).append(n)
    return rows_of


def _others(n: int, rows: Sequence[int]) -> Message:
    return row_list([other + 1 for other in rows if other != n])


def _twice(number: Number, n: int, rows: Sequence[int]) -> Reported:
    where = _others(n, rows)
    county = Message(f"{number.district}，", f"{number.district}, ") if number.district else None
    zh, en = county or ("", "")
    words = Message(
        f"图斑号 {number.plot_no} 与{where.zh}相同（{zh}{number.year} 年），"
        "请改其中一个，或留空由系统编号。",
        f"plot_no {number.plot_no} stands in {where.en} too ({en}{number.year}): "
        "make them differ, or leave them empty to be given numbers.",
    )
    return Reported(Verdict("number_twice", "block", words), field="plot_no")


def _nearly(n: int, rows: Sequence[int]) -> Reported:
    where = _others(n, rows)
    words = Message(
        f"图斑号与{where.zh}只差大小写、全半角、空格或前面的零，请核对是否为同一图斑。",
        f"its number differs from that of {where.en} by letter case, width, blanks or zeros before "
        "it only: see whether it is the same plot.",
    )
    return Reported(Verdict("number_alike", "warn", words), field="plot_no")


def _of_deleted(number: Number | None) -> Reported:
    plot_no = "" if number is None else number.plot_no
    words = Message(
        f"图斑号 {plot_no} 属于已删除的图斑，请改号，或先恢复那个图斑。",
        f"plot_no {plot_no} belongs to a plot that was deleted: take another one, or restore "
        "that plot first.",
    )
    return Reported(Verdict("number_taken", "block", words), field="plot_no")
