"""A file that replaces the ground of a layer whole, from a day on."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import shapely
from sqlalchemy import Connection

from data.import_result import Imported, ImportRefused, Rejection
from data.layers.layers import LayerTable, missing_classes
from gis.detect import detect_converted
from gis.messages import Message, counted
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.districts.db import districts
from service.districts.shift import shift_told
from service.errors import Problem, not_found
from service.layers.db.import_layer import write_version
from service.layers.db.layers import Layer, lock_layer, read_layer
from service.layers.scope import refuse_outside
from service.web.timestamps import today

# Features whose county is looked for: enough to see that a file lies elsewhere.
_SAMPLE: Final = 500


def refuse_day(layer: Layer, valid_from: date) -> None:
    """Refuse a first day in the future, or before that of the version which holds.

    Raises
    ------
    Problem
        422 ``bad_valid_from``.
    """
    words = None
    if valid_from > today():
        words = Message(
            f"启用日 {valid_from} 在将来（今天是 {today()}），请在当日导入",
            f"the version would begin on {valid_from}, after today ({today()}): import it on that "
            "day",
        )
    elif layer.valid_from is not None and valid_from < layer.valid_from:
        words = Message(
            f"启用日 {valid_from} 早于现行版本的 {layer.valid_from}；请填 {layer.valid_from} "
            "（替换该版本）或之后的日期",
            f"the version would begin on {valid_from}, before the present one of "
            f"{layer.valid_from}: name that day, which replaces it, or a later one",
        )
    if words is not None:
        entry = {"field": "valid_from", "code": "bad_valid_from", "message": words}
        raise Problem(422, "bad_valid_from", words, errors=[entry])


def layer_of(connection: Connection, code: str) -> Layer:
    """The layer that a file is for.

    Raises
    ------
    Problem
        404: there is none of that code.
    """
    layer = read_layer(connection, code)
    if layer is None:
        raise not_found("此图层")
    return layer


def import_layer(
    connection: Connection,
    account: Account,
    code: str,
    table: LayerTable,
    file: str,
    *,
    valid_from: date | None = None,
) -> Imported:
    """Store a file as the version of a layer from ``valid_from`` on, or from today for None.

    A file that says what the present version says stores nothing. ``ids`` is the number of the
    version.

    Raises
    ------
    ImportRefused
        The file has faults: invalid shapes, overlaps, no column of classes that the rule asks for,
        another datum, no feature at all. Nothing is stored then.
    Problem
        404; 422 ``bad_valid_from``, ``outside_scope`` (of the present version or of the file).
    """
    day = valid_from or today()
    layer = lock_layer(connection, code)
    if layer is None:
        raise not_found("此图层")
    refuse_day(layer, day)
    refuse_outside(connection, account, layer)
    refuse_faults(connection, layer, table, file)
    hash_ = table.hash()
    if layer.held_hash == hash_ and layer.version_id is not None:
        same = Message(
            f"内容与 {layer.valid_from} 起的现行版本相同，未保存新版本",
            f"the same as the version that holds since {layer.valid_from}: no new one is stored",
        )
        return Imported(file, len(table.frame), [*table.notes, same], [layer.version_id])
    version = write_version(
        connection, account, code, table.frame, valid_from=day, source=file, hash_=hash_
    )
    refuse_outside(connection, account, layer, version)
    detail = {"layer": code, "file": file, "rows": len(table.frame), "valid_from": day.isoformat()}
    note(connection, account, "import_layer", detail)
    return Imported(file, len(table.frame), list(table.notes), [version])


def refuse_faults(connection: Connection, layer: Layer, table: LayerTable, file: str) -> None:
    """Refuse a file with faults.

    Raises
    ------
    ImportRefused
        With each fault, its row and its place.
    """
    problems = [*missing_classes(table, layer.rule.get("classes", ())), *table.problems]
    rejections = [
        Rejection(problem.row, problem.code, problem.message, problem.at) for problem in problems
    ]
    if not len(table.frame):
        words = Message("文件中没有要素", "the file has no feature")
        rejections.append(Rejection(None, "empty", words))
    if not rejections:
        rejections += _elsewhere(connection, table)
    if rejections:
        raise ImportRefused(
            file,
            Message(
                f"{len(rejections)} 处错误，图层 {layer.label_zh} 未作任何改动，请修改后重新导入",
                f"{counted(len(rejections), 'fault')}, "
                f"nothing of layer {layer.label_en} was changed: mend "
                "what is named here and import again",
            ),
            rejections,
        )


def _elsewhere(connection: Connection, table: LayerTable) -> Sequence[Rejection]:
    """Why the file lies elsewhere than it says: another datum, or in no known county."""
    shapes = np.asarray(table.frame.geometry.array, dtype=object)
    west, south, east, north = shapely.total_bounds(shapes)
    at = ((west + east) / 2, (south + north) / 2)
    counties = [node.code for node in districts.tree(connection).at("county")]
    if not counties:
        return []
    known = districts.frame(connection, counties).dropna(subset=["geometry"])
    spots = shapely.point_on_surface(shapes[np.linspace(0, len(shapes) - 1, _SAMPLE, dtype=int)])
    inside = shapely.STRtree(known.geometry.to_numpy()).query(spots, predicate="intersects")
    if not inside.size:
        words = Message(
            f"所有要素都在已知行政区之外：位于经度 {west:.4f}–{east:.4f}、纬度 "
            f"{south:.4f}–{north:.4f}；请核对坐标系（--crs），或先导入该地行政区",
            f"all features lie outside every district: at longitude {west:.4f} to {east:.4f}, "
            f"latitude {south:.4f} to {north:.4f}; check --crs, or import the districts of that "
            "place first",
        )
        return [Rejection(None, "outside_districts", words, at)]
    if (shift := shift_told(connection, shapes, may_stand=False)) is not None:
        return [Rejection(None, shift.code, shift.message, at)]
    detection = detect_converted(shapes, table.declared, known)
    if detection is not None and detection.faults:
        return [Rejection(None, code, words, at) for code, words in detection.faults]
    return []
