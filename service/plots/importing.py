"""Files into the database: all of a file, or nothing of it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas
import shapely
from sqlalchemy import Connection

from data.districts.districts import DistrictTree
from data.plots.plots import PlotTable
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.districts.db import districts as district_queries
from service.districts.db.districts import BorderDayError, analyze, store_districts
from service.plots.db.ground_lock import FILE_WAIT_S, GroundBusy, lock_ground
from service.plots.db.insert import BATCH, NewPlot, Share, county_shares, insert_plots
from service.plots.db.plots import ATTRIBUTES, existing_plot_ids
from service.plots.db.plots_left import plots_left

Progress = Callable[[int], None]


def no_progress(_rows: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Rejection:
    """What is wrong with a row of a file; ``row`` counts from 1, None speaks of the whole file."""

    row: int | None
    code: str
    message: str
    at: tuple[float, float] | None = None


class ImportRefused(ValueError):  # noqa: N818 - a refusal, no failure of ours
    """Nothing of the file was stored; every reason is kept, with its row and place."""

    def __init__(self, file: str, summary: str, rejections: Sequence[Rejection]) -> None:
        super().__init__(f"{file}：{summary}")
        self.file = file
        self.rejections = list(rejections)

    def lines(self, most: int = 10) -> list[str]:
        """The reasons for a terminal, at most so many."""
        told = []
        for one in self.rejections[:most]:
            row = "" if one.row is None else f"第 {one.row} 行 row {one.row}: "
            at = "" if one.at is None else f" @ {one.at[0]:.6f}, {one.at[1]:.6f}"
            told.append(f"  {row}[{one.code}] {one.message}{at}")
        if len(self.rejections) > most:
            left = len(self.rejections) - most
            told.append(f"  … 另有 {left} 条，用 --report FILE 查看全部；{left} more, see --report")
        return told


@dataclass(frozen=True)
class Imported:
    """What an import did (or would do), for people and programs."""

    file: str
    rows: int
    notes: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list, repr=False)


def import_districts(
    connection: Connection,
    account: Account,
    tree: DistrictTree,
    file: str,
    *,
    valid_from: date | None = None,
    acknowledged: Collection[str] = (),
) -> Imported:
    """Store a tree of districts; borders that moved hold from ``valid_from`` on, None is today.

    Raises
    ------
    ImportRefused
        The tree has findings that forbid it (unknown or double codes, invalid shapes …), a border
        cannot begin on that day, or plots would lie in no county any more (``plots_outside``) and
        that was not acknowledged.
    """
    if tree.blocking:
        raise ImportRefused(
            file,
            f"{len(tree.blocking)} 处错误，未导入任何行政区；nothing was stored: "
            "mend what is named here and import again",
            [
                Rejection(one.rows[0] if one.rows else None, one.kind, one.message, one.at)
                for one in tree.blocking
            ],
        )
    before = district_queries.tree(connection)
    moved = _moved_counties(connection, tree)
    try:
        rows = store_districts(connection, tree.frame, valid_from=valid_from)
    except BorderDayError as error:
        raise ImportRefused(
            file,
            "未导入任何行政区；nothing was stored",
            [Rejection(None, "bad_valid_from", str(error))],
        ) from None
    left = _plots_left(connection, moved, before)
    if left and "plots_outside" not in acknowledged:
        raise ImportRefused(
            file,
            "界线改变后有图斑不在任何区县内，未导入任何行政区；确认无误请加 "
            "--acknowledge plots_outside。plots would lie in no county, nothing was stored: see "
            "whether the file is whole, or add --acknowledge plots_outside",
            left,
        )
    day = None if valid_from is None else valid_from.isoformat()
    note(connection, account, "import_districts", {"file": file, "rows": rows, "valid_from": day})
    analyze(connection, "district", "district_boundary", "district_cell")
    notes = [*tree.notes, *_findings_told(tree, before), *(one.message for one in left)]
    return Imported(file, rows, notes)


def _moved_counties(connection: Connection, tree: DistrictTree) -> list[str]:
    """Counties that have another boundary in the file than in the database."""
    counties = tree.frame[tree.frame["level"] == "county"].dropna(subset="geometry")
    held = district_queries.shapes(connection, counties["code"].tolist())
    return [
        code
        for code, shape in zip(counties["code"], counties.geometry, strict=True)
        if code in held.index and not shapely.equals(held[code], shape)
    ]


def _plots_left(
    connection: Connection, counties: Sequence[str], before: district_queries.DistrictTree
) -> list[Rejection]:
    """What is to be said of plots that lie in no county since these boundaries moved."""
    if not counties:
        return []
    after = district_queries.tree(connection)
    told = []
    for code, plots, ids, at in plots_left(connection, counties):
        km2 = [(nodes[code].area_m2 or 0) / 1e6 for nodes in (before, after)]
        few = "、".join(map(str, ids)) + (" …" if plots > len(ids) else "")
        message = (
            f"{after[code].name}（{code}）由 {km2[0]:.1f} km² 变为 {km2[1]:.1f} km²，"
            f"其 {plots} 个图斑（编号 {few}）大半不在任何区县内；{after[code].name} goes from "
            f"{km2[0]:.1f} to {km2[1]:.1f} km² and leaves {plots} of its plots (numbers {few}) "
            "mostly outside every county"
        )
        told.append(Rejection(None, "plots_outside", message, at))
    return told


def _findings_told(tree: DistrictTree, before: district_queries.DistrictTree) -> Iterator[str]:
    """Findings for the reader; a district whose name is known already keeps it."""
    for one in tree.findings:
        code = one.codes[0]
        if one.kind == "no_name" and code in before and before[code].name != code:
            yield (
                f"{code} 在文件中没有名称，保留已有名称“{before[code].name}”；"
                f"{code} has no name in the file and keeps the one it has, {before[code].name}"
            )
        else:
            yield one.message


def import_plots(  # noqa: PLR0913 - how a file is to be stored
    connection: Connection,
    account: Account,
    table: PlotTable,
    file: str,
    *,
    review: str = "draft",
    why: str | None = None,
    progress: Progress = no_progress,
) -> Imported:
    """Store the plots of a file, as drafts unless ``review`` says approved.

    Approved without a review is for inventory that was checked elsewhere: ``why`` goes into the
    audit log.

    Raises
    ------
    ImportRefused
        A plot is invalid, lies outside every district or outside the account's scope, lacks what
        is needed, or brings a code that no list knows.
    """
    shares = _shares(connection, table.frame, progress)
    _refuse_strangers(table, shares, file)
    rejections = [Rejection(one.row, one.code, one.message, one.at) for one in table.problems]
    rejections += _misplaced(account, table.frame, shares)
    rejections += _unknown_plans(connection, account, table.frame)
    if rejections:
        rejections.sort(key=lambda one: one.row or 0)
        raise ImportRefused(
            file,
            f"{len(rejections)} 处错误，未导入任何图斑；nothing was stored: "
            "mend the rows named here and import again",
            rejections,
        )
    new = [
        NewPlot(
            geometry=row["geometry"],
            district=those[0].county,
            attributes={name: row[name] for name in ATTRIBUTES if name in row},
            review=review,
        )
        for row, those in zip(plain_rows(table.frame), shares, strict=True)
    ]
    try:
        lock_ground(connection, [one.geometry for one in new], wait_s=FILE_WAIT_S)
    except GroundBusy:
        raise ImportRefused(
            file,
            "此处正有另一次导入，未导入任何图斑，请等它结束后重试；another import is writing the "
            "same ground, nothing was stored: import again when it is done",
            [],
        ) from None
    ids: list[int] = []
    for start in range(0, len(new), BATCH):
        ids += insert_plots(connection, account, new[start : start + BATCH])
        progress(len(new[start : start + BATCH]))
    told = {"file": file, "rows": len(new)}
    if review == "approved":
        note(connection, account, "import_approved", {**told, "why": why})
    else:
        note(connection, account, "import_plots", told)
    analyze(connection, "plot", "plot_version")
    return Imported(file, len(new), list(table.notes), ids)


def plain_rows(frame: geopandas.GeoDataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries of plain Python values, None for what is missing."""
    columns = {name: frame[name].tolist() for name in frame.columns}
    return [
        {name: None if _missing(values[n]) else values[n] for name, values in columns.items()}
        for n in range(len(frame))
    ]


