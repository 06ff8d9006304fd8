"""What is wrong with a zone beside its neighbours: told before it is written."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from gis.measure import area_m2
from gis.messages import Message
from gis.polygons import polygon_parts
from gis.shared_area import refuse_costly_border
from service.errors import Problem
from service.patrol.zones.db.edit import NewZone, grids_of
from service.patrol.zones.db.nearby import NearbyZone, zones_near
from service.patrol.zones.schemas import LEVELS
from service.settings import Settings


class ZoneVerdict(NamedTuple):
    """One thing that is wrong; ``blocks`` what nobody can let stand."""

    code: str
    blocks: bool
    field: str
    message: Message
    at: tuple[float, float] | None = None
    area_m2: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Of the form of problems."""
        values: dict[str, Any] = {
            "field": self.field,
            "code": self.code,
            "severity": "block" if self.blocks else "warn",
            "message": self.message,
        }
        if self.at is not None:
            values["at"] = list(self.at)
        if self.area_m2 is not None:
            values["area_m2"] = self.area_m2
        return values


def validate_zone(
    connection: Connection, new: NewZone, settings: Settings, *, zone_id: int | None = None
) -> list[ZoneVerdict]:
    """Verdicts on a zone against its parent and its neighbours of the same level.

    ``zone_id`` is the zone that it changes.

    Raises
    ------
    GeometryError
        ``too_many_edges``: see `gis.shared_area.refuse_costly_border`.
    """
    parent = new.attributes["parent"]
    day = new.attributes["valid_from"]
    named = [] if parent is None else [parent]
    around = zones_near(connection, new.geometry, day, day, named=named)
    others = [zone for zone in around if zone.id != zone_id]
    level = new.attributes["level"]
    cut_by = [zone.geometry for zone in others if zone.level == level or zone.code == parent]
    refuse_costly_border(new.geometry, cut_by)
    return [
        *_of_parent(new, others, settings),
        *_overlaps(new, others, settings),
        *_of_ranger(connection, new, zone_id),
    ]


def _of_parent(
    new: NewZone, others: Sequence[NearbyZone], settings: Settings
) -> Iterator[ZoneVerdict]:
    code = new.attributes["parent"]
    if code is None:
        return
    parent = next((zone for zone in others if zone.code == code), None)
    if parent is None:
        message = Message(
            f"没有上级责任区 {code}，或当日无效，请先录入",
            f"there is no zone {code}, or it does not hold on that day: write it first",
        )
        yield ZoneVerdict("unknown_parent", True, "properties.parent", message)
        return
    level = new.attributes["level"]
    if LEVELS.index(parent.level) >= LEVELS.index(level):
        message = Message(
            f"上级责任区 {code} 的级别是 {parent.level}，不高于 {level}，请另选上级",
            f"the zone above, {code}, is of level {parent.level}: name one above {level}",
        )
        yield ZoneVerdict("parent_not_above", True, "properties.parent", message)
    outside = polygon_parts(shapely.difference(new.geometry, parent.geometry))
    outside_m2 = 0.0 if outside.is_empty else area_m2(outside)
    if outside_m2 > settings.outside_m2:
        share = outside_m2 / area_m2(new.geometry)
        message = Message(
            f"有 {outside_m2:.0f} m²（{share:.1%}）在上级责任区 {code} 之外",
            f"{outside_m2:.0f} m² ({share:.1%}) lie outside the zone above, {code}",
        )
        yield ZoneVerdict("outside_parent", False, "geometry", message, _spot(outside), outside_m2)


def _overlaps(
    new: NewZone, others: Sequence[NearbyZone], settings: Settings
) -> Iterator[ZoneVerdict]:
    for zone in others:
        if zone.level != new.attributes["level"]:
            continue
        common = polygon_parts(shapely.intersection(new.geometry, zone.geometry))
        common_m2 = 0.0 if common.is_empty else area_m2(common)
        if common_m2 > settings.outside_m2:
            # Of a neighbour beyond the scope: place and size, no more.
            mine = set(zone.counties) <= set(new.counties)
            whose = f"{zone.code} {zone.name}" if mine else "、".join(zone.counties)
            message = Message(
                f"与同级责任区 {whose} 重叠 {common_m2:.0f} m²",
                f"it overlaps {whose}, of the same level, by {common_m2:.0f} m²",
            )
            yield ZoneVerdict("overlap", False, "geometry", message, _spot(common), common_m2)


def _of_ranger(connection: Connection, new: NewZone, zone_id: int | None) -> Iterator[ZoneVerdict]:
    if new.attributes["level"] != "grid":
        return
    ranger = new.attributes["ranger"]
    if not ranger:
        message = Message(
            "网格没有护林员（一格一员）", "a grid has exactly one ranger, this one has none"
        )
        yield ZoneVerdict("no_ranger", False, "properties.ranger", message)
        return
    theirs = grids_of(connection, ranger, new.attributes["valid_from"])
    others = [code for number, code in theirs if number != zone_id]
    if others:
        message = Message(
            f"护林员 {ranger} 已负责网格 {others[0]}（一格一员）",
            f"the ranger has a grid already, {others[0]}: one grid, one ranger",
        )
        yield ZoneVerdict("ranger_twice", False, "properties.ranger", message)


def _spot(shape: BaseGeometry) -> tuple[float, float]:
    point = shape.representative_point()
    return point.x, point.y


def raise_for_verdicts(verdicts: Sequence[ZoneVerdict], acknowledged: Sequence[str]) -> None:
    """Refuse what blocks, and warnings that nobody acknowledged.

    Raises
    ------
    Problem
        422 with the code of the first block, or 409 ``warnings``.
    """
    blocks = [verdict for verdict in verdicts if verdict.blocks]
    if blocks:
        first = blocks[0]
        errors = [verdict.as_json() for verdict in blocks]
        raise Problem(422, first.code, first.message, errors=errors)
    left = [verdict for verdict in verdicts if verdict.code not in acknowledged]
    if left:
        codes = ",".join(dict.fromkeys(verdict.code for verdict in left))
        raise Problem(
            409,
            "warnings",
            Message(
                f"请核对下列警告；确认无误后加 ?acknowledge={codes} 重发",
                "look at the warnings; to store the zone all the same repeat with "
                f"?acknowledge={codes}",
            ),
            errors=[verdict.as_json() for verdict in left],
        )
