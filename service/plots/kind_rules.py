"""Rules that kinds bring along as data: how small and how large their plots are."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from gis.measure import area_m2, areas_m2
from gis.messages import Message
from gis.verdicts import Problem as Verdict
from gis.verdicts.belt_width import belt_width
from gis.verdicts.kind_size import kind_size, part_size
from service.codes.db.codes import codes

MAX_NAMED = 5


class KindRule(NamedTuple):
    """The bounds of one kind, m² and m on the ellipsoid; None bounds nothing."""

    label: Message
    min_m2: float | None
    max_m2: float | None
    max_part_m2: float | None = None
    """Of each part of a plot: 四旁植树 is continuous ground of at most 400 m²."""
    belt_m: float | None = None
    belt_minor_m: float | None = None


def kind_rules(connection: Connection) -> dict[str, KindRule]:
    """The kinds that have bounds, by code and by label."""
    rules: dict[str, KindRule] = {}
    names = KindRule._fields[1:]
    for row in codes(connection, "kind", having=names):
        bounds = [float(row[name]) if row.get(name) else None for name in names]
        if any(bound is not None for bound in bounds):
            rule = KindRule(Message(row["label_zh"], row["label_en"]), *bounds)
            rules |= dict.fromkeys((row["code"], row["label_zh"], row["label_en"]), rule)
    return rules


def wrong_kind_size(
    rules: Mapping[str, KindRule], kind: Any, geometry: BaseGeometry, size_m2: float
) -> list[Verdict]:
    """What the bounds of its kind say of a valid plot: its area (a warning), and a belt's width."""
    rule = rules.get(kind) if isinstance(kind, str) else None
    if rule is None:
        return []
    point = geometry.representative_point()
    verdict = kind_size(
        size_m2, rule.label, min_m2=rule.min_m2, max_m2=rule.max_m2, at=(point.x, point.y)
    )
    if verdict is None and rule.max_part_m2 is not None and size_m2 > rule.max_part_m2:
        largest, largest_m2 = _largest_part(geometry)
        point = largest.representative_point()
        verdict = part_size(
            largest_m2, rule.label, max_part_m2=rule.max_part_m2, at=(point.x, point.y)
        )
    width = None
    if rule.belt_m is not None:
        width = belt_width(geometry, rule.label, belt_m=rule.belt_m, belt_minor_m=rule.belt_minor_m)
    return [said for said in (verdict, width) if said is not None]


def _largest_part(geometry: BaseGeometry) -> tuple[BaseGeometry, float]:
    """The part of a plot with most area, and its area in m²."""
    parts = shapely.get_parts(geometry)
    areas = areas_m2(parts)
    place = int(areas.argmax())
    return parts[place], float(areas[place])


def wrong_kind_sizes(
    connection: Connection, kinds: Sequence[Any], shapes: Sequence[Any]
) -> list[Message]:
    """What an import tells of rows whose plots have no size of their kind; rows count from 1."""
    rules = kind_rules(connection)
    rows: list[tuple[int, Verdict]] = []
    for row, (kind, shape) in enumerate(zip(kinds, shapes, strict=True), start=1):
        if kind in rules and shape is not None and shapely.is_valid(shape):
            rows += [
                (row, verdict) for verdict in wrong_kind_size(rules, kind, shape, area_m2(shape))
            ]
    notes = [
        Message(f"第 {row} 行：{verdict.message.zh}", f"Row {row}: {verdict.message.en}")
        for row, verdict in rows[:MAX_NAMED]
    ]
    if len(rows) > MAX_NAMED:
        more = len(rows) - MAX_NAMED
        notes.append(
            Message(
                f"另有 {more} 行的面积与其类型不符。",
                f"{more} more rows have no size of their kind.",
            )
        )
    return notes
