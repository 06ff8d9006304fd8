"""Ground that does not count as green, for figures that are computed outside the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from gis.crs import CGCS2000
from gis.refusal import Refusal, allowed_parts, refused_parts
from service.web.timestamps import day_of, now

_RULE_THEN = """
    CROSS JOIN LATERAL (
        SELECT CASE WHEN %(moment)s::timestamptz IS NULL THEN l.rule
                    ELSE layer_at(l.code, %(moment)s) -> 'rule' END AS rule OFFSET 0
    ) its
"""
_RULES = (
    """
SELECT l.code, coalesce(its.rule -> 'stages', '["planned", "planted", "accepted"]'),
       its.rule -> 'kinds'
FROM layer l JOIN layer_version v ON v.layer = l.code
"""
    + _RULE_THEN
    + """
WHERE v.id = ANY (blocking_versions(%(day)s, %(moment)s)) ORDER BY l.code
"""
)
# Cells of the layers, in the order in which the database unites them.
_GROUND = (
    """
SELECT l.code, ST_AsBinary(c.geom)
FROM ({near}) few
JOIN layer_cell c ON c.id = few.id
JOIN layer_feature f ON f.id = c.feature_id
JOIN layer_version v ON v.id = c.version_id JOIN layer l ON l.code = v.layer
"""
    + _RULE_THEN
    + """
WHERE NOT jsonb_exists(its.rule, 'classes') OR jsonb_exists(its.rule -> 'classes', f.class)
ORDER BY c.id
"""
)
_IN_CELLS = _GROUND.format(
    near="""
    SELECT DISTINCT near.id
    FROM district_cell cell CROSS JOIN LATERAL (
        SELECT c.id, c.version_id FROM layer_cell c WHERE c.geom && cell.geom OFFSET 0
    ) near
    WHERE cell.id = ANY (%(marked)s)
      AND near.version_id = ANY (blocking_versions(%(day)s, %(moment)s))
"""
)
_IN_BOX = _GROUND.format(
    near="""
    SELECT near.id FROM layer_cell near
    WHERE near.version_id = ANY (blocking_versions(%(day)s, %(moment)s))
      AND near.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, %(srid)s)
"""
)


def refusal_in_cells(
    connection: Connection, marked: Sequence[int], stages: Sequence[str], kinds: Sequence[str]
) -> Refusal:
    """What layers refuse to plots in marked cells today; ``stages`` and ``kinds`` are theirs."""
    return _read(
        connection, _IN_CELLS, {"marked": list(marked), "day": None, "moment": None}, stages, kinds
    )


def allowed_on(
    connection: Connection,
    shapes: NDArray[np.object_],
    stages: Sequence[str],
    kinds: Sequence[str],
    moment: datetime | None,
) -> NDArray[np.object_]:
    """Shapes of plots without the ground that layers refuse them; some may be empty.

    By the versions, roles and rules of ``moment``; None is now.
    """
    if not len(shapes):
        return shapes
    names = ("west", "south", "east", "north")
    box = dict(zip(names, shapely.total_bounds(shapes).tolist(), strict=True))
    params = box | {"day": day_of(moment or now()), "moment": moment, "srid": CGCS2000}
    refusal = _read(connection, _IN_BOX, params, stages, kinds)
    refused = refused_parts(shapes, np.arange(len(shapes)), refusal)
    return allowed_parts(shapes, refused)


def _read(
    connection: Connection,
    statement: str,
    params: dict[str, Any],
    stages: Sequence[str],
    kinds: Sequence[str],
) -> Refusal:
    driver: Any = connection.connection.driver_connection
    with driver.cursor(binary=True) as cursor:
        rules = cursor.execute(
            _RULES, {name: params[name] for name in ("day", "moment")}
        ).fetchall()
        if not rules:
            return Refusal.none(len(stages))
        ground = cursor.execute(statement, params).fetchall()
    number = {code: n for n, (code, _, _) in enumerate(rules)}
    stage, kind = np.array(stages, dtype=object), np.array(kinds, dtype=object)
    binds = np.zeros((len(stages), len(rules)), dtype=np.bool_)
    for n, (_, its_stages, its_kinds) in enumerate(rules):
        binds[:, n] = np.isin(stage, its_stages)
        if its_kinds is not None:
            binds[:, n] &= np.isin(kind, its_kinds)
    shapes = np.asarray(shapely.from_wkb([bytes(wkb) for _, wkb in ground]), dtype=object)
    return Refusal(shapes, np.array([number[code] for code, _ in ground], dtype=np.int64), binds)
