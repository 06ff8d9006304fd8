"""Queries of reporting areas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import geopandas
import shapely
from shapely import MultiPolygon
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    column,
    delete,
    func,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import insert

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.database.metadata import district, district_boundary, district_cell
from service.database.unit_tables import area

_LOCK = text("SELECT pg_advisory_xact_lock(7190121)")
COLUMNS = ("code", "name", "kind", "unit", "valid_from", "valid_to")


@dataclass(frozen=True)
class AreaFilter:
    """Which areas are asked for; None leaves a condition out.

    ``on``: those that have figures on that day. ``counties``: those that share ground with one of
    them. ``bbox`` is west, south, east, north in degrees. ``at``: as they stood at that moment,
    those too that are deleted since.
    """

    codes: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    on: date | None = None
    counties: Sequence[str] | None = None
    bbox: tuple[float, float, float, float] | None = None
    at: datetime | None = None


def areas_at(moment: datetime | None) -> Any:
    """The areas as they stand now, or stood at a moment: a table to select from."""
    if moment is None:
        return area
    columns = [column(one.name, one.type) for one in area.c]
    return func.areas_at(moment).table_valued(*columns, name="area").render_derived()


def _conditions(filters: AreaFilter, area: FromClause) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [true()]
    if filters.codes is not None:
        conditions.append(area.c.code.in_(filters.codes))
    if filters.kinds is not None:
        conditions.append(area.c.kind.in_(filters.kinds))
    if filters.on is not None:
        conditions += [
            or_(area.c.valid_from.is_(None), area.c.valid_from <= filters.on),
            or_(area.c.valid_to.is_(None), area.c.valid_to >= filters.on),
        ]
    if filters.counties is not None:
        meets = select(district_cell.c.id).where(
            district_cell.c.boundary_id.in_(_county_boundaries(filters.counties)),
            district_cell.c.geom.op("&&")(area.c.geom),
            func.ST_Relate(district_cell.c.geom, area.c.geom, "T********"),
        )
        conditions.append(meets.exists())
    if filters.bbox is not None:
        box = func.ST_MakeEnvelope(*filters.bbox, CGCS2000)
        conditions += [area.c.geom.op("&&")(box), func.ST_Intersects(area.c.geom, box)]
    return conditions


def _county_boundaries(counties: Sequence[str]) -> Any:
    return (
        select(district_boundary.c.id)
        .join(district, district.c.code == district_boundary.c.code)
        .where(
            district_boundary.c.code.in_(counties),
            district.c.level == "county",
            district_boundary.c.valid_to.is_(None),
        )
    )


def spelled_codes(connection: Connection) -> dict[str, str]:
    """The code of every area by its letters, all small."""
    return {code.casefold(): code for code in connection.scalars(select(area.c.code))}


def list_areas(
    connection: Connection,
    filters: AreaFilter,
    *,
    after: int = 0,
    limit: int | None = None,
    geometry: bool = False,
) -> list[dict[str, Any]]:
    """Areas by number, from after a number on; with ``geometry`` as GeoJSON text."""
    columns = [one for one in area.c if one is not area.c.geom]
    shape = [func.ST_AsGeoJSON(area.c.geom, 9, 0).label("geometry")] if geometry else []
    statement = (
        select(*columns, *shape)
        .where(*_conditions(filters, area), area.c.id > after)
        .order_by(area.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_areas(connection: Connection, filters: AreaFilter) -> int:
    """How many areas the filter selects."""
    statement = select(func.count()).select_from(area).where(*_conditions(filters, area))
    return connection.scalar(statement) or 0


def area_frame(connection: Connection, filters: AreaFilter) -> geopandas.GeoDataFrame:
    """Areas by kind and code, with all columns but ``changed_by`` and their exact shapes."""
    those = areas_at(filters.at)
    columns = [one for one in those.c if one.name not in ("geom", "changed_by", "changed_at")]
    statement = (
        select(*columns, those.c.changed_at, func.ST_AsBinary(those.c.geom).label("wkb"))
        .where(*_conditions(filters, those))
        .order_by(those.c.kind, those.c.code)
    )
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    shapes = geopandas.GeoSeries.from_wkb([row.pop("wkb") for row in rows], crs=CGCS2000)
    names = [one.name for one in columns] + ["changed_at"]
    return geopandas.GeoDataFrame(rows, columns=names, geometry=shapes.array, crs=CGCS2000)


def lock_areas(connection: Connection) -> None:
    """Let one transaction at a time change areas: those of a kind are checked as a whole."""
    connection.execute(_LOCK)


def store_area(
    connection: Connection,
    account: Account,
    values: Mapping[str, Any],
    geometry: MultiPolygon,
    *,
    demo: bool = False,
) -> None:
    """Write an area, in the place of one of the same code."""
    given = {name: values.get(name) for name in COLUMNS}
    statement = insert(area).values(
        **given,
        geom=func.ST_GeomFromWKB(shapely.to_wkb(geometry), CGCS2000),
        changed_by=account.id,
        demo=demo,
    )
    changed = {name: statement.excluded[name] for name in (*COLUMNS[1:], "geom", "changed_by")}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[area.c.code],
            set_={**changed, "changed_at": func.now(), "version": area.c.version + 1},
        )
    )


def delete_area(connection: Connection, code: str) -> None:
    """Delete an area."""
    connection.execute(delete(area).where(area.c.code == code))


_TARGETS = text("SELECT targets FROM code_uses('area', :code)")


def targets_of(connection: Connection, code: str) -> int:
    """How many targets of plans name an area, in all districts."""
    return connection.scalar(_TARGETS, {"code": code}) or 0


_SHARES = """
SELECT a.code,
       least(1, coalesce(sum(ST_Area(ST_Intersection(c.geom, a.geom)::geography)), 0) / a.area_m2)
           AS share
FROM {areas} a
LEFT JOIN LATERAL (
    SELECT c.geom FROM district_cell c
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    JOIN district d ON d.code = b.code AND d.level = 'county'
    WHERE c.geom && a.geom AND ST_Intersects(c.geom, a.geom)
      AND d.code = ANY(CAST(:counties AS text[]))
) c ON true
WHERE a.code = ANY(CAST(:codes AS text[]))
GROUP BY a.code, a.area_m2
"""
_SHARES_NOW = text(_SHARES.format(areas="area"))
_SHARES_AT = text(_SHARES.format(areas="areas_at(:at)"))


def shares_in_counties(
    connection: Connection,
    codes: Sequence[str],
    counties: Sequence[str],
    at: datetime | None = None,
) -> dict[str, float]:
    """How much of each area, as it stood ``at``, lies in some counties, a ratio from 0 to 1."""
    values = {"codes": list(codes), "counties": list(counties)}
    if at is None:
        rows = connection.execute(_SHARES_NOW, values)
    else:
        rows = connection.execute(_SHARES_AT, values | {"at": at})
    return {row.code: float(row.share) for row in rows}
