"""Plots of a file into the database: all that may go in, or none."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np
import shapely
from sqlalchemy import Connection

from data.import_result import Imported, ImportRefused, Progress, no_progress
from data.plots.plots import PlotTable
from gis.messages import Message
from gis.verdicts.problems import PROBLEMS
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.districts.db.districts import analyze_grown
from service.plots.db.edit import LockedPlot, lock_plot, write_working
from service.plots.db.ground_lock import GroundBusy
from service.plots.db.insert import BATCH, NewPlot, insert_plots
from service.plots.db.late_lock import with_ground_locked_last
from service.plots.row_checks import (
    CheckedRows,
    check_rows,
    numbered_plots,
    overlaps_once_stored,
)
from service.plots.row_codes import hold_row_codes
from service.plots.row_matches import merged_attributes
from service.plots.settlement import NOTHING_CHANGES, Settlement, refuse, refuses
from service.settings import Settings

__all__ = [
    "Reserve",
    "Stored",
    "StoredRow",
    "check_and_store",
    "import_plots",
]

Reserve = Callable[[Mapping[tuple[str, int], int]], Mapping[tuple[str, int], Sequence[str]]]
"""So many free 图斑号 of each county and year, which nobody else gets any more."""
Written = TypeVar("Written")


class StoredRow(NamedTuple):
    """A row, counted from 1, and the version of a plot that it became."""

    row: int
    plot_id: int
    version: int
    before: int | None
    """Version that the plot had; None for a new one."""
    had_working: bool
    """Whether that was a working version, whose place it took."""


@dataclass(frozen=True)
class Stored:
    """What a file became."""

    rows: list[StoredRow] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    """Rows that wrote nothing: ``blocked``, ``same``, ``changed``."""


def import_plots(  # noqa: PLR0913 - a file, and how it is to be stored
    connection: Connection,
    account: Account,
    table: PlotTable,
    file: str,
    settings: Settings,
    *,
    settlement: Settlement = NOTHING_CHANGES,
    why: str | None = None,
    reserve: Reserve | None = None,
    progress: Progress = no_progress,
) -> Imported:
    """Check and store the plots of a file; ``why`` they are approved goes into the audit log.

    ``reserve`` gives them their 图斑号, as of :func:`number_rows`.

    Raises
    ------
    ImportRefused
        A row is blocked, or has a warning that nobody acknowledged; or another import is writing
        the same ground.
    NumberTaken
        A plot brings a 图斑号 that another plot was given at the same moment.
    """
    checked, stored = check_and_store(
        connection,
        account,
        table,
        file,
        settings,
        settlement=settlement,
        reserve=reserve,
        progress=progress,
    )
    logged = {"file": file, "rows": len(stored.rows)}
    if settlement.review == "approved":
        note(connection, account, "import_approved", {**logged, "why": why})
    else:
        note(connection, account, "import_plots", logged)
    notes = [*checked.notes, *_notes(checked), *_left(stored)]
    return Imported(file, len(stored.rows), notes, [row.plot_id for row in stored.rows])


def check_and_store(  # noqa: PLR0913 - a file, and how it is to be stored
    connection: Connection,
    account: Account,
    table: PlotTable,
    file: str,
    settings: Settings,
    *,
    settlement: Settlement,
    reserve: Reserve | None,
    progress: Progress,
) -> tuple[CheckedRows, Stored]:
    """Check and store the plots of a file as if nobody else wrote on their ground meanwhile.

    Raises as `import_plots`.
    """

    def write() -> tuple[CheckedRows, Stored]:
        hold_row_codes(connection)
        locked = lock_replaced(connection, account, table, settlement)
        checked = check_rows(connection, account, table, settings, progress)
        refuse(checked, settlement, file)
        number_rows(checked, reserve)
        return checked, store_rows(connection, account, checked, settlement, locked, progress)

    def stand(written: tuple[CheckedRows, Stored], plot_ids: Sequence[int]) -> bool:
        return still_stand(
            connection, account, *written, plot_ids, settlement=settlement, settings=settings
        )

    return on_ground(connection, table, file, write, stand)


def lock_replaced(
    connection: Connection, account: Account, table: PlotTable, settlement: Settlement
) -> dict[int, LockedPlot]:
    """Lock the plots that rows replace until the transaction ends; answers them by their ids."""
    locked: dict[int, LockedPlot] = {}
    if settlement.changed == "replace":
        for plot_id in numbered_plots(connection, account, table):
            plot = lock_plot(connection, account, plot_id)
            if plot is not None:
                locked[plot_id] = plot
    return locked


def on_ground(
    connection: Connection,
    table: PlotTable,
    file: str,
    write: Callable[[], Written],
    stand: Callable[[Written, Sequence[int]], bool],
) -> Written:
    """Write the plots of a file as if nobody else wrote on their ground meanwhile.

    ``write`` and ``stand`` are those of `service.plots.db.late_lock.with_ground_locked_last`.

    Raises
    ------
    ImportRefused
        Another import is writing the same ground.
    """
    bounds = table.shapes.bounds
    drawn = bounds[np.isfinite(bounds).all(axis=1)]
    try:
        return with_ground_locked_last(connection, drawn, write, stand)
    except GroundBusy:
        raise ImportRefused(
            file,
            Message(
                "此处正有另一次导入，未导入任何图斑，请等它结束后重试",
                "another import is writing the same ground, nothing was stored: import again when "
                "it is done",
            ),
            [],
        ) from None


def still_stand(  # noqa: PLR0913 - a file, what it became, and how it was settled
    connection: Connection,
    account: Account,
    checked: CheckedRows,
    stored: Stored,
    plot_ids: Sequence[int],
    *,
    settlement: Settlement,
    settings: Settings,
) -> bool:
    """Whether plots of a file may stay as they were settled, now that others wrote beside them."""
    row_of = {row.plot_id: row.row - 1 for row in stored.rows}
    numbers = [row_of[plot_id] for plot_id in plot_ids if plot_id in row_of]
    said = overlaps_once_stored(connection, account, checked, numbers, row_of.keys(), settings)
    return not any(refuses(entry, settlement.acknowledged) for _, entry in said)


def number_rows(checked: CheckedRows, reserve: Reserve | None) -> None:
    """Give new rows without a 图斑号 one that ``reserve`` takes in a transaction of its own.

    Without it they are numbered as they are stored: the counter of their county is the file's then
    until the transaction ends, and whoever saves there waits. Numbers that were reserved for a file
    that is refused in the end are nobody's.
    """
    if reserve is None:
        return
    rows: dict[tuple[str, int], list[int]] = {}
    for n, match in enumerate(checked.matches.rows):
        county, row = checked.counties[n], checked.rows[n]
        if match.state == "new" and not checked.blocked(n) and not row.get("plot_no"):
            assert county is not None
            rows.setdefault((county, row["year"]), []).append(n)
    numbers = reserve({key: len(of_key) for key, of_key in rows.items()}) if rows else {}
    for key, of_key in rows.items():
        for n, number in zip(of_key, numbers[key], strict=True):
            checked.rows[n]["plot_no"] = number


def store_rows(
    connection: Connection,
    account: Account,
    checked: CheckedRows,
    settlement: Settlement,
    locked: dict[int, LockedPlot],
    progress: Progress = no_progress,
) -> Stored:
    """Write the rows that may go in; `refusals` was asked before."""
    stored = Stored()
    new: list[int] = []
    for n, match in enumerate(checked.matches.rows):
        if checked.blocked(n):
            stored.left["blocked"] += 1
        elif match.state == "new":
            new.append(n)
        elif match.state == "same" or settlement.changed != "replace":
            stored.left[match.state] += 1
        else:
            assert match.plot_id is not None
            stored.rows.append(_replaced(connection, account, checked, n, locked[match.plot_id]))
    # Plans of the same file come first, so that those who name them have their ids.
    named = {row for in_file in checked.plans_in_file.values() for row in in_file}
    ids_of: dict[int, int] = {}
    for group in ([n for n in new if n in named], [n for n in new if n not in named]):
        for start in range(0, len(group), BATCH):
            batch = group[start : start + BATCH]
            for n in batch:
                in_file = [ids_of[row] for row in checked.plans_in_file.get(n, ()) if row in ids_of]
                if in_file:
                    row = checked.rows[n]
                    row["plan_ids"] = [*(row.get("plan_ids") or []), *in_file]
            plots = [
                _new_plot(checked, n, shape, checked.rows[n], settlement.review)
                for n, shape in zip(batch, checked.shapes[batch].tolist(), strict=True)
            ]
            ids_of.update(zip(batch, insert_plots(connection, account, plots), strict=True))
            progress(len(batch))
    stored.rows.extend(StoredRow(n + 1, ids_of[n], 1, None, False) for n in new)
    if stored.rows:
        analyze_grown(connection, len(stored.rows), "plot", "plot_version")
    return stored


def _replaced(
    connection: Connection, account: Account, checked: CheckedRows, n: int, locked: LockedPlot
) -> StoredRow:
    attributes = merged_attributes(locked.newest, checked.rows[n])
    (shape,) = checked.shapes[[n]].tolist()
    version = write_working(connection, account, locked, _new_plot(checked, n, shape, attributes))
    return StoredRow(n + 1, locked.plot_id, version, locked.newest["version"], locked.has_working)


def _new_plot(
    checked: CheckedRows,
    n: int,
    shape: shapely.MultiPolygon,
    attributes: dict[str, Any],
    review: str = "draft",
) -> NewPlot:
    county = checked.counties[n]
    assert county is not None
    return NewPlot(
        geometry=shape,
        district=county,
        attributes=attributes,
        review=review,
        area_m2=checked.areas[n],
    )


def _notes(checked: CheckedRows) -> Iterator[Message]:
    """How many rows were stored with each warning or remark, and on which layers they lie."""
    stored = [verdicts for n, verdicts in enumerate(checked.reported) if not checked.blocked(n)]
    codes = Counter(
        code
        for verdicts in stored
        for code in {entry.verdict.code for entry in verdicts if entry.layer is None}
    )
    layers = Counter(
        layer
        for verdicts in stored
        for layer in {entry.layer for entry in verdicts if entry.layer is not None}
    )
    for code, count in codes.most_common():
        label = PROBLEMS[code].label if code in PROBLEMS else Message(code, code)
        yield Message(f"{count} 行：{label.zh}", f"{count} rows: {label.en}")
    for layer, count in sorted(layers.items()):
        yield Message(f"{count} 行位于图层 {layer}", f"{count} rows lie on layer {layer}")


_LEFT = {
    "blocked": Message("有错误，未导入", "were left out for their faults"),
    "same": Message("与现有图斑相同，未写入", "say what is there already and wrote nothing"),
    "changed": Message("与现有图斑不同，保留原样", "differ from plots that were left as they are"),
}


def _left(stored: Stored) -> Iterator[Message]:
    for state, count in stored.left.items():
        words = _LEFT[state]
        yield Message(f"{count} 行{words.zh}", f"{count} rows {words.en}")
