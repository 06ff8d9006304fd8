"""What is said of each row of a file of plots: one pipeline for the page, HTTP and the terminal."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from data.import_result import Progress, no_progress
from data.packed_shapes import PackedShapes
from data.plots.plots import PlotTable
from data.slices import give_back
from gis.errors import GeometryError
from gis.messages import Message
from gis.verdicts import Problem as Verdict
from service.accounts.db.accounts import Account
from service.districts.db.districts import tree
from service.districts.shift import shift_told
from service.layers.checks import on_layers
from service.plots.db.credit import claimed_plot_ids
from service.plots.db.insert import BATCH
from service.plots.db.places import places_of
from service.plots.db.plan_links import PlanLinks
from service.plots.db.plots import existing_plot_ids
from service.plots.db.shares import Share, county_shares
from service.plots.kind_rules import kind_rules
from service.plots.places import missing_place, place_filled
from service.plots.plan_links import wrong_plan_links
from service.plots.planting_day import planted_in_future
from service.plots.row_codes import lost_codes
from service.plots.row_matches import Matches, match_rows, merged_attributes
from service.plots.row_overlaps import overlaps_in_file, overlaps_with_plots
from service.plots.row_plans import RowPlans, name_plans
from service.plots.row_shapes import RowShapes
from service.plots.validate import Reported
from service.settings import Settings
from service.units.naming import unit_words, wrong_unit

__all__ = ["CheckedRows", "check_rows", "numbered_plots", "overlaps_once_stored"]

_RANK = {"block": 0, "warn": 1, "info": 2}


@dataclass(frozen=True)
class CheckedRows:
    """The rows of a file with all that is said of them."""

    rows: list[dict[str, Any]]
    """Attributes by their API names, those that the file says."""
    shapes: PackedShapes
    """Of each row, in degrees of CGCS2000; None where it has none that can be stored."""
    counties: list[str | None]
    """The county of the account that holds the largest part of each row."""
    reported: list[list[Reported]]
    """Verdicts on each row, blocking ones first."""
    of_file: list[Reported]
    """Verdicts on the whole file."""
    matches: Matches
    plans_in_file: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """Rows (from 0) that a row names as its plans, which have no ids before they are stored."""
    notes: list[Message] = field(default_factory=list)
    areas: list[float | None] = field(default_factory=list)
    """Of each row that would be written, m² as PostGIS measures them."""

    def severity(self, row: int) -> str | None:
        """The worst severity of a row, from 0; None where nothing is wrong."""
        return self.reported[row][0].verdict.severity if self.reported[row] else None

    def blocked(self, row: int) -> bool:
        """Whether a row, from 0, cannot be stored."""
        return self.severity(row) == "block"


class _Rows:
    """Rows on the way through the checks."""

    def __init__(self, table: PlotTable) -> None:
        self.values = table.rows()
        self.shapes = table.shapes
        self.usable: NDArray[np.bool_] = ~table.shapes.missing
        self.written = self.usable.copy()
        """Rows that would write something; the others are not compared with what is there."""
        self.areas: list[float | None] = [None] * len(self.values)
        self.reported: list[list[Reported]] = [[] for _ in self.values]
        self.of_file: list[Reported] = []
        self._places: dict[tuple[str, ...], tuple[Mapping[str, str], Reported]] = {}
        for problem in table.problems:
            verdict = Verdict(problem.code, "block", problem.message, problem.at)
            self.say(problem.row, Reported(verdict, field=problem.field))

    def say(self, row: int | None, reported: Reported) -> None:
        """Add a verdict to a row, counted from 1; None is the whole file."""
        (self.of_file if row is None else self.reported[row - 1]).append(reported)

    def say_all(self, verdicts: Iterable[tuple[int, Reported]]) -> None:
        """Add verdicts to rows, counted from 0."""
        for row, reported in verdicts:
            self.reported[row].append(reported)

    def fill(self, connection: Connection, n: int, place: Mapping[str, str]) -> Reported:
        """Write a place into a row, from 0, and say so; thousands of plots lie in one village."""
        codes = tuple(place.values())
        if codes not in self._places:
            told = Reported(place_filled(tree(connection), place), field="town")
            self._places[codes] = (place, told)
        place, told = self._places[codes]
        self.values[n].update(place)
        return told

    def sorted(self) -> list[list[Reported]]:
        """All verdicts, the worst of each row first."""
        for verdicts in self.reported:
            verdicts.sort(key=lambda entry: _RANK[entry.verdict.severity])
        return self.reported


def check_rows(
    connection: Connection,
    account: Account,
    table: PlotTable,
    settings: Settings,
    progress: Progress = no_progress,
) -> CheckedRows:
    """Check every row as a drawn plot is checked, and the rows against each other.

    The verdicts are those of `service.plots.validate.validate`; beside them stand those that only
    a file has: a number that stands twice, another row on the same ground.

    Parameters
    ----------
    table
        Of a file, in degrees of CGCS2000; its units are replaced by their codes here.
    progress
        Is told of rows as the slowest check, that of the neighbours, is done with them.
    """
    rows = _Rows(table)
    shares = _shares(connection, rows)
    _say_elsewhere(rows, shares)
    shift = shift_told(connection, rows.shapes)
    if shift is not None:
        rows.say(None, Reported(shift))
    counties = _counties(account, shares)
    give_back(len(rows.values))
    rows.say_all(_units(connection, rows.values))
    rows.say_all(lost_codes(connection, rows.values))
    plans = name_plans(connection, account, rows.values, rows.shapes, counties)
    rows.say_all(plans.faults)
    matches = match_rows(connection, account, counties, rows.values, rows.shapes)
    rows.say_all(matches.faults)
    # A row that changes nothing writes nothing, so there is nothing to decide about it.
    rows.written &= [match.state != "same" for match in matches.rows]
    looked = _say_shapes_and_ground(
        connection,
        account,
        rows,
        counties=counties,
        shares=shares,
        matches=matches,
        settings=settings,
        progress=progress,
    )
    give_back(len(rows.values))
    rows.say_all(_plans(connection, account, rows, counties, matches))
    rows.say_all(_planting_days(rows, matches))
    rows.say_all(looked.on_layers)
    rows.say_all(looked.places)
    rows.say_all(_blocked_plans(rows, plans))
    return CheckedRows(
        rows.values,
        rows.shapes,
        counties,
        rows.sorted(),
        rows.of_file,
        matches,
        plans.in_file,
        list(table.notes),
        rows.areas,
    )


def numbered_plots(connection: Connection, account: Account, table: PlotTable) -> list[int]:
    """Ids of the plots that are there under the numbers of a file, sorted."""
    rows = _Rows(table)
    counties = _counties(account, _shares(connection, rows))
    return sorted(match_rows(connection, account, counties, rows.values, rows.shapes).live)


def _counties(account: Account, shares: list[list[Share]]) -> list[str | None]:
    return [
        next((share.county for share in of_row if account.covers(share.county)), None)
        for of_row in shares
    ]


def _shares(connection: Connection, rows: _Rows) -> list[list[Share]]:
    """Counties of each row, none for a row without a valid shape or too costly to be placed."""
    usable = np.flatnonzero(rows.usable).tolist()
    shares: list[list[Share]] = [[] for _ in rows.values]
    for start in range(0, len(usable), BATCH):
        batch = usable[start : start + BATCH]
        try:
            found = county_shares(connection, rows.shapes[batch].tolist())
        except GeometryError:
            found = [_shares_of_row(connection, rows, n) for n in batch]
        for n, counties in zip(batch, found, strict=True):
            shares[n] = counties
    return shares


def _shares_of_row(connection: Connection, rows: _Rows, n: int) -> list[Share]:
    (shape,) = rows.shapes[[n]]
    try:
        return county_shares(connection, [shape])[0]
    except GeometryError as error:
        point = shape.representative_point()
        rows.say(n + 1, Reported(Verdict(error.code, "block", error.message, (point.x, point.y))))
        rows.usable[n] = False
        return []


def _say_elsewhere(rows: _Rows, shares: list[list[Share]]) -> None:
    """A file of which no plot lies in a known district: its place or CRS must be wrong."""
    count = int(rows.usable.sum())
    if not count or any(shares):
        return
    bounds = rows.shapes.bounds[rows.usable]
    west, south = np.nanmin(bounds[:, :2], axis=0).tolist()
    east, north = np.nanmax(bounds[:, 2:], axis=0).tolist()
    words = Message(
        f"全部 {count} 个图斑都在已知行政区之外：位于经度 {west:.4f}–{east:.4f}、纬度 "
        f"{south:.4f}–{north:.4f}；请核对坐标系（--crs），或先导入该地行政区。",
        f"All {count} plots lie outside every district: they lie at longitude "
        f"{west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}; check --crs, or "
        "import the districts of that place first.",
    )
    centre = ((west + east) / 2, (south + north) / 2)
    rows.say(None, Reported(Verdict("outside_districts", "block", words, centre)))


class _Looked(NamedTuple):
    """What is said of rows (from 0) after what is said of the ground that they share."""

    on_layers: list[tuple[int, Reported]]
    places: list[tuple[int, Reported]]


def _say_shapes_and_ground(  # noqa: PLR0913 - what rows are checked against
    connection: Connection,
    account: Account,
    rows: _Rows,
    *,
    counties: Sequence[str | None],
    shares: list[list[Share]],
    matches: Matches,
    settings: Settings,
    progress: Progress,
) -> _Looked:
    """Shape and size of each row, and what it shares with other rows and plots that are there.

    Whatever else asks the database for what is around a row does so here, where it is drawn.
    """
    numbers = np.flatnonzero(rows.written).tolist()
    alone = RowShapes(account, kind_rules(connection), settings)
    stages = [row.get("stage") for row in rows.values]
    looked = _Looked([], [])
    context = copy_context()
    # GEOS looks at the rows themselves while the database looks for what is around them.
    with ThreadPoolExecutor(1) as beside:
        shapes = beside.submit(context.run, alone.look, rows.shapes, rows.values, shares, numbers)
        in_file = beside.submit(lambda: list(overlaps_in_file(rows.shapes, stages, rows.written)))
        found: list[tuple[int, Reported]] = []
        of_file = set(matches.live)
        for start in range(0, len(numbers), BATCH):
            batch = numbers[start : start + BATCH]
            drawn = rows.shapes[batch]
            values = [rows.values[n] for n in batch]
            costly = in_file.done() and in_file.exception() is not None
            if not costly:
                # Plots whose rows come in the same file are compared as they will be, in the file.
                replaced = [_replaced(connection, matches.rows[n].plot_id, of_file) for n in batch]
                verdicts = overlaps_with_plots(
                    connection, account, drawn, values, replaced, settings
                )
                found += [(batch[n], reported) for n, reported in verdicts]
            looked.on_layers.extend(_on_layers(connection, batch, drawn, values))
            looked.places.extend(_places(connection, batch, drawn, rows, counties, matches))
            progress(len(batch))
    rows.say_all(shapes.result())
    for n, area in zip(numbers, alone.areas, strict=True):
        rows.areas[n] = area
    try:
        rows.say_all(in_file.result())
    except GeometryError as error:
        rows.say(None, Reported(Verdict(error.code, "block", error.message, error.at)))
        return looked
    rows.say_all(found)
    return looked


def overlaps_once_stored(
    connection: Connection,
    account: Account,
    checked: CheckedRows,
    numbers: Sequence[int],
    written: Collection[int],
    settings: Settings,
) -> list[tuple[int, Reported]]:
    """What rows (from 0) share with plots that are there now, beside those of their own file.

    ``written`` are the ids of the plots that the file became.
    """
    of_file = {*checked.matches.live, *written}
    drawn = checked.shapes[numbers]
    replaced = [
        of_file | _replaced(connection, checked.matches.rows[n].plot_id, of_file) for n in numbers
    ]
    rows = [checked.rows[n] for n in numbers]
    found = overlaps_with_plots(connection, account, drawn, rows, replaced, settings)
    return [(numbers[n], reported) for n, reported in found]


def _replaced(connection: Connection, plot_id: int | None, of_file: set[int]) -> set[int]:
    """Plots that are no neighbours of a row: none of a new one."""
    return set() if plot_id is None else of_file | claimed_plot_ids(connection, plot_id)


def _places(
    connection: Connection,
    numbers: Sequence[int],
    drawn: NDArray[np.object_],
    rows: _Rows,
    counties: Sequence[str | None],
    matches: Matches,
) -> Iterator[tuple[int, Reported]]:
    """Write towns and villages that neither a row nor its plot says; remarks on them."""
    of_rows = [counties[n] for n in numbers]
    there = [at for at, county in enumerate(of_rows) if county is not None]
    places = places_of(
        connection, drawn[there].tolist(), [county for county in of_rows if county is not None]
    )
    for at, place in zip(there, places, strict=True):
        n = numbers[at]
        plot_id = matches.rows[n].plot_id
        row = rows.values[n]
        said = row if plot_id is None else merged_attributes(matches.live[plot_id], row)
        filled = missing_place(said, place)
        if filled:
            yield n, rows.fill(connection, n, filled)


def _units(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[tuple[int, Reported]]:
    """Write the codes of units where rows name them; verdicts on units that there are not."""
    named = [n for n, row in enumerate(rows) if isinstance(row.get("unit"), str)]
    if not named:
        return []
    words = unit_words(connection)
    verdicts = []
    for n in named:
        word = rows[n]["unit"]
        wrong = wrong_unit(words, word)
        if wrong is not None:
            verdicts.append((n, Reported(Verdict(wrong[0], "block", wrong[1]), field="unit")))
        elif word in words:
            rows[n]["unit"] = words[word]["code"]
    return verdicts


def _planting_days(rows: _Rows, matches: Matches) -> Iterator[tuple[int, Reported]]:
    """Rows that would be planted on a day to come."""
    for n in np.flatnonzero(rows.written).tolist():
        row, plot_id = rows.values[n], matches.rows[n].plot_id
        live = {} if plot_id is None else matches.live[plot_id]
        said = {name: row.get(name) or live.get(name) for name in ("stage", "planted_on")}
        if (too_early := planted_in_future(said)) is not None:
            yield n, Reported(too_early, field="planted_on")


def _plans(
    connection: Connection,
    account: Account,
    rows: _Rows,
    counties: Sequence[str | None],
    matches: Matches,
) -> list[tuple[int, Reported]]:
    """Plans that rows name and that are none, or that they cannot carry out."""
    naming = [n for n, row in enumerate(rows.values) if row.get("plan_ids") and rows.written[n]]
    named = sorted({plan_id for n in naming for plan_id in rows.values[n]["plan_ids"]})
    # What a plot names already it may go on naming.
    before = {plan_id for live in matches.live.values() for plan_id in live["plan_ids"]}
    known = existing_plot_ids(connection, account, named) | before
    verdicts = [
        (n, Reported(Verdict("unknown_plan", "block", _unknown_plan(i)), field="plan_ids"))
        for n in naming
        for i in rows.values[n]["plan_ids"]
        if i not in known
    ]
    for start in range(0, len(naming), BATCH):
        batch = naming[start : start + BATCH]
        links = [
            PlanLinks(shape, rows.values[n]["plan_ids"])
            for n, shape in zip(batch, rows.shapes[batch], strict=True)
        ]
        districts = [counties[n] for n in batch]
        found = wrong_plan_links(connection, account, links, districts, known_before=before)
        verdicts += [
            (batch[row], Reported(verdict, link.plan_id, field="plan_ids"))
            for row, link, verdict in found
        ]
    return verdicts


def _blocked_plans(rows: _Rows, plans: RowPlans) -> Iterator[tuple[int, Reported]]:
    """Rows whose plan stands in the same file and cannot be stored."""
    blocked = {
        n
        for n, verdicts in enumerate(rows.reported)
        if any(entry.verdict.severity == "block" for entry in verdicts)
    }
    for n, in_file in plans.in_file.items():
        for row in in_file:
            if row in blocked:
                words = Message(
                    f"其计划图斑在本文件第 {row + 1} 行，该行有错误，请先改正。",
                    f"its plan is row {row + 1} of this file, which has faults: mend these first.",
                )
                yield n, Reported(Verdict("unknown_plan", "block", words), field="plans")


def _unknown_plan(plan_id: int) -> Message:
    return Message(
        f"您的管辖范围内没有计划图斑 {plan_id}，请从 plan_ids 中去掉。",
        f"there is no planned plot {plan_id} in your scope: take it out of plan_ids.",
    )


def _on_layers(
    connection: Connection,
    numbers: Sequence[int],
    drawn: NDArray[np.object_],
    values: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[int, Reported]]:
    """Verdicts on rows that lie on layers; those of its stage and kind."""
    kinds = [row.get("kind") for row in values]
    verdicts = on_layers(
        connection,
        drawn.tolist(),
        [str(row.get("stage")) for row in values],
        [kind if isinstance(kind, str) else None for kind in kinds],
    )
    for n, of_row in zip(numbers, verdicts, strict=True):
        for on in of_row:
            yield n, Reported(on.verdict, layer=on.layer, share=on.share)
