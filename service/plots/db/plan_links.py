"""Planned plots that a plot names in ``plan_ids``: are they plans, and does it meet them?"""

import json
from collections.abc import Sequence
from typing import NamedTuple

import shapely
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account

__all__ = ["PlanLink", "PlanLinks", "plan_links"]


class PlanLinks(NamedTuple):
    """A shape in degrees of CGCS2000 and the ids of the plots that it names as its plans."""

    geometry: shapely.Geometry
    plan_ids: Sequence[int]


class PlanLink(NamedTuple):
    """One plot that another one names as its plan."""

    row: int
    """Position of the naming plot in the question."""
    plan_id: int
    plot_no: str
    year: int
    district: str
    planned: bool
    """A version of it, approved or working, has the stage ``planned``."""
    meets: bool
    """The naming plot shares ground with a planned version of it, not only a border."""


# Both versions of a plan count: a plot may carry it out as approved or as it is being redrawn.
_LINKS = text("""
WITH naming AS (
    SELECT given.n, ST_GeomFromWKB(decode(given.geom, 'hex'), :srid) AS geom, plan_id
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given(n integer, geom text, ids bigint[])
    CROSS JOIN LATERAL unnest(given.ids) AS plan_id
)
SELECT naming.n, v.plot_id, max(v.plot_no), max(v.year), max(v.district),
       bool_or(v.stage = 'planned'),
       bool_or(v.stage = 'planned' AND v.geom && naming.geom
               AND ST_Relate(v.geom, naming.geom, 'T********'))
FROM naming JOIN plot_version v ON v.plot_id = naming.plan_id
WHERE CAST(:counties AS text[]) IS NULL OR v.district = ANY(CAST(:counties AS text[]))
GROUP BY naming.n, v.plot_id
ORDER BY naming.n, v.plot_id
""")


def plan_links(
    connection: Connection, account: Account, rows: Sequence[PlanLinks]
) -> list[PlanLink]:
    """What the named plots are; ids without a plot in the account's scope are left out."""
    naming = [
        {"n": n, "geom": shapely.to_wkb(row.geometry, hex=True), "ids": list(row.plan_ids)}
        for n, row in enumerate(rows)
        if row.plan_ids
    ]
    if not naming:
        return []
    counties = None if account.counties is None else sorted(account.counties)
    values = {"rows": json.dumps(naming), "srid": CGCS2000, "counties": counties}
    return [PlanLink(*row) for row in connection.execute(_LINKS, values)]
