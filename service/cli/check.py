"""``luotu check``: what a file is, and what is wrong with it; nothing is stored."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import shapely
import typer
from geopandas import GeoDataFrame
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from data.errors import FileRefused
from data.reading.features import Features, read_features, read_untouched
from data.reading.limits import Limits
from gis.messages import Message
from gis.report import Report, RowProblem, check_frame
from service.cli.context import opened
from service.cli.import_export import Crs, Encoding, Json, Layer, file_limits
from service.cli.language import described, label, shown
from service.districts.db import districts
from service.embedded import Cluster, ClusterError
from service.errors import Problem
from service.layers.checks import on_layers
from service.settings import Settings, load

TOLD = 20


@described("检查文件：坐标是什么、图斑有何问题；不入库。")
def check(
    file: Annotated[Path, typer.Argument(help=".shp, .zip, .gpkg, .geojson, .kml …")],
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    json_: Json = False,
) -> None:
    """Verdicts on any GIS file; nothing is stored."""
    settings = load()
    features = _read(file, layer, crs, encoding, file_limits(settings))
    known, on_lines, note = _from_database(settings, features.frame)
    features.notes.extend([note] if note else [])
    report = check_frame(features.frame, districts=known, prj=features.declared)
    report = replace(report, problems=tuple(sorted([*report.problems, *on_lines], key=_row)))
    if json_:
        summary = {
            "file": file.name,
            "layer": features.layer,
            "notes": [shown(note) for note in features.notes],
        }
        typer.echo(json.dumps(summary | report.as_json(), ensure_ascii=False, allow_nan=False))
    else:
        _print_report(file, features, report)


def _read(
    file: Path, layer: str | None, crs: str | None, encoding: str | None, limits: Limits
) -> Features:
    """The features in degrees, or in their own numbers where no transformation is known."""
    try:
        return read_features(file, layer=layer, crs=crs, encoding=encoding, limits=limits)
    except FileRefused as refused:
        try:
            bare = read_untouched(file, layer=layer, crs=crs, encoding=encoding, limits=limits)
        except FileRefused:
            raise refused from None
        bare.notes.insert(0, refused.message)
        return bare


def _from_database(
    settings: Settings, frame: GeoDataFrame
) -> tuple[GeoDataFrame | None, list[RowProblem], Message | None]:
    """Counties, what the features share with layers, or why neither: a check works without them."""
    if settings.database_url is None and not Cluster(settings.home).exists():
        return None, [], None
    try:
        with opened(settings) as db, db.engine.connect() as connection:
            on_lines = _on_layers(connection, frame) if frame.crs is not None else []
            nodes = districts.tree(connection).at("county")
            if not nodes:
                return None, on_lines, None
            known = districts.frame(connection, [node.code for node in nodes])
            return known.dropna(subset=["geometry"]), on_lines, None
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
        return None, [], words


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


def _print_report(file: Path, features: Features, report: Report) -> None:
    typer.echo(f"{file.name}（{features.layer}）")
    for note in features.notes:
        typer.echo(f"  {shown(note)}")
    for words in report.summary():
        typer.echo(f"  {shown(words)}")
    for reported in report.problems[:TOLD]:
        problem = reported.problem
        at = "" if problem.at is None else f" @ {problem.at[0]:.6f}, {problem.at[1]:.6f}"
        what = f"[{problem.code}, {problem.severity}] {shown(problem.message)}"
        typer.echo(f"  {label(f'第 {reported.row} 行', f'row {reported.row}')} {what}{at}")
    if len(report.problems) > TOLD:
        left = len(report.problems) - TOLD
        more = Message(f"另有 {left} 条，--json 查看全部", f"{left} more, see --json")
        typer.echo(f"  … {shown(more)}")