def _missing(value: Any) -> bool:
    # NaN, NaT and pandas' NA are the only values that differ from themselves.
    return value is None or (not isinstance(value, list | dict) and bool(value != value))  # noqa: PLR0124


def _shares(
    connection: Connection, frame: geopandas.GeoDataFrame, progress: Progress
) -> list[list[Share]]:
    """Counties of each row; rows without a usable shape have none."""
    shapes = frame.geometry.to_numpy()
    usable = [n for n, one in enumerate(shapes) if one is not None and shapely.is_valid(one)]
    found: list[list[Share]] = [[] for _ in shapes]
    for start in range(0, len(usable), BATCH):
        rows = usable[start : start + BATCH]
        for n, those in zip(
            rows, county_shares(connection, [shapes[n] for n in rows]), strict=True
        ):
            found[n] = those
        progress(0)
    return found


def _refuse_strangers(table: PlotTable, shares: list[list[Share]], file: str) -> None:
    """When no plot at all lies in a known district the file is of another place, or misread."""
    shapes = [one for one in table.frame.geometry if one is not None and not one.is_empty]
    if not shapes or any(shares):
        return
    west, south, east, north = shapely.total_bounds(shapely.GeometryCollection(shapes))
    spot = ((west + east) / 2, (south + north) / 2)
    raise ImportRefused(
        file,
        f"全部 {len(shapes)} 个图斑都在已知行政区之外：位于经度 {west:.4f}–{east:.4f}、纬度 "
        f"{south:.4f}–{north:.4f}；请核对坐标系（--crs），或先导入该地行政区。"
        f" All {len(shapes)} plots lie outside every district: they lie at longitude "
        f"{west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}; check --crs, or import "
        "the districts of that place first",
        [Rejection(None, "outside_districts", "全部在外 all outside", spot)],
    )


