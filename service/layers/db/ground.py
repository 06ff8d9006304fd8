"""What shapes share with the layers in force."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from gis.errors import GeometryError
from gis.messages import Message
from gis.nearby import is_wide, nearby
from gis.shared_area import MANY_VERTICES, refuse_costly_cut
from service.database.sent_shapes import sent_shapes

# Shapes in one statement: their vertices are sent at once.
BATCH = 1_000
# Of more it is asked first which of them have layers around them.
_FEW = 20
# Parts of layers that an outline is compared with, and a long one, which takes four seconds.
MAX_CELLS = 20_000
MAX_CELLS_OF_LONG = 5_000

_SHARED = text("""
SELECT g.*, l.label_zh, l.label_en, l.role
FROM ground_on_layers(
    (SELECT array_agg(ST_GeomFromWKB(decode(given.wkb, 'hex'), :srid) ORDER BY given.n)
     FROM unnest(string_to_array(:shapes, ',')) WITH ORDINALITY AS given(wkb, n)),
    CAST(:stages AS text[]), CAST(:kinds AS text[]), CAST(:day AS date)) g
JOIN layer l ON l.code = g.layer
ORDER BY g.shape_no, array_position('{block,warn,info}', g.severity), g.layer, g.class
""")

_NEAR = text("""
SELECT box.n
FROM unnest(CAST(:west AS double precision[]), CAST(:south AS double precision[]),
            CAST(:east AS double precision[]), CAST(:north AS double precision[]))
    WITH ORDINALITY AS box(west, south, east, north, n)
WHERE EXISTS (
    SELECT FROM layer_cell c
    WHERE c.geom && ST_MakeEnvelope(box.west, box.south, box.east, box.north, :srid)
      AND c.version_id = ANY (ARRAY(
          SELECT v.id FROM layer_version v JOIN layer l ON l.code = v.layer
          WHERE l.role <> 'base' AND v.valid_from <= :day
            AND (v.valid_to IS NULL OR v.valid_to > :day))))
""")

_CELLS = text("""
SELECT ST_AsBinary(c.geom) AS wkb
FROM layer_cell c
JOIN layer_version v ON v.id = c.version_id
    AND v.valid_from <= :day AND (v.valid_to IS NULL OR v.valid_to > :day)
JOIN layer l ON l.code = v.layer AND l.role <> 'base'
WHERE c.geom && ST_MakeEnvelope(:west, :south, :east, :north, :srid)
LIMIT :row_limit
""")

_REFUSED = text("""
SELECT ST_AsBinary(f.geom) AS wkb
FROM layer_feature f
JOIN layer_version v ON v.id = f.version_id
    AND v.valid_from <= :day AND (v.valid_to IS NULL OR v.valid_to > :day)
JOIN layer l ON l.code = v.layer AND l.role = 'block'
CROSS JOIN ST_GeomFromWKB(:wkb, :srid) AS drawn(geom)
WHERE f.geom && drawn.geom
  AND EXISTS (SELECT 1 FROM layer_cell c WHERE c.feature_id = f.id AND c.geom && drawn.geom
              AND ST_Intersects(c.geom, drawn.geom))
  AND (NOT jsonb_exists(l.rule, 'kinds') OR CAST(:kind AS text) IS NULL
       OR jsonb_exists(l.rule -> 'kinds', :kind))
  AND (NOT jsonb_exists(l.rule, 'classes') OR jsonb_exists(l.rule -> 'classes', f.class))
  AND jsonb_exists(coalesce(l.rule -> 'stages', '["planned", "planted", "accepted"]'), :stage)
