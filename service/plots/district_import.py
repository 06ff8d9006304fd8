"""Districts of a file into the database: all of them, or none."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

import shapely
from sqlalchemy import Connection

from data.districts.districts import DistrictTree
from data.import_result import Imported, ImportRefused, Rejection
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.districts.db import districts as district_queries
from service.districts.db.districts import BorderDayError, analyze, store_districts
from service.plots.db.plots_left import plots_left
from service.plots.db.reattribute import MovedPlots, reattribute_plots
from service.web.timestamps import today


def import_districts(
    connection: Connection,
    account: Account,
    tree: DistrictTree,
    file: str,
    *,
    valid_from: date | None = None,
    acknowledged: Collection[str] = (),
) -> Imported:
    """Store a tree of districts; moved borders hold from ``valid_from`` on, or from today for None.

    Plots along a border that moved get the county of their largest part, in the same transaction.

    Raises
    ------
    ImportRefused
        The tree has blocking findings (unknown or double codes, invalid shapes …), a border cannot
        begin on that day, or plots would lie in no county any more (``plots_outside``) and that was
        not acknowledged.
    """
    if tree.blocking:
        raise ImportRefused(
            file,
            Message(
                f"{len(tree.blocking)} 处错误，未导入任何行政区，请修改后重新导入",
                f"{len(tree.blocking)} faults, nothing was stored: mend what is named here and "
                "import again",
            ),
            [
                Rejection(
                    finding.rows[0] if finding.rows else None,
                    finding.kind,
                    finding.message,
                    finding.at,
                )
                for finding in tree.blocking
            ],
        )
    before = district_queries.tree(connection)
    moved = _moved_counties(connection, tree)
    try:
        rows = store_districts(connection, tree.frame, valid_from=valid_from)
    except BorderDayError as error:
        raise ImportRefused(
            file,
            Message("未导入任何行政区", "nothing was stored"),
            [Rejection(None, "bad_valid_from", error.message)],
        ) from None
    outside = _plots_outside(connection, moved, before)
    if outside and "plots_outside" not in acknowledged:
        raise ImportRefused(
            file,
            Message(
                "界线改变后有图斑不在任何区县内，未导入任何行政区；确认无误请加 "
                "--acknowledge plots_outside",
                "plots would lie in no county, nothing was stored: see whether the file is whole, "
                "or add --acknowledge plots_outside",
            ),
            outside,
        )
    begins = valid_from or today()
    reattributed = reattribute_plots(connection, account, moved, str(_reason(file, begins)))
    day = None if valid_from is None else valid_from.isoformat()
    note(connection, account, "import_districts", {"file": file, "rows": rows, "valid_from": day})
    analyze(connection, "district", "district_boundary", "district_cell")
    notes = [
        *tree.notes,
        *_notes_on_findings(tree, before),
        *(rejection.message for rejection in outside),
        *_notes_on_moved(reattributed, before),
    ]
    return Imported(file, rows, notes)


def _reason(file: str, begins: date) -> Message:
    return Message(
        f"县界自 {begins} 起变更（{file}），按最大部分重新归属",
        f"border moved on {begins} ({file}): the county of the largest part",
    )


def _notes_on_moved(
    moved: Sequence[MovedPlots], districts: district_queries.DistrictTree
) -> Iterator[Message]:
    """A message for each pair of counties between which plots moved."""
    for group in moved:
        before, after = (
            districts[code].name if code in districts else code
            for code in (group.before, group.after)
        )
        numbers_zh = numbers_en = ""
        if group.renumbered:
            numbers_zh = f"，其中 {group.renumbered} 个的图斑号已被占用，另行编号"
            numbers_en = f"; the numbers of {group.renumbered} were taken, they got others"
        yield Message(
            f"{group.plots} 个图斑由 {before} 划归 {after}{numbers_zh}",
            f"{group.plots} plots go from {before} to {after}{numbers_en}",
        )


def _moved_counties(connection: Connection, tree: DistrictTree) -> list[str]:
    """Counties that have another boundary in the file than in the database, or none there yet."""
    counties = tree.frame[tree.frame["level"] == "county"].dropna(subset="geometry")
    stored = district_queries.shapes(connection, counties["code"].tolist())
    return [
        code
        for code, shape in zip(counties["code"], counties.geometry, strict=True)
        if code not in stored.index or not shapely.equals(stored[code], shape)
    ]


def _plots_outside(
    connection: Connection, counties: Sequence[str], before: district_queries.DistrictTree
) -> list[Rejection]:
    """Rejections for plots that lie in no county since these boundaries moved."""
    if not counties:
        return []
    after = district_queries.tree(connection)
    rejections = []
    for code, plots, ids, at in plots_left(connection, counties):
        km2 = [(nodes[code].area_m2 or 0) / 1e6 for nodes in (before, after)]
        few = "、".join(map(str, ids)) + (" …" if plots > len(ids) else "")
        message = Message(
            f"{after[code].name}（{code}）由 {km2[0]:.1f} km² 变为 {km2[1]:.1f} km²，"
            f"其 {plots} 个图斑（编号 {few}）大半不在任何区县内",
            f"{after[code].name} ({code}) goes from {km2[0]:.1f} to {km2[1]:.1f} km² and leaves "
            f"{plots} of its plots (numbers {few}) mostly outside every county",
        )
        rejections.append(Rejection(None, "plots_outside", message, at))
    return rejections


def _notes_on_findings(
    tree: DistrictTree, before: district_queries.DistrictTree
) -> Iterator[Message]:
    """Messages of the findings; a district whose name is known already keeps it."""
    for finding in tree.findings:
        code = finding.codes[0]
        if finding.kind == "no_name" and code in before and before[code].name != code:
            yield Message(
                f"{code} 在文件中没有名称，保留已有名称“{before[code].name}”",
                f"{code} has no name in the file and keeps the one it has, {before[code].name}",
            )
        else:
            yield finding.message