def _misplaced(
    account: Account, frame: geopandas.GeoDataFrame, shares: list[list[Share]]
) -> list[Rejection]:
    found = []
    for n, (shape, those) in enumerate(zip(frame.geometry, shares, strict=True)):
        if shape is None or shape.is_empty or not shapely.is_valid(shape):
            continue  # told among the table's own problems
        spot = shape.representative_point()
        at = (spot.x, spot.y)
        if not those:
            message = (
                "不在任何已知县界内，请核对坐标或先导入行政区；"
                "lies in no known county: check its coordinates or import the district first"
            )
            found.append(Rejection(n + 1, "outside_districts", message, at))
        elif not account.covers(those[0].county):
            message = "不在您的管辖范围；lies outside your districts"
            found.append(Rejection(n + 1, "outside_scope", message, at))
    return found


def _unknown_plans(
    connection: Connection, account: Account, frame: geopandas.GeoDataFrame
) -> list[Rejection]:
    if "plan_ids" not in frame:
        return []
    wanted = {
        n + 1: ids for n, ids in enumerate(frame["plan_ids"]) if isinstance(ids, list) and ids
    }
    known = existing_plot_ids(
        connection, account, sorted({one for ids in wanted.values() for one in ids})
    )
    return [
        Rejection(row, "unknown_plan", f"没有计划图斑 {one}；no such planned plot")
        for row, ids in wanted.items()
        for one in ids
        if one not in known
    ]


def as_report(refused: ImportRefused) -> list[Mapping[str, Any]]:
    """Rejections as rows of a report file."""
    return [
        {
            "row": one.row,
            "code": one.code,
            "message": one.message,
            "lon": None if one.at is None else one.at[0],
            "lat": None if one.at is None else one.at[1],
        }
        for one in refused.rejections
    ]
