"""Verdicts on plots that lie on layers: one pipeline for a drawing and for a file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from gis.errors import GeometryError
from gis.messages import Message
from gis.shared_area import MANY_VERTICES
from gis.verdicts import Problem as Verdict
from gis.verdicts.problems import refusal
from service.layers.db.ground import refuse_costly_ground, shared_ground
from service.web.timestamps import today

NOWHERE = shapely.MultiPolygon()
_WIDE_DEG = 0.05


class OnLayer(NamedTuple):
    """A verdict ``on_control_line``, and the layer that it is about.

    Or ``too_many_edges`` of an outline that could not be compared, of no layer.
    """

    verdict: Verdict
    layer: str | None
    share: float
    """Of the area of the plot."""


def on_layers(
    connection: Connection,
    shapes: Sequence[BaseGeometry],
    stages: Sequence[str],
    kinds: Sequence[str | None],
    day: date | None = None,
) -> list[list[OnLayer]]:
    """Verdicts on each shape: what it shares with the layers in force on a day, today for None.

    Parameters
    ----------
    shapes
        Valid polygons in degrees of CGCS2000.
    stages, kinds
        Of each shape; a kind of None is any kind.
    """
    day = day or today()
    verdicts: list[list[OnLayer]] = [[] for _ in shapes]
    compared: list[BaseGeometry] = list(shapes)
    for n in _may_cost(shapes):
        shape = shapes[n]
        try:
            refuse_costly_ground(connection, shape, day)
        except GeometryError as error:
            point = shapely.point_on_surface(shape)
            verdict = replace(refusal(error), at=(point.x, point.y))
            verdicts[n].append(OnLayer(verdict, None, 0.0))
            compared[n] = NOWHERE
    for n, row in shared_ground(connection, compared, stages, kinds, day):
        verdicts[n].append(_verdict(row))
    return verdicts


def _may_cost(shapes: Sequence[BaseGeometry]) -> list[int]:
    """Positions of shapes so long, or so wide, that they may meet layers without end."""
    drawn = np.empty(len(shapes), dtype=object)
    drawn[:] = shapes
    west, south, east, north = shapely.bounds(drawn).reshape(-1, 4).T
    wide = np.maximum(east - west, north - south) > _WIDE_DEG
    many = shapely.get_num_coordinates(drawn) > MANY_VERTICES
    return [int(n) for n in np.flatnonzero(wide | many)]


def _verdict(row: Mapping[str, Any]) -> OnLayer:
    verdict = Verdict(
        code="on_control_line",
        severity=row["severity"],
        message=_words(row),
        at=(row["longitude"], row["latitude"]),
        area_m2=row["area_m2"],
        other=row["layer"],
    )
    return OnLayer(verdict, row["layer"], row["share"])


def _words(row: Mapping[str, Any]) -> Message:
    amount = f"{row['area_m2']:.2f} m²"
    share = f"{row['share']:.1%}"
    what = _feature(row)
    place = f"{row['longitude']:.6f}, {row['latitude']:.6f}"
    remedy = _remedy(row)
    return Message(
        f"有 {amount}（{share}）位于{row['label_zh']}{what.zh}，在 {place} 处；{remedy.zh}",
        f"{amount} ({share}) lie on {row['label_en']}{what.en}, at {place}{remedy.en}",
    )


def _feature(row: Mapping[str, Any]) -> Message:
    """The feature that holds the most of it, its class, and how many others there are."""
    name = row["feature_name"] or row["feature_code"]
    cls = row["class"]
    zh = [f"类别 {cls}"] if cls else []
    en = [f"class {cls}"] if cls else []
    if name:
        more = row["features"] - 1
        zh.append(f"“{name}”" + (f"等 {more + 1} 处" if more else ""))
        en.append(name + (f" and {more} more" if more else ""))
    return Message(f"（{'，'.join(zh)}）" if zh else "", f" ({', '.join(en)})" if en else "")


def _remedy(row: Mapping[str, Any]) -> Message:
    by_severity: dict[str, Message] = {
        "block": Message(
            "不得造林绿化，请避让，或裁掉这一部分。",
            ": nothing may be planted there, keep off it or clip that part out.",
        ),
        "warn": Message(
            "请核对有无批准文件。",
            ": look whether that was approved.",
        ),
    }
    within = row["role"] in ("block", "warn")
    message = Message(
        "在容差之内。" if within else "仅供参考。",
        ": within the tolerance." if within else ": for your information.",
    )
    return by_severity.get(row["severity"], message)
