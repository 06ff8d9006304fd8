"""What lies around a plot, across the borders of scopes: for checks, which tell place and size."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UP = """
-- The whole tree is looked at, for ground must not be counted twice across a border either. What is
-- told of a foreign plot is decided in service/plots/validate.py: place, m2 and county, no more.
CREATE FUNCTION ground_around(shape geometry, but bigint[])
RETURNS TABLE (plot_id bigint, slot text, stage text, district text, geom geometry)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT v.plot_id, v.slot, v.stage, v.district, v.geom
    FROM plot_version v
    WHERE v.slot = 'approved' AND v.geom && shape AND v.stage <> 'cancelled'
      AND v.plot_id <> ALL (but) AND ST_Intersects(v.geom, shape)
    UNION ALL
    SELECT v.plot_id, v.slot, v.stage, v.district, v.geom
    FROM plot_version v
    WHERE v.slot = 'working' AND v.geom && shape AND v.stage <> 'cancelled'
      AND v.plot_id <> ALL (but) AND ST_Intersects(v.geom, shape)
$$;
COMMENT ON FUNCTION ground_around IS 'Plots that share a point with a shape, whoever may see them';
REVOKE ALL ON FUNCTION ground_around FROM PUBLIC;
"""

DOWN = "DROP FUNCTION ground_around(geometry, bigint[]);"


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
