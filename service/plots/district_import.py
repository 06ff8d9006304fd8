"""Districts of a file into the database: all of them, or none."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from sqlalchemy import Connection

from data.districts.districts import DistrictTree
from data.import_result import Imported, ImportRefused, Rejection
from gis.messages import Message, counted
from gis.unions import outside_union
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.districts.db import districts as district_queries
from service.districts.db.districts import BorderDayError, analyze, store_districts
from service.districts.shift import ANOTHER_DATUM, shift_told
from service.plots.db.ground_lock import FILE_WAIT_S, GroundBusy, wait_for_writers
from service.plots.db.placed import MovedBorders, PlacedPlot, placed_plots
from service.plots.db.places import fill_places
from service.plots.db.plots_left import plots_left
from service.plots.db.reattribute import (
    MovedPlots,
    first_unseen,
    reattribute_plots,
    written_since,
)
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
    """Store a tree of districts; moved borders hold from the day on that the file says.

    Where it says none they hold from ``valid_from`` on, or from today in Beijing for None. Plots
    along a border that moved get the county of their largest part, in the same transaction, those
    that somebody is writing meanwhile too.

    Raises
    ------
    ImportRefused
        The tree has blocking findings (unknown or double codes, invalid shapes …), a border cannot
        begin on that day, plots would lie in no county any more (``plots_outside``) and that was
        not acknowledged, or others are writing plots all the time for `FILE_WAIT_S` seconds.
    """
    if tree.blocking:
        raise ImportRefused(
            file,
            Message(
                f"{len(tree.blocking)} 处错误，未导入任何行政区，请修改后重新导入",
                f"{counted(len(tree.blocking), 'fault')}, "
                "nothing was stored: mend what is named here and "
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
    begins = _first_day(tree, file, valid_from)
    _refuse_shift(connection, tree, file, acknowledged)
    before = district_queries.tree(connection)
    moved = _moved(connection, tree, "county")
    places = list(_moved(connection, tree, "town", "village"))
    first_to_see = first_unseen(connection)
    try:
        rows = store_districts(connection, tree.frame, valid_from=begins)
    except BorderDayError as error:
        raise ImportRefused(
            file,
            Message("未导入任何行政区", "nothing was stored"),
            [Rejection(None, "bad_valid_from", error.message)],
        ) from None
    analyze(connection, "district", "district_boundary", "district_cell")
    day = None if begins is None else begins.isoformat()
    note(connection, account, "import_districts", {"file": file, "rows": rows, "valid_from": day})
    step = _Reattribution(
        connection,
        account,
        file,
        begins or today(),
        before,
        _moved_borders(connection, moved),
        places,
        acknowledged,
    )
    outcome = step.take()
    if moved or places:
        # Whoever is writing now has placed plots by the old border. They are few, so writers that
        # come now wait for these, and for the commit, and not for the whole.
        try:
            wait_for_writers(connection)
        except GroundBusy:
            raise _busy(file) from None
        written = written_since(connection, first_to_see)
        if written:
            outcome = outcome.with_more(step.take(written))
    notes = [
        *tree.notes,
        *_notes_on_findings(tree, before),
        *(rejection.message for rejection in outcome.outside),
        *_notes_on_moved(outcome.moved, before),
        *_notes_on_places(outcome.filled),
    ]
    return Imported(file, rows, notes)


@dataclass(frozen=True)
class _Outcome:
    """What became of the plots."""

    outside: list[Rejection]
    moved: list[MovedPlots]
    filled: int
    """Plots that got a town or village."""

    def with_more(self, other: "_Outcome") -> "_Outcome":
        """Both together."""
        return _Outcome(
            self.outside + other.outside, self.moved + other.moved, self.filled + other.filled
        )


@dataclass(frozen=True)
class _Reattribution:
    """Plots follow the borders of some counties, towns and villages."""

    connection: Connection
    account: Account
    file: str
    begins: date
    before: district_queries.DistrictTree
    borders: MovedBorders
    places: Sequence[str]
    """Towns and villages."""
    acknowledged: Collection[str]

    def take(self, plot_ids: Sequence[int] | None = None) -> _Outcome:
        """Give plots the county of their largest part, and their town and village.

        Raises
        ------
        ImportRefused
            Plots lie in no county, and that was not acknowledged.
        """
        first_to_see = first_unseen(self.connection)
        counties = self.borders.counties
        placed = placed_plots(self.connection, self.borders, plot_ids) if counties else []
        outside = _plots_outside(self.connection, counties, self.before, placed)
        if outside and "plots_outside" not in self.acknowledged:
            raise ImportRefused(
                self.file,
                Message(
                    "界线改变后有图斑不在任何区县内，未导入任何行政区；确认无误请加 "
                    "--acknowledge plots_outside",
                    "plots would lie in no county, nothing was stored: see whether the file is "
                    "whole, or add --acknowledge plots_outside",
                ),
                outside,
            )
        reason = str(_reason(self.file, self.begins))
        moved = reattribute_plots(
            self.connection, self.account, self.borders, placed, reason, first_to_see
        )
        reason = str(_reason_of_place(self.file, self.begins))
        filled = fill_places(
            self.connection, self.account, self.places, self.begins, reason, plot_ids
        )
        return _Outcome(outside, moved, filled)


def _busy(file: str) -> ImportRefused:
    words = Message(
        f"等了 {FILE_WAIT_S:g} 秒，一直有图斑在写入（如正在提交的导入），界线无法生效，"
        "未导入任何行政区；请在“导入”页（或 /api/imports）查看正在提交的文件，等它结束后重新导入",
        f"plots were being written for all of {FILE_WAIT_S:g} seconds, by an import that is being "
        "committed, say; nothing was stored: see on the page Import (or /api/imports) which file "
        "it is, and import the borders again when it is done",
    )
    return ImportRefused(file, words, [])


def _first_day(tree: DistrictTree, file: str, given: date | None) -> date | None:
    """The day of the file, else the one that was given; two that differ are refused."""
    if tree.valid_from is None or given in (None, tree.valid_from):
        return tree.valid_from or given
    words = Message(
        f"文件写明界线自 {tree.valid_from} 起有效，命令却给出 {given}；请去掉 --valid-from，"
        "或改正文件中的日期",
        f"the file says that its borders hold from {tree.valid_from} on, the command says {given}: "
        "leave --valid-from out, or mend the days in the file",
    )
    raise ImportRefused(
        file,
        Message("未导入任何行政区", "nothing was stored"),
        [Rejection(None, "bad_valid_from", words)],
    )


def _reason(file: str, begins: date) -> Message:
    return Message(
        f"县界自 {begins} 起变更（{file}），按最大部分重新归属",
        f"border moved on {begins} ({file}): the county of the largest part",
    )


def _reason_of_place(file: str, begins: date) -> Message:
    return Message(
        f"乡镇、村界自 {begins} 起变更（{file}），按位置填写",
        f"border of a town or village moved on {begins} ({file}): by where it lies",
    )


def _notes_on_places(filled: int) -> Iterator[Message]:
    if filled:
        yield Message(
            f"{filled} 个图斑按位置填写了乡镇、村；人工填写的未改动",
            f"{counted(filled, 'plot')} got town and village by place; what people wrote stays",
        )


def _notes_on_moved(
    moved: Sequence[MovedPlots], districts: district_queries.DistrictTree
) -> Iterator[Message]:
    """A message for each pair of counties between which plots moved."""
    for group in _joined(moved):
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
            f"{counted(group.plots, 'plot')} moved from {before} to {after}{numbers_en}",
        )


def _joined(groups: Sequence[MovedPlots]) -> Iterator[MovedPlots]:
    """One for each pair of counties."""
    for pair in dict.fromkeys((group.before, group.after) for group in groups):
        alike = [group for group in groups if (group.before, group.after) == pair]
        plots = sum(group.plots for group in alike)
        yield MovedPlots(*pair, plots, sum(group.renumbered for group in alike))


def _moved(
    connection: Connection, tree: DistrictTree, *levels: str
) -> dict[str, shapely.Geometry | None]:
    """Districts that have another boundary in the file than in the database, which is the value.

    None stands for one that has none there yet.
    """
    drawn = tree.frame[tree.frame["level"].isin(levels)].dropna(subset="geometry")
    stored = district_queries.shapes(connection, drawn["code"].tolist())
    return {
        code: stored.get(code)
        for code, shape in zip(drawn["code"], drawn.geometry, strict=True)
        if code not in stored.index or not shapely.equals(stored[code], shape)
    }


def _moved_borders(
    connection: Connection, before: Mapping[str, shapely.Geometry | None]
) -> MovedBorders:
    """What moved, of counties with the boundaries that they had; the new ones are stored."""
    now = district_queries.shapes(connection, list(before))
    first = [code for code, shape in before.items() if shape is None]
    known = {code: shape for code, shape in before.items() if shape is not None}
    got = {code: shapely.difference(now[code], shape) for code, shape in known.items()}
    let_go = [shapely.difference(shape, now[code]) for code, shape in known.items()]
    left = shapely.union_all([outside_union(part, list(got.values())) for part in let_go])
    ground = [
        (part, code)
        for code, shape in [*got.items(), (None, left)]
        for part in shapely.get_parts(shape)
        if isinstance(part, shapely.Polygon)
    ]
    return MovedBorders(list(before), first, ground)


def _plots_outside(
    connection: Connection,
    counties: Sequence[str],
    before: district_queries.DistrictTree,
    placed: Sequence[PlacedPlot],
) -> list[Rejection]:
    """Rejections for plots that lie in no county since these boundaries moved."""
    if not counties:
        return []
    after = district_queries.tree(connection)
    rejections = []
    for code, plots, ids, at in plots_left(connection, counties, placed):
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


def _refuse_shift(
    connection: Connection, tree: DistrictTree, file: str, acknowledged: Collection[str]
) -> None:
    """Refuse borders in the shifted coordinates of web maps, until somebody says what they are."""
    if ANOTHER_DATUM in acknowledged:
        return
    drawn = tree.frame[tree.frame["source"] != "derived"].geometry.to_numpy()
    shift = shift_told(connection, drawn)
    if shift is not None:
        raise ImportRefused(
            file,
            Message("未导入任何行政区", "nothing was stored"),
            [Rejection(None, shift.code, shift.message, shift.at)],
        )


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
