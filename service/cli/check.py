"""``luotu check``: what a file is, and what is wrong with it; nothing is stored."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
import shapely
import typer
from geopandas import GeoDataFrame
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from data.errors import FileRefused
from data.patrol.tracks import read_tracks
from data.plots.drawn_ground import drawn_ground
from data.reading.features import Features, read_features, read_untouched
from data.reading.limits import Limits
from gis.messages import Message
from gis.report import Report, RowProblem, check_frame
from gis.verdicts import Problem as Verdict
from service.accounts.db.accounts import Account
from service.cli.check_import import (
    ImportVerdicts,
    is_of_tracks,
    merged,
    of_districts,
    of_plots,
    of_tracks,
    of_zones,
    what_it_is,
)
from service.cli.context import opened
from service.cli.import_options import Crs, Encoding, File, Json, Layer, file_limits
from service.cli.language import described, label, shown
from service.districts.db import districts
from service.embedded import Cluster, ClusterError
from service.errors import Problem
from service.layers.checks import on_layers
from service.patrol.tracks.importing import track_limits
from service.settings import Settings, load

Place: TypeAlias = tuple[Connection, Account]
Answer = TypeVar("Answer")
TOLD = 20
OF_PLOTS_ONLY = ("too_large", "too_small", "sliver", "spike")
BLOCKED = Message(
    "导入会拒绝此文件，请先改正。", "An import would refuse this file: mend it first."
)


@described("检查文件：坐标是什么、图斑有何问题；不入库。")
def check(
    file: File,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    json_: Json = False,
) -> None:
    """Verdicts on any GIS file, and what an import would say of it; nothing is stored.

    The exit status is 1 where an import would store nothing of it.
    """
    settings = load()
    said = {"layer": layer, "crs": crs, "encoding": encoding}
    features, refused = _read(file, file_limits(settings), said)
    if refused is None and is_of_tracks(file, features, settings):
        _check_tracks(file, settings, said, json_=json_)
        return
    known, on_lines, verdicts, note = _from_database(settings, features, file, refused)
    features.notes.extend([note] if note else [])
    features.notes.extend(verdicts.notes)
    report = check_frame(_drawn(features, verdicts), districts=known, prj=features.declared)
    rows = merged([*report.problems, *on_lines], verdicts.rows)
    if verdicts.what in ("districts", "zones"):
        rows = [entry for entry in rows if entry.problem.code not in OF_PLOTS_ONLY]
    report = replace(report, problems=tuple(sorted(rows, key=_row)))
    blocked = report.blocked or verdicts.stops or refused is not None
    if json_:
        summary = {
            "file": file.name,
            "what": verdicts.what,
            "layer": features.layer,
            "notes": [shown(note) for note in features.notes],
            "refused": None
            if refused is None
            else {"code": refused.code, "message": shown(refused.message)},
            "file_problems": [problem.as_json() for problem in verdicts.of_file],
        }
        answer = summary | report.as_json() | {"blocked": blocked}
        typer.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False))
    else:
        _print_report(file, features, report, verdicts.of_file)
        if blocked:
            typer.echo(f"  {shown(BLOCKED)}")
    if blocked:
        raise typer.Exit(1)


def _drawn(features: Features, verdicts: ImportVerdicts) -> GeoDataFrame:
    """The features; of plots, the ground that an import reads of closed lines and collections."""
    if verdicts.what != "plots":
        return features.frame
    ground = drawn_ground(np.array(features.frame.geometry.array, dtype=object))
    return features.frame.set_geometry(ground.shapes, crs=features.frame.crs)


def _check_tracks(file: Path, settings: Settings, said: dict[str, Any], *, json_: bool) -> None:
    table = read_tracks(file, limits=track_limits(settings), **said)
    verdicts, why = _in_database(
        settings, lambda place: of_tracks(table, file.name, settings, place)
    )
    verdicts.notes += [] if why is None else [why]
    if json_:
        answer = {
            "file": file.name,
            "what": verdicts.what,
            "layer": table.layer,
            "notes": [shown(note) for note in verdicts.notes],
            "features": len(table.frame),
            "blocked": verdicts.stops,
            "problems": [{"row": row, **problem.as_json()} for row, problem in verdicts.rows],
        }
        typer.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False))
    else:
        tracks = label(f"{len(table.frame)} 条轨迹", f"{len(table.frame)} tracks")
        typer.echo(f"{file.name}（{table.layer}）：{tracks}")
        for note in verdicts.notes:
            typer.echo(f"  {shown(note)}")
        _print_rows(verdicts.rows)
        if verdicts.stops:
            typer.echo(f"  {shown(BLOCKED)}")
    if verdicts.stops:
        raise typer.Exit(1)


def _read(file: Path, limits: Limits, said: dict[str, Any]) -> tuple[Features, FileRefused | None]:
    """The features in degrees; or in their own numbers, and why an import would refuse them."""
    try:
        return read_features(file, limits=limits, **said), None
    except FileRefused as refused:
        try:
            bare = read_untouched(file, limits=limits, **said)
        except FileRefused:
            raise refused from None
        bare.notes.insert(0, refused.message)
        return bare, refused


def _from_database(
    settings: Settings, features: Features, file: Path, refused: FileRefused | None
) -> tuple[GeoDataFrame | None, list[RowProblem], ImportVerdicts, Message | None]:
    """Counties, what the features share with layers, what an import would say, or why none."""
    frame, is_whole = features.frame, refused is None

    def asked(
        place: Place | None,
    ) -> tuple[GeoDataFrame | None, list[RowProblem], ImportVerdicts]:
        if place is None:
            return None, [], _verdicts(features, file, settings, is_whole=is_whole)
        connection, _account = place
        of_plots_too = frame.crs is not None and what_it_is(features) == "plots"
        on_lines = _on_layers(connection, frame) if of_plots_too else []
        nodes = districts.tree(connection).at("county")
        known = None
        if nodes:
            known = districts.frame(connection, [node.code for node in nodes])
            known = known.dropna(subset=["geometry"])
        verdicts = _verdicts(features, file, settings, place if nodes else None, is_whole=is_whole)
        return known, on_lines, verdicts

    answer, why = _in_database(settings, asked)
    return *answer, why


def _in_database(
    settings: Settings, asked: Callable[[Place | None], Answer]
) -> tuple[Answer, Message | None]:
    """What is answered in a transaction that keeps nothing; without a database, and why, if so."""
    if settings.database_url is None and not Cluster(settings.home).exists():
        return asked(None), None
    try:
        with opened(settings) as db, db.transaction(keep=False) as place:
            return asked(place), None
    except (ClusterError, DBAPIError, Problem) as error:
        if isinstance(error, DBAPIError):
            reason = str(error.orig).strip().splitlines()[0]
            why = Message(reason, reason)
        else:
            why = error.message
        words = Message(
            f"未与行政区和图层核对，因为数据库不可用：{why.zh}",
            f"not compared with any district or layer, for the database cannot be used: {why.en}",
        )
        return asked(None), words


def _verdicts(
    features: Features,
    file: Path,
    settings: Settings,
    place: tuple[Connection, Account] | None = None,
    *,
    is_whole: bool,
) -> ImportVerdicts:
    """What an import would say; of a file that it would refuse, nothing more than that."""
    if not is_whole or features.frame.empty:
        return ImportVerdicts("plots")
    connection, account = place or (None, None)
    what = what_it_is(features)
    if what == "districts":
        return of_districts(features, connection, account, file.name)
    if what == "zones":
        return of_zones(features, connection, account, file.name, settings)
    return of_plots(features, connection, account, settings)


def _on_layers(connection: Connection, frame: GeoDataFrame) -> list[RowProblem]:
    """What each valid polygon shares with the layers in force, as a planted plot of any kind."""
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    polygons = np.isin(shapely.get_type_id(shapes), (3, 6)) & shapely.is_valid(shapes)
    rows = np.flatnonzero(polygons)
    stages, kinds = ["planted"] * len(rows), [None] * len(rows)
    verdicts = on_layers(connection, list(shapes[rows]), stages, kinds)
    return [
        RowProblem(int(row) + 1, on_layer.verdict)
        for row, on_row in zip(rows, verdicts, strict=True)
        for on_layer in on_row
    ]


def _row(entry: RowProblem) -> tuple[int, int]:
    return entry.row, ("block", "warn", "info").index(entry.problem.severity)


def _print_report(
    file: Path, features: Features, report: Report, of_file: Sequence[Verdict]
) -> None:
    typer.echo(f"{file.name}（{features.layer}）")
    for note in features.notes:
        typer.echo(f"  {shown(note)}")
    for words in report.summary():
        typer.echo(f"  {shown(words)}")
    for problem in of_file:
        typer.echo(f"  [{problem.code}, {problem.severity}] {shown(problem.message)}")
    _print_rows(report.problems)


def _print_rows(problems: Sequence[RowProblem]) -> None:
    for reported in problems[:TOLD]:
        problem = reported.problem
        at = "" if problem.at is None else f" @ {problem.at[0]:.6f}, {problem.at[1]:.6f}"
        what = f"[{problem.code}, {problem.severity}] {shown(problem.message)}"
        typer.echo(f"  {label(f'第 {reported.row} 行', f'row {reported.row}')} {what}{at}")
    if len(problems) > TOLD:
        left = len(problems) - TOLD
        more = Message(f"另有 {left} 条，--json 查看全部", f"{left} more, see --json")
        typer.echo(f"  … {shown(more)}")
