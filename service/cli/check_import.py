"""What an import would say of a file, for ``luotu check``: rows that it refuses, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import shapely
from geopandas import GeoDataFrame
from sqlalchemy import Connection

from data.cell_values import BadValueError
from data.districts.codes import is_known_province, level_named, plain_code
from data.districts.districts import district_tree
from data.errors import FileRefused
from data.headings import meant_columns
from data.import_result import ImportRefused, plain_rows
from data.patrol.tracks import TrackTable
from data.patrol.zones import zone_table
from data.plots.columns import assign
from data.plots.plots import plot_table
from data.plots.values import code_of, is_missing
from data.reading.features import Features, read_walks
from data.reading.sniff import Format, format_of
from data.row_problems import RowProblem as TableProblem
from gis.errors import GeometryError
from gis.messages import Message
from gis.report import RowProblem
from gis.verdicts import Problem
from gis.verdicts.problems import Severity
from service.accounts.db.accounts import Account
from service.districts.db.districts import tree as tree_of
from service.errors import Problem as ServiceProblem
from service.patrol.tracks.evaluate import check_track
from service.patrol.tracks.importing import (
    apart_notes,
    import_tracks,
    recorded,
    refused_rows,
    rollover_words,
    timeless_notes,
    track_limits,
)
from service.patrol.zones.importing import import_zones
from service.plots.district_import import import_districts
from service.plots.row_checks import check_rows
from service.plots.row_matches import repeated_numbers
from service.settings import Settings
from service.web.timestamps import now, today

__all__ = [
    "ImportVerdicts",
    "is_of_tracks",
    "merged",
    "of_districts",
    "of_plots",
    "of_tracks",
    "of_zones",
    "what_it_is",
]

_LINES = (1, 5)
_POLYGONS = (3, 6)
# What a planted plot has at least; a file that lacks the whole column is told so, and checked.
_ASSUMED = {"stage": "planted", "kind": "RGZL"}


@dataclass
class ImportVerdicts:
    """What an import would say beside the verdicts on shapes."""

    what: str
    """``plots``, ``districts``, ``zones`` or ``patrols``: which import was asked."""
    rows: list[RowProblem] = field(default_factory=list)
    of_file: list[Problem] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    @property
    def stops(self) -> bool:
        """Whether the import would store nothing until the file is mended, or a warning about the
        whole of it is acknowledged."""
        blocks = [problem.severity == "block" for _, problem in self.rows]
        return any(blocks) or any(problem.severity != "info" for problem in self.of_file)


def is_of_tracks(file: Path, features: Features, settings: Settings) -> bool:
    """Whether a file holds tracks: a GPX, a KML of ``gx:Track``, or lines with times."""
    kind = format_of(file) if file.is_file() else None
    if kind is Format.GPX:
        return True
    frame = features.frame
    names = [str(name) for name in frame.columns.drop(frame.geometry.name)]
    shapes = np.asarray(frame.geometry.array, dtype=object)
    kinds = shapely.get_type_id(shapes)
    if kind in (Format.KML, Format.ZIP) and len(kinds) and np.isin(kinds, _LINES).all():
        return _has_times(file, settings)
    meant = meant_columns("track", names, {}, ("times", "time"))
    if "time" in meant and len(kinds) and (kinds == 0).all():
        return True
    return bool("times" in meant and np.isin(kinds, _LINES).any())


def _has_times(file: Path, settings: Settings) -> bool:
    try:
        walks = read_walks(file, limits=track_limits(settings)).frame
    except FileRefused:
        return False
    return "times" in walks.columns and bool(walks["times"].notna().any())


def what_it_is(features: Features) -> str:
    """``zones`` where columns name who is responsible for the code of each, ``districts`` where a
    column of codes of districts names most rows, else ``plots``."""
    frame = features.frame
    names = [str(name) for name in frame.columns.drop(frame.geometry.name)]
    zone = meant_columns("zone", names, {}, ("code", "level", "chief", "ranger"))
    if "code" in zone and not zone.keys().isdisjoint(("level", "chief", "ranger")):
        taken = assign(names, {}).taken
        sure = zone.keys() != {"code", "level"} or _are_zone_levels(frame[zone["level"]].tolist())
        if "kind" not in taken and sure:
            return "zones"
    column = meant_columns("district", names, {}, ("code",)).get("code")
    if column is None or "kind" in assign(names, {}).taken:
        return "plots"
    codes = [plain_code(value) for value in frame[column].tolist()]
    known = [code for code in codes if code is not None and is_known_province(code)]
    return "districts" if codes and 2 * len(known) > len(codes) else "plots"


def _are_zone_levels(values: Sequence[object]) -> bool:
    """Whether most of the levels are ones that zones have and districts have not: 网格."""
    there = [value for value in values if not is_missing(value)]
    of_zones = [value for value in there if level_named(value) is None and _is_zone_level(value)]
    return 2 * len(of_zones) > len(there)


def _is_zone_level(value: object) -> bool:
    try:
        code_of("zone_level", value)
    except BadValueError:
        return False
    return True


def of_plots(
    features: Features, connection: Connection | None, account: Account | None, settings: Settings
) -> ImportVerdicts:
    """Verdicts of an import of plots; without a database those on the cells alone."""
    answer = ImportVerdicts("plots")
    table = plot_table(features.frame, fields={}, defaults=_ASSUMED | {"year": today().year})
    lacking = _lacking(features.frame)
    if lacking:
        shown = "、".join(lacking)
        answer.notes.append(
            Message(
                f"作为图斑导入时还缺 {shown}：请用 --field 指定列，或用 --set 给出值。",
                f"as plots it lacks {', '.join(lacking)}: name a column by --field, or give a "
                "value by --set.",
            )
        )
    answer.notes += table.notes
    if connection is None or account is None:
        answer.rows = [_of_cell(problem) for problem in table.problems if problem.row]
        rows = plain_rows(table.frame)
        answer.rows += [
            RowProblem(row + 1, entry.verdict)
            for row, entry in repeated_numbers([None] * len(rows), rows)
        ]
        return answer
    checked = check_rows(connection, account, table, settings)
    answer.of_file = [entry.verdict for entry in checked.of_file]
    answer.rows = [
        RowProblem(row, entry.verdict)
        for row, entries in enumerate(checked.reported, 1)
        for entry in entries
    ]
    return answer


def _lacking(frame: GeoDataFrame) -> list[str]:
    taken = assign([str(name) for name in frame.columns.drop(frame.geometry.name)], {}).taken
    return [name for name in ("stage", "kind", "year") if name not in taken]


def _of_cell(problem: TableProblem) -> RowProblem:
    verdict = Problem(problem.code, "block", problem.message, problem.at)
    return RowProblem(problem.row or 0, verdict)


def of_districts(
    features: Features, connection: Connection | None, account: Account | None, file: str
) -> ImportVerdicts:
    """Findings of an import of districts; with a database it is tried, and taken back."""
    answer = ImportVerdicts("districts")
    tree = district_tree(features.frame, {}, source=file)
    for finding in tree.findings:
        severity: Severity = "block" if finding.blocking else "info"
        problem = Problem(finding.kind, severity, finding.message, finding.at)
        if finding.rows:
            answer.rows.append(RowProblem(finding.rows[0], problem))
        else:
            answer.of_file.append(problem)
    if connection is None or account is None or tree.blocking:
        return answer
    # Whose name is known keeps it, which the notes say.
    named = {node.code for node in tree_of(connection).values() if node.name != node.code}
    unnamed = {f.message for f in tree.findings if f.kind == "no_name" and f.codes[0] in named}
    answer.of_file = [entry for entry in answer.of_file if entry.message not in unnamed]
    trial = connection.begin_nested()
    try:
        done = import_districts(connection, account, tree, file)
        told = {problem.message for problem in answer.of_file}
        answer.notes += [note for note in done.notes if note not in told]
    except ImportRefused as refused:
        answer.of_file += [
            Problem(entry.code, "warn", entry.message, entry.at) for entry in refused.rejections
        ]
    finally:
        trial.rollback()
    return answer


def of_zones(
    features: Features,
    connection: Connection | None,
    account: Account | None,
    file: str,
    settings: Settings,
) -> ImportVerdicts:
    """Faults of an import of zones; with a database it is tried, and taken back."""
    table = zone_table(features.frame, fields={}, defaults={})
    answer = ImportVerdicts("zones", notes=list(table.notes))
    if connection is None or account is None:
        for problem in table.problems:
            _say(answer, problem.row, _of_cell(problem).problem)
        return answer
    trial = connection.begin_nested()
    try:
        import_zones(connection, account, table, file, settings)
    except ImportRefused as refused:
        for entry in refused.rejections:
            severity: Severity = "warn" if entry.may_be_acknowledged else "block"
            _say(answer, entry.row, Problem(entry.code, severity, entry.message, entry.at))
    finally:
        trial.rollback()
    return answer


def _say(answer: ImportVerdicts, row: int | None, problem: Problem) -> None:
    if row is None:
        answer.of_file.append(problem)
    else:
        answer.rows.append(RowProblem(row, problem))


def of_tracks(
    table: TrackTable,
    file: str,
    settings: Settings,
    place: tuple[Connection, Account] | None,
) -> ImportVerdicts:
    """Tracks that an import would leave out, and why; with a database it is tried, and taken back.

    One that is refused keeps nobody else out: only where all are does the import store nothing.
    """
    answer = ImportVerdicts("patrols", notes=list(table.notes))
    if place is None:
        refused = [_of_cell(problem) for problem in table.problems]
        refused += _of_clocks(table, answer)
    else:
        refused = _tried(table, file, settings, place, answer)
    stops = len({row for row, _ in refused}) == len(table.frame)
    severity: Severity = "block" if stops else "warn"
    answer.rows = [row._replace(problem=replace(row.problem, severity=severity)) for row in refused]
    return answer


def _of_clocks(table: TrackTable, answer: ImportVerdicts) -> Iterator[RowProblem]:
    """Tracks that begin too early, end in the future, or are of a receiver that lost weeks."""
    refused = refused_rows(table)
    for number, row in enumerate(plain_rows(table.frame), 1):
        if number in refused:
            continue
        try:
            track = check_track(recorded(row), now=now())
        except GeometryError as error:
            yield RowProblem(number, Problem(error.code, "warn", error.message, error.at))
            continue
        if "week_rollover" in track.apart:
            answer.notes.append(rollover_words(number, row["started_at"]))


def _tried(
    table: TrackTable,
    file: str,
    settings: Settings,
    place: tuple[Connection, Account],
    answer: ImportVerdicts,
) -> list[RowProblem]:
    connection, account = place
    trial = connection.begin_nested()
    try:
        rows = import_tracks(connection, account, table, file, fix_limit=settings.track_fix_limit)
    except ServiceProblem as refusal:
        every = range(1, len(table.frame) + 1)
        return [RowProblem(row, Problem(refusal.code, "warn", refusal.message)) for row in every]
    finally:
        trial.rollback()
    answer.notes += [*timeless_notes(rows), *apart_notes(rows, table)]
    answer.notes += [
        Message(
            f"第 {row.row} 条不计入：{'、'.join(row.apart)}",
            f"row {row.row} would not count: {', '.join(row.apart)}",
        )
        for row in rows
        if row.patrol is not None and row.apart
    ]
    return [
        RowProblem(row.row, Problem(row.code or "", "warn", row.message))
        for row in rows
        if row.message is not None
    ]


def merged(report: Sequence[RowProblem], more: Sequence[RowProblem]) -> list[RowProblem]:
    """Both, without what the second says again of a row."""
    told = {(row, problem.code) for row, problem in report}
    blocked = {row for row, problem in report if problem.severity == "block"}
    shapes = {"missing", "empty", "invalid"}
    return [
        *report,
        *(
            RowProblem(row, problem)
            for row, problem in more
            if (row, problem.code) not in told and not (row in blocked and problem.code in shapes)
        ),
    ]