LIMIT :row_limit
""")


# Ground is united once for all plots that the same versions refuse.
_REFUSED_TO = text("""
WITH given AS MATERIALIZED (
    SELECT g.stage, g.kind, ARRAY(
        SELECT v.id FROM layer_version v JOIN layer l ON l.code = v.layer
        WHERE v.id = ANY (blocking.ids)
          AND jsonb_exists(coalesce(l.rule -> 'stages', '["planned", "planted", "accepted"]'),
                           g.stage)
          AND (g.kind IS NULL OR NOT jsonb_exists(l.rule, 'kinds')
               OR jsonb_exists(l.rule -> 'kinds', g.kind))
        ORDER BY v.id) AS versions
    FROM (SELECT blocking_versions(:day) AS ids OFFSET 0) blocking
    CROSS JOIN unnest(CAST(:stages AS text[]), CAST(:kinds AS text[])) AS g(stage, kind)
), refused AS MATERIALIZED (
    SELECT versions, refused_ground(
        ST_GeomFromWKB(:wkb, :srid), min(stage), min(kind), versions) AS ground
    FROM given WHERE versions <> '{}' GROUP BY versions
)
SELECT given.stage, given.kind, ST_AsBinary(refused.ground) AS wkb
FROM given JOIN refused ON refused.versions = given.versions
""")


def refused_to(
    connection: Connection,
    shape: BaseGeometry,
    plots: Collection[tuple[str, str | None]],
    day: date,
) -> dict[tuple[str, str | None], BaseGeometry]:
    """What of a shape layers refuse to plots of some stages and kinds on a day.

    Parameters
    ----------
    shape
        A valid polygon in degrees of CGCS2000.
    plots
        Stage and kind of each; a kind of None is any kind.

    Returns
    -------
    dict
        The ground by stage and kind; those that are refused nothing are left out.
    """
    values = {
        "wkb": shapely.to_wkb(shape),
        "srid": CGCS2000,
        "stages": [stage for stage, _ in plots],
        "kinds": [kind for _, kind in plots],
        "day": day,
    }
    rows = connection.execute(_REFUSED_TO, values).all()
    return {(row.stage, row.kind): shapely.from_wkb(row.wkb) for row in rows if row.wkb is not None}


def shared_ground(
    connection: Connection,
    shapes: Sequence[BaseGeometry],
    stages: Sequence[str],
    kinds: Sequence[str | None],
    day: date,
) -> list[tuple[int, Mapping[str, Any]]]:
    """Rows of `ground_on_layers` with the labels of the layers, each with its shape from 0."""
    drawn = np.empty(len(shapes), dtype=object)
    drawn[:] = shapes
    numbers = np.flatnonzero(~shapely.is_empty(drawn))
    if len(numbers) > _FEW:
        numbers = _near_layers(connection, drawn, numbers, day)
    rows: list[tuple[int, Mapping[str, Any]]] = []
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH].tolist()
        values: dict[str, Any] = {
            "shapes": sent_shapes(drawn[batch].tolist()),
            "stages": [stages[n] for n in batch],
            "kinds": [kinds[n] for n in batch],
            "srid": CGCS2000,
            "day": day,
        }
        shared_rows = connection.execute(_SHARED, values).mappings()
        rows += [(batch[row["shape_no"] - 1], dict(row)) for row in shared_rows]
    return rows


def _near_layers(
    connection: Connection, drawn: NDArray[np.object_], numbers: NDArray[np.intp], day: date
) -> NDArray[np.intp]:
    """Those of the numbered shapes around which there is a layer, and all wide ones."""
    wide = is_wide(drawn[numbers])
    found = [numbers[wide]]
    small = numbers[~wide]
    for near in nearby(drawn[small], BATCH):
        west, south, east, north = near.boxes.T.tolist()
        box: dict[str, Any] = {"west": west, "south": south, "east": east, "north": north}
        boxes = connection.scalars(_NEAR, {**box, "srid": CGCS2000, "day": day}).all()
        found.append(small[near.rows[np.isin(near.box, np.array(boxes, dtype=np.intp) - 1)]])
    return np.concatenate(found)


def refuse_costly_ground(connection: Connection, shape: BaseGeometry, day: date) -> None:
    """Refuse an outline that meets layers so often that `shared_ground` would take minutes.

    Raises
    ------
    GeometryError
        ``too_many_edges``, with a bound.
    """
    west, south, east, north = shape.bounds
    box = {"west": west, "south": south, "east": east, "north": north, "srid": CGCS2000}
    vertices = int(shapely.get_num_coordinates(shape))
    most = MAX_CELLS_OF_LONG if vertices > MANY_VERTICES else MAX_CELLS
    rows = connection.execute(_CELLS, {**box, "day": day, "row_limit": most + 1}).all()
    if len(rows) > most:
        raise GeometryError(
            Message(
                f"图形有 {vertices} 个顶点，范围内的图层地块超过 {most} 块；"
                "请画小一些，或分成几块。",
                f"The shape has {vertices} vertices and more than {most} parts of layers "
                "around it: draw it smaller, or split it.",
            ),
            code="too_many_edges",
        )
    refuse_costly_cut(shape, list(shapely.from_wkb(np.array([row.wkb for row in rows]))))


def refused_shapes(
    connection: Connection,
    shape: BaseGeometry,
    stage: str,
    kind: str | None,
    day: date,
    *,
    limit: int,
) -> list[BaseGeometry]:
    """Features of layers that refuse the plot, whole; one more than ``limit`` at most."""
    values = {
        "wkb": shapely.to_wkb(shape),
        "srid": CGCS2000,
        "stage": stage,
        "kind": kind,
        "day": day,
        "row_limit": limit + 1,
    }
    return [shapely.from_wkb(row.wkb) for row in connection.execute(_REFUSED, values)]
