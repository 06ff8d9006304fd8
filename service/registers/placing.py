"""Where a record belongs, and whether its writer may write there."""

import shapely

from gis.measure import area_m2
from gis.messages import Message
from gis.shapes import Shape
from service.districts.db.districts import tree
from service.errors import Problem
from service.registers.db.places import Placement, placement
from service.registers.office import Office, refused

# As for plots: a write is refused when more lies outside the writer's scope.
OUTSIDE_SHARE = 0.01
OUTSIDE_M2 = 100.0


def place_of_record(
    office: Office,
    shape: Shape | None,
    district: str | None,
    unit: str | None,
    *,
    known: Placement | None = None,
) -> Placement:
    """Where a record belongs: by its shape, else by the district that is named.

    ``known`` is where the shape lies, when that was looked up already.

    Without either it lies in the writer's county, if there is one only, and nowhere where its unit
    is the writer's or the writer sees all districts.

    Raises
    ------
    Problem
        422 ``outside_districts``, ``outside_scope``, ``unknown_district``, ``no_place``.
    GeometryError
        ``too_many_edges``: see `placement`.
    """
    account = office.account
    mine = account.counties is None or (unit is not None and unit in account.units)
    if shape is not None:
        place = known or placement(office.connection, shape)
        _refuse_outside(office, shape, place, mine=mine)
        return place
    place = Placement({}) if district is None else _named(office, district)
    if district is None and not mine and account.counties and len(account.counties) == 1:
        place = Placement({account.counties[0]: 1.0})
    if not mine and not any(account.covers(county) for county in place.counties):
        code = "no_place" if district is None else "outside_scope"
        message = Message(
            "没有位置的记录须写 district（您管辖的县、乡镇或村）或 unit（您的单位）",
            "a record without a shape names its district (in your scope) or its unit (yours)",
        )
        raise refused([("district", code, message)])
    return place


def _named(office: Office, code: str) -> Placement:
    districts = tree(office.connection)
    chain = []
    at: str | None = code
    while at is not None and at in districts:
        chain.append(districts[at])
        at = districts[at].parent
    levels = {node.level: node.code for node in chain}
    if "county" not in levels:
        message = Message(
            f"没有县级及以下行政区 {code}，可用行政区见 /api/districts",
            f"there is no county, town or village {code}: /api/districts lists them",
        )
        raise refused([("district", "unknown_district", message)])
    return Placement({levels["county"]: 1.0}, levels.get("town"), levels.get("village"))


def _refuse_outside(office: Office, shape: Shape, place: Placement, *, mine: bool) -> None:
    spot = shape.representative_point()
    if not place.counties:
        message = Message(
            "位置不在任何县级行政区内，请核对坐标",
            "the place lies in no county: check its position",
        )
        raise _placed("outside_districts", message, spot)
    if mine:
        return
    inside = sum(share for county, share in place.counties.items() if office.account.covers(county))
    outside = max(0.0, 1 - inside)
    first = office.account.covers(next(iter(place.counties)))
    if isinstance(shape, shapely.MultiPolygon):
        much = outside > OUTSIDE_SHARE and outside * area_m2(shape) > OUTSIDE_M2
    else:
        much = outside > OUTSIDE_SHARE
    if much or not first:
        message = Message(
            f"有 {outside:.0%} 在您的管辖范围之外",
            f"{outside:.0%} of it lies outside your districts",
        )
        raise _placed("outside_scope", message, spot)


def _placed(code: str, message: Message, spot: shapely.Point) -> Problem:
    entry = {"field": "geometry", "code": code, "message": message, "at": [spot.x, spot.y]}
    return Problem(422, code, message, errors=[entry])
