"""Plots of a file into the database: all of them, or none."""

from collections import Counter

import geopandas
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from data.import_result import (
    Imported,
    ImportRefused,
    Progress,
    Rejection,
    no_progress,
    plain_rows,
)
from data.plots.plots import PlotTable
from gis.errors import GeometryError
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.districts.db.districts import analyze
from service.layers.checks import on_layers
from service.plots.db.ground_lock import FILE_WAIT_S, GroundBusy, lock_ground
from service.plots.db.insert import BATCH, NewPlot, Share, county_shares, insert_plots
from service.plots.db.plan_links import PlanLinks
from service.plots.db.plots import ATTRIBUTES, existing_plot_ids
from service.plots.kind_rules import wrong_kind_sizes
from service.plots.plan_links import wrong_plan_links
from service.units.naming import unit_words, wrong_unit


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
    """Store the plots of a file, as drafts unless ``review`` is ``approved``.

    Approved without a review is for inventory that was checked elsewhere: ``why`` goes into the
    audit log.

    Raises
    ------
    ImportRefused
        A plot is invalid, lies outside every district or out of scope, lacks what is needed, or
        brings a code that no list has; or another import is writing the same ground.
    NumberTaken
        A plot brings a 图斑号 that another plot has.
    """
    shares, costly = _shares(connection, table.frame, progress)
    _refuse_other_place(table, shares, file)
    rejections = [
        Rejection(problem.row, problem.code, problem.message, problem.at)
        for problem in table.problems
    ]
    rejections += costly
    rejections += _misplaced(account, table.frame, shares, {one.row for one in costly})
    rejections += _unknown_plans(connection, account, table.frame)
    rejections += _wrong_plans(connection, account, table.frame, shares)
    refused, notes = _on_layers(connection, table.frame)
    rejections += refused
    rejections += _name_units(connection, table.frame)
    if rejections:
        rejections.sort(key=lambda rejection: rejection.row or 0)
        raise ImportRefused(
            file,
            Message(
                f"{len(rejections)} 处错误，未导入任何图斑，请修改所列各行后重新导入",
                f"{len(rejections)} faults, nothing was stored: mend the rows named here and "
                "import again",
            ),
            rejections,
        )
    new = [
        NewPlot(
            geometry=row["geometry"],
            district=counties[0].county,
            attributes={name: row[name] for name in ATTRIBUTES if name in row},
            review=review,
        )
        for row, counties in zip(plain_rows(table.frame), shares, strict=True)
    ]
    try:
        lock_ground(connection, [plot.geometry for plot in new], wait_s=FILE_WAIT_S)
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
    ids: list[int] = []
    for start in range(0, len(new), BATCH):
        ids += insert_plots(connection, account, new[start : start + BATCH])
        progress(len(new[start : start + BATCH]))
    logged = {"file": file, "rows": len(new)}
    if review == "approved":
        note(connection, account, "import_approved", {**logged, "why": why})
    else:
        note(connection, account, "import_plots", logged)
    analyze(connection, "plot", "plot_version")
    sizes = wrong_kind_sizes(connection, list(table.frame["kind"]), list(table.frame.geometry))
    return Imported(file, len(new), [*table.notes, *notes, *sizes], ids)


def _shares(
    connection: Connection, frame: geopandas.GeoDataFrame, progress: Progress
) -> tuple[list[list[Share]], list[Rejection]]:
    """Counties of each row, none for a row without a valid shape; rows too costly to be placed."""
    shapes = frame.geometry.to_numpy()
    usable = [n for n, shape in enumerate(shapes) if shape is not None and shapely.is_valid(shape)]
    shares: list[list[Share]] = [[] for _ in shapes]
    costly: list[Rejection] = []
    for start in range(0, len(usable), BATCH):
        rows = usable[start : start + BATCH]
        try:
            found = county_shares(connection, [shapes[n] for n in rows])
        except GeometryError:
            found = [_shares_of_row(connection, shapes[n], n + 1, costly) for n in rows]
        for n, counties in zip(rows, found, strict=True):
            shares[n] = counties
        progress(0)
    return shares, costly


def _shares_of_row(
    connection: Connection, shape: BaseGeometry, row: int, costly: list[Rejection]
) -> list[Share]:
    try:
        return county_shares(connection, [shape])[0]
    except GeometryError as error:
        point = shape.representative_point()
        costly.append(Rejection(row, error.code, error.message, (point.x, point.y)))
        return []


def _refuse_other_place(table: PlotTable, shares: list[list[Share]], file: str) -> None:
    """Refuse a file of which no plot lies in a known district: its place or CRS must be wrong."""
    shapes = [shape for shape in table.frame.geometry if shape is not None and not shape.is_empty]
    if not shapes or any(shares):
        return
    west, south, east, north = shapely.total_bounds(shapely.GeometryCollection(shapes))
    centre = ((west + east) / 2, (south + north) / 2)
    raise ImportRefused(
        file,
        Message(
            f"全部 {len(shapes)} 个图斑都在已知行政区之外：位于经度 {west:.4f}–{east:.4f}、纬度 "
            f"{south:.4f}–{north:.4f}；请核对坐标系（--crs），或先导入该地行政区。",
            f"All {len(shapes)} plots lie outside every district: they lie at longitude "
            f"{west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}; check --crs, or "
            "import the districts of that place first",
        ),
        [Rejection(None, "outside_districts", Message("全部在外", "all outside"), centre)],
    )


