"""Zones into the database: made, changed, begun anew from a day on, taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection, delete, func, insert, select, update

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.patrol_tables import zone, zone_version
from service.patrol.zones.db.zones import VERSIONED, holds_on, in_scope

z, v = zone, zone_version


@dataclass(frozen=True)
class NewZone:
    """A checked zone on its way in; ``attributes`` are those of `VERSIONED`, code and so on."""

    geometry: MultiPolygon
    district: str
    counties: Sequence[str]
    attributes: Mapping[str, Any]


def grids_of(connection: Connection, ranger: str, day: date) -> list[tuple[int, str]]:
    """Number and code of the ranger's grids that hold on a day."""
    rows = connection.execute(
        select(z.c.id, z.c.code)
        .join(v, v.c.zone_id == z.c.id)
        .where(z.c.level == "grid", v.c.ranger == ranger, holds_on(day))
        .order_by(z.c.code)
    )
    return [(row.id, row.code) for row in rows]


def _identity(new: NewZone) -> dict[str, Any]:
    attributes = new.attributes
    return {
        "code": attributes["code"],
        "level": attributes["level"],
        "parent": attributes["parent"],
        "district": new.district,
        "counties": list(new.counties),
    }


def _version(new: NewZone) -> dict[str, Any]:
    return {
        **{name: new.attributes[name] for name in VERSIONED},
        "geom": func.ST_GeomFromWKB(shapely.to_wkb(new.geometry), CGCS2000),
    }


def insert_zone(
    connection: Connection, account: Account, new: NewZone, *, demo: bool = False
) -> int:
    """Write a new zone with its first version; answers its number."""
    set_change_author(connection, account)
    number = connection.scalar(
        insert(z).values(**_identity(new), demo=demo, changed_by=account.id).returning(z.c.id)
    )
    assert isinstance(number, int)
    connection.execute(insert(v).values(zone_id=number, **_version(new)))
    return number


@dataclass(frozen=True)
class HeldZone:
    """A zone locked for a change: its version number and its newest dated version."""

    id: int
    version: int
    newest: Mapping[str, Any]
    geometry: MultiPolygon
    first_from: date


def lock_zone(connection: Connection, account: Account, zone_id: int) -> HeldZone | None:
    """The zone, locked until the transaction ends; None when there is none of theirs."""
    row = connection.execute(
        select(z.c.id, z.c.version, z.c.code, z.c.level, z.c.parent, z.c.district)
        .where(z.c.id == zone_id, in_scope(account))
        .with_for_update()
    ).one_or_none()
    if row is None:
        return None
    rows = connection.execute(
        select(v.c.id, func.ST_AsBinary(v.c.geom).label("wkb"), *(v.c[n] for n in VERSIONED))
        .where(v.c.zone_id == zone_id)
        .order_by(v.c.valid_from)
    ).all()
    newest = rows[-1]._asdict()
    shape = shapely.from_wkb(newest.pop("wkb"))
    newest["version_id"] = newest.pop("id")
    newest |= {name: row._asdict()[name] for name in ("code", "level", "parent", "district")}
    return HeldZone(row.id, row.version, newest, shape, rows[0].valid_from)


def change_zone(
    connection: Connection,
    account: Account,
    held: HeldZone,
    new: NewZone,
    *,
    begins: bool,
    reason: str | None,
) -> None:
    """Correct the newest version, or let it end where a new one ``begins``."""
    set_change_author(connection, account, reason)
    connection.execute(
        update(z)
        .where(z.c.id == held.id)
        .values(
            **_identity(new), version=z.c.version + 1, changed_by=account.id, changed_at=func.now()
        )
    )
    newest = v.c.id == held.newest["version_id"]
    if begins:
        ends = new.attributes["valid_from"]
        connection.execute(update(v).where(newest).values(valid_to=ends))
        connection.execute(insert(v).values(zone_id=held.id, **_version(new)))
    else:
        connection.execute(update(v).where(newest).values(**_version(new)))


def delete_zone(
    connection: Connection, account: Account, held: HeldZone, reason: str | None
) -> None:
    """Take a zone away with all its versions; they stay in the log."""
    set_change_author(connection, account, reason)
    connection.execute(delete(z).where(z.c.id == held.id))
