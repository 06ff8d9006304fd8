"""What a check may learn of plots beyond the scope: approved ground within 200 m of it, no more."""

from importlib import import_module

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

UP = """
DROP FUNCTION ground_around(geometry, bigint[]);

-- Of one's own plots both versions, whole. Of foreign ones the approved version alone, and of it
-- only the ground within 200 m of the scope, without its number: no number that a caller names
-- says anything of it. Both parts end one row beyond their bounds.
CREATE FUNCTION ground_around(
    shape geometry, max_own integer, max_foreign integer
) RETURNS TABLE (plot_id bigint, slot text, stage text, district text, geom geometry)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    seen text[] := current_scope();
    near geometry;
BEGIN
    RETURN QUERY
    SELECT v.plot_id, v.slot, v.stage, v.district, v.geom
    FROM plot_version v
    WHERE v.geom && shape AND v.stage <> 'cancelled'
      AND (seen = '{*}' OR v.district = ANY (seen)) AND ST_Intersects(v.geom, shape)
    LIMIT max_own + 1;
    IF seen = '{*}' THEN
        RETURN;
    END IF;
    -- The ground of the shape within 200 m of the scope; 0.02 degrees are more than 200 m of
    -- longitude up to 84 degrees north. Only cells near the shape are widened.
    -- ST_Buffer of a geography answers in WGS 84, centimetres from CGCS2000.
    SELECT ST_SetSRID(ST_Union(ST_Buffer(c.geom::geography, 200)::geometry), ST_SRID(shape))
    INTO near
    FROM district_cell c
    JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
    WHERE c.code = ANY (seen) AND c.geom && ST_Expand(ST_Envelope(shape), 0.02)
      AND EXISTS (
          SELECT 1 FROM plot_version v
          WHERE v.slot = 'approved' AND v.stage <> 'cancelled' AND NOT v.district = ANY (seen)
            AND v.geom && shape AND v.geom && ST_Expand(c.geom, 0.02));
    IF near IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT NULL::bigint, cut.slot, cut.stage, cut.district, cut.geom
    FROM (
        SELECT v.slot, v.stage, v.district,
               ST_CollectionExtract(ST_Intersection(v.geom, near), 3) AS geom
        FROM plot_version v
        WHERE v.slot = 'approved' AND v.geom && shape AND v.stage <> 'cancelled'
          AND NOT v.district = ANY (seen) AND v.geom && near
          AND ST_Intersects(v.geom, shape) AND ST_Intersects(v.geom, near)
        LIMIT max_foreign + 1
    ) cut
    WHERE NOT ST_IsEmpty(cut.geom) AND ST_Intersects(cut.geom, shape);
END
$$;
COMMENT ON FUNCTION ground_around(geometry, integer, integer) IS
    'Own plots that share a point with a shape, and approved foreign ground within 200 m of the scope';
REVOKE ALL ON FUNCTION ground_around(geometry, integer, integer) FROM PUBLIC;
"""

_BEFORE: str = import_module("service.database.carry_over.versions.0006_ground_around").UP
DOWN = f"""
DROP FUNCTION ground_around(geometry, integer, integer);
{_BEFORE}
"""


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