def _misplaced(
    account: Account,
    frame: geopandas.GeoDataFrame,
    shares: list[list[Share]],
    told: set[int | None],
) -> list[Rejection]:
    rejections = []
    for n, (shape, counties) in enumerate(zip(frame.geometry, shares, strict=True)):
        if n + 1 in told:
            continue
        if shape is None or shape.is_empty or not shapely.is_valid(shape):
            continue  # reported among the problems of the table
        point = shape.representative_point()
        at = (point.x, point.y)
        if not counties:
            message = Message(
                "不在任何已知县界内，请核对坐标或先导入行政区",
                "lies in no known county: check its coordinates or import the district first",
            )
            rejections.append(Rejection(n + 1, "outside_districts", message, at))
        elif not account.covers(counties[0].county):
            message = Message("不在您的管辖范围", "lies outside your districts")
            rejections.append(Rejection(n + 1, "outside_scope", message, at))
    return rejections


def _name_units(connection: Connection, frame: geopandas.GeoDataFrame) -> list[Rejection]:
    """Write the codes of units where rows name them; rejections for units that there are not."""
    if "unit" not in frame or frame["unit"].isna().all():
        return []
    words = unit_words(connection)
    rejections = []
    for row, word in enumerate(frame["unit"], start=1):
        wrong = wrong_unit(words, word) if isinstance(word, str) else None
        if wrong is not None:
            rejections.append(Rejection(row, *wrong))
    frame["unit"] = [
        words[word]["code"] if isinstance(word, str) and word in words else word
        for word in frame["unit"]
    ]
    return rejections


def _plan_ids_by_row(frame: geopandas.GeoDataFrame) -> dict[int, list[int]]:
    """Ids of plans that a row names, by the row's number, counted from 1."""
    if "plan_ids" not in frame:
        return {}
    return {n + 1: ids for n, ids in enumerate(frame["plan_ids"]) if isinstance(ids, list) and ids}


def _wrong_plans(
    connection: Connection,
    account: Account,
    frame: geopandas.GeoDataFrame,
    shares: list[list[Share]],
) -> list[Rejection]:
    """Rejections for plans that a row cannot carry out; rows without a county are passed over."""
    plan_ids = {n: ids for n, ids in _plan_ids_by_row(frame).items() if shares[n - 1]}
    shapes = frame.geometry.to_numpy()
    rows = list(plan_ids)
    rejections = []
    for start in range(0, len(rows), BATCH):
        numbers = rows[start : start + BATCH]
        naming = [PlanLinks(shapes[n - 1], plan_ids[n]) for n in numbers]
        districts = [shares[n - 1][0].county for n in numbers]
        for row, _link, verdict in wrong_plan_links(connection, account, naming, districts):
            point = shapes[numbers[row] - 1].representative_point()
            at = (point.x, point.y)
            rejections.append(Rejection(numbers[row], verdict.code, verdict.message, at))
    return rejections


def _on_layers(
    connection: Connection, frame: geopandas.GeoDataFrame
) -> tuple[list[Rejection], list[Message]]:
    """Rows that a layer refuses, and a note on each layer that others lie on."""
    shapes = frame.geometry.to_numpy()
    usable = [n for n, shape in enumerate(shapes) if shape is not None and shapely.is_valid(shape)]
    values = {
        name: frame[name].tolist() if name in frame else [None] * len(frame)
        for name in ("stage", "kind")
    }
    verdicts = on_layers(
        connection,
        [shapes[n] for n in usable],
        [str(values["stage"][n]) for n in usable],
        [kind if isinstance(kind := values["kind"][n], str) else None for n in usable],
    )
    rejections: list[Rejection] = []
    rows_on: Counter[str] = Counter()
    for n, on_row in zip(usable, verdicts, strict=True):
        for on_layer in on_row:
            verdict = on_layer.verdict
            if verdict.severity == "block":
                rejections.append(Rejection(n + 1, verdict.code, verdict.message, verdict.at))
            else:
                rows_on[on_layer.layer] += 1
    notes = [
        Message(f"{rows} 行位于图层 {layer}", f"{rows} rows lie on layer {layer}")
        for layer, rows in sorted(rows_on.items())
    ]
    return rejections, notes


def _unknown_plans(
    connection: Connection, account: Account, frame: geopandas.GeoDataFrame
) -> list[Rejection]:
    plan_ids_by_row = _plan_ids_by_row(frame)
    known = existing_plot_ids(
        connection,
        account,
        sorted({plan_id for ids in plan_ids_by_row.values() for plan_id in ids}),
    )
    return [
        Rejection(
            row,
            "unknown_plan",
            Message(f"没有计划图斑 {plan_id}", f"there is no planned plot {plan_id}"),
        )
        for row, ids in plan_ids_by_row.items()
        for plan_id in ids
        if plan_id not in known
    ]
