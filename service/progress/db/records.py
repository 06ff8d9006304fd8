"""Records of a register as a figure: their number, m², m or the sum of a field, at any moment."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, text

from data.indicators import RegisterMeasure

__all__ = ["RecordGround", "records_behind", "records_by_county", "records_quantity"]

# A record that names a plan counts in it; any other by the day on which it came to its state.
_CHOSEN = """
WITH wanted AS (
    SELECT s.code FROM register_state s
    WHERE s.register = :register
      AND CASE WHEN cardinality(CAST(:states AS text[])) > 0
               THEN s.code = ANY(CAST(:states AS text[])) ELSE s.counts END
), version AS (
    SELECT r.id, r.number, r.name, r.county, r.unit, r.plan, r.state, r.since, r.geom,
           r.field_values
    FROM record r
    WHERE CAST(:moment AS timestamptz) IS NULL AND r.register = :register
    UNION ALL
    SELECT h.record_id, h.content ->> 'number', h.content ->> 'name', h.county, h.unit,
           h.content ->> 'plan', h.content ->> 'state', CAST(h.content ->> 'since' AS date),
           h.geom, h.content -> 'field_values'
    FROM (
        SELECT DISTINCT ON (record_id) * FROM record_history
        WHERE register = :register AND at <= CAST(:moment AS timestamptz)
        ORDER BY record_id, id DESC
    ) h
    WHERE h.operation <> 'DELETE'
), chosen AS (
    SELECT v.* FROM version v
    WHERE v.state IN (SELECT code FROM wanted)
      AND (v.plan = :plan OR (v.plan IS NULL AND v.since >= :first AND v.since < :after))
      AND (CAST(:scope AS text[]) IS NULL OR v.county = ANY(CAST(:scope AS text[]))
           OR v.unit = ANY(CAST(:own_units AS text[])))
      AND (CAST(:counties AS text[]) IS NULL OR v.county = ANY(CAST(:counties AS text[]))
           OR (:reaching AND EXISTS (
               SELECT FROM district_cell c JOIN district_boundary b ON b.id = c.boundary_id
               WHERE c.code = ANY(CAST(:counties AS text[])) AND b.valid_to IS NULL
                 AND ST_Intersects(c.geom, v.geom))))
      AND (CAST(:unit AS text) IS NULL OR v.unit = :unit)
      AND (CAST(:area AS text) IS NULL OR EXISTS (
          SELECT FROM area a WHERE a.code = :area AND ST_Intersects(a.geom, v.geom)))
)
"""
# Of an area what lies in it, of a unit whatever it has; what lies on each other counts once.
_WITHIN = """
SELECT coalesce({measured}(CASE WHEN a.code IS NULL THEN whole.geom
                ELSE ST_Intersection(whole.geom, a.geom) END::geography), 0)
FROM (SELECT ST_UnaryUnion(ST_Collect(geom)) AS geom FROM chosen
      WHERE ST_Dimension(geom) = {dimension}) whole
LEFT JOIN area a ON a.code = :area
"""
_DIMENSIONS: Final = {"length": 1, "area": 2}
_QUANTITIES = {
    "count": "SELECT count(*)::double precision FROM chosen",
    "districts": "SELECT count(DISTINCT county)::double precision FROM chosen",
    "area": _WITHIN.format(measured="ST_Area", dimension=2),
    "length": _WITHIN.format(measured="ST_Length", dimension=1),
    "field": """
        SELECT coalesce(sum((field_values ->> :field)::double precision), 0) FROM chosen
        WHERE jsonb_typeof(field_values -> :field) = 'number'
    """,
}
# The same for each county: those of several counties add up.
_BY_COUNTY = {
    "count": "SELECT county, count(*)::double precision FROM chosen GROUP BY county",
    "districts": "SELECT DISTINCT county, 1::double precision FROM chosen",
    "field": """
        SELECT county, sum((field_values ->> :field)::double precision) FROM chosen
        WHERE jsonb_typeof(field_values -> :field) = 'number' GROUP BY county
    """,
}
_GROUND = text("""
SELECT county, quantity FROM record_ground(:register, CAST(:states AS text[]), :plan,
    CAST(:first AS date), CAST(:after AS date), CAST(:moment AS timestamptz), :dimension)
""")
_BEHIND = "SELECT id, number, name, county, state, since FROM chosen ORDER BY id"


class RecordGround(NamedTuple):
    """Which records count: those of the scope, of a plan, and of counties, an area or a unit."""

    scope: tuple[str, ...] | None
    own_units: tuple[str, ...]
    plan: str
    first: date
    after: date
    moment: datetime | None
    counties: tuple[str, ...] | None = None
    area: str | None = None
    unit: str | None = None


def records_quantity(
    connection: Connection, measure: RegisterMeasure, ground: RecordGround
) -> float:
    """The figure of the records that count: a number, m², m, or the sum of a field."""
    what, _, field = measure.what.partition(":")
    statement = text(_CHOSEN + _QUANTITIES[what])
    params = _params(measure, ground)
    if what == "field":
        params["field"] = field
    return float(connection.scalar(statement, params) or 0)


def records_by_county(
    connection: Connection, measure: RegisterMeasure, ground: RecordGround
) -> dict[str, float]:
    """As `records_quantity`, county by county; those without such records are missing.

    Lengths and areas are cut at the borders of counties, so that they add up; they hold what
    records of neighbours have in a county.
    """
    what, _, field = measure.what.partition(":")
    params = _params(measure, ground)
    if what in _DIMENSIONS:
        rows = connection.execute(_GROUND, params | {"dimension": _DIMENSIONS[what]})
    else:
        if what == "field":
            params["field"] = field
        rows = connection.execute(text(_CHOSEN + _BY_COUNTY[what]), params)
    return {county: float(value or 0) for county, value in rows if county is not None}


def records_behind(
    connection: Connection, measure: RegisterMeasure, ground: RecordGround
) -> Sequence[Any]:
    """The records that count: id, number, name, county, state and since."""
    return connection.execute(text(_CHOSEN + _BEHIND), _params(measure, ground)).mappings().all()


def _params(measure: RegisterMeasure, ground: RecordGround) -> dict[str, Any]:
    values = ground._asdict()
    for name in ("scope", "own_units", "counties"):
        values[name] = None if values[name] is None else list(values[name])
    return values | {
        "register": measure.register,
        "states": list(measure.states),
        # Of lines and ground a county has what reaches into it.
        "reaching": measure.what in _DIMENSIONS,
    }
