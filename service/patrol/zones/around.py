"""The zone that a place belongs to on a day."""

from datetime import date

from shapely import Point
from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.patrol.zones.db.nearby import NearbyZone, zones_near
from service.patrol.zones.schemas import ABOVE_COUNTY, LEVELS


def zone_around(
    connection: Connection,
    account: Account,
    place: Point,
    county: str,
    day: date,
    named: str | None = None,
) -> NearbyZone | None:
    """The deepest zone of the county around a place, or the one that is named.

    None when there is none on that day. Without a name an account with a scope gets no zone of a
    city or province.
    """
    near = zones_near(connection, place, day, day, named=[] if named is None else [named])
    fitting = [zone for zone in near if county in zone.counties]
    if named is not None:
        fitting = [zone for zone in fitting if zone.code == named]
    elif account.counties is not None:
        fitting = [zone for zone in fitting if zone.level not in ABOVE_COUNTY]
    return max(fitting, key=lambda zone: LEVELS.index(zone.level), default=None)


def county_of(zone: NearbyZone, county: str) -> str:
    """The county of what lies at the edge of a zone: that of the zone, if it has but one."""
    return zone.counties[0] if len(zone.counties) == 1 else county


def no_zone(named: str | None) -> Message:
    """What is said when there is none."""
    if named is not None:
        return Message(
            f"没有责任区 {named}，或当日无效",
            f"there is no zone {named}, or it did not hold on that day",
        )
    return Message("该处当日没有责任区，请给出 zone", "no zone holds there on that day: name one")
