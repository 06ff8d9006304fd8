"""Figures that are not kept: of some plots, and of a moment that has passed."""

from importlib import import_module

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# From pieces to figures as for those that are kept: one text, so that both agree.
SUMS = import_module("service.database.carry_over.versions.0009_coverage_figures").SUMS

INDEXES = """
CREATE INDEX plot_version_figures_idx ON plot_version (year, kind)
    INCLUDE (plot_id, stage, programme) WHERE slot = 'approved';
CREATE INDEX plot_history_approved_geom_idx ON plot_history USING gist (geom)
    WHERE slot = 'approved';
CREATE INDEX plot_history_valid_from_idx ON plot_history (valid_from);
"""

# The boundary that held on a day; where none did, the first one after it.
# Only cells in which something changed since the moment are computed for it.
EXTENT = """
CREATE FUNCTION codes_in_scope(codes text[]) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
DECLARE
    seen text[] := current_scope();
BEGIN
    IF seen = '{*}' THEN
        RETURN QUERY SELECT d.code FROM district d WHERE codes IS NULL OR d.code = ANY(codes);
    ELSE
        RETURN QUERY
        WITH RECURSIVE mine AS (
            SELECT d.code FROM district d WHERE d.code = ANY(seen)
            UNION
            SELECT d.code FROM district d JOIN mine ON d.parent = mine.code
        )
        SELECT mine.code FROM mine WHERE codes IS NULL OR mine.code = ANY(codes);
    END IF;
END
$$;
COMMENT ON FUNCTION codes_in_scope IS 'Those of the districts that the transaction may see';
REVOKE ALL ON FUNCTION codes_in_scope FROM PUBLIC;

CREATE FUNCTION coverage_extent(
    codes text[], moment timestamptz, few integer,
    OUT kept bigint[], OUT fresh bigint[], OUT waiting bigint, OUT oldest timestamptz
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    past bigint[];
BEGIN
    SELECT array_agg(b.id) FILTER (WHERE b.valid_to IS NULL),
           array_agg(b.id) FILTER (WHERE b.valid_to IS NOT NULL)
    INTO kept, past
    FROM codes_in_scope(codes) AS mine(code) CROSS JOIN LATERAL (
        SELECT id, valid_to FROM district_boundary d
        WHERE d.code = mine.code
          AND (d.valid_to IS NULL OR d.valid_to > (moment AT TIME ZONE 'UTC')::date)
        ORDER BY d.valid_from LIMIT 1
    ) b;
    SELECT array_agg(DISTINCT d.cell_id), min(d.since) INTO fresh, oldest
    FROM coverage_dirty d WHERE d.boundary_id = ANY(kept);
    waiting := 0;
    IF cardinality(fresh) > few THEN
        waiting := cardinality(fresh);
        fresh := NULL;
    ELSE
        oldest := NULL;
    END IF;
    IF moment IS NOT NULL THEN
        SELECT array_agg(DISTINCT one.id) INTO fresh FROM (
            SELECT unnest(fresh) AS id
            UNION ALL
            SELECT c.id FROM district_cell c WHERE c.boundary_id = ANY(past)
            UNION ALL
            SELECT c.id
            FROM (SELECT DISTINCT h.plot_id FROM plot_history h WHERE h.valid_from > moment) since
            JOIN plot_history h ON h.plot_id = since.plot_id AND h.slot = 'approved'
                AND h.stage IN ('planted', 'accepted', 'existing')
                AND (h.valid_to IS NULL OR h.valid_to > moment)
            CROSS JOIN LATERAL (
                SELECT c.id, c.boundary_id FROM district_cell c
                WHERE c.geom && h.geom AND ST_Intersects(c.geom, h.geom) OFFSET 0
            ) c
            WHERE c.boundary_id = ANY(kept)
        ) one;
    END IF;
    kept := coalesce(kept, '{}');
    fresh := coalesce(fresh, '{}');
END
$$;
COMMENT ON FUNCTION coverage_extent IS
    'Boundaries that have figures, the cells to be computed anew for them, and the marked cells that are too many for that';
REVOKE ALL ON FUNCTION coverage_extent FROM PUBLIC;
"""

PIECES = """
CREATE FUNCTION figure_pieces(
    kept bigint[], fresh bigint[], moment timestamptz,
    of_year integer, of_kinds text[], of_programmes text[]
) RETURNS TABLE (
    cell_id bigint, plot_id bigint, boundary_id bigint, area_m2 double precision, whole boolean,
    counted boolean, mates bigint[], lost_m2 double precision[],
    crowd integer, crowd_m2 double precision, crowd_plots integer,
    stage text, kind text, year integer, programme text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
    IF cardinality(kept) > 0 THEN
        RETURN QUERY
        SELECT piece.cell_id, piece.plot_id, piece.boundary_id, piece.area_m2, piece.whole,
               piece.counted, piece.mates, piece.lost_m2, piece.crowd, piece.crowd_m2, piece.crowd_plots,
               p.stage, p.kind, p.year, p.programme
        FROM plot_version p JOIN coverage_piece piece ON piece.plot_id = p.plot_id
        WHERE p.slot = 'approved'
          AND (of_year IS NULL OR p.year = of_year)
          AND (of_kinds IS NULL OR p.kind = ANY(of_kinds))
          AND (of_programmes IS NULL OR p.programme = ANY(of_programmes))
          AND piece.boundary_id IN (SELECT unnest(kept))
          AND piece.cell_id NOT IN (SELECT unnest(fresh));
    END IF;
    IF cardinality(fresh) > 0 THEN
        RETURN QUERY
        SELECT piece.* FROM coverage_pieces(fresh, moment) piece
        WHERE (of_year IS NULL OR piece.year = of_year)
          AND (of_kinds IS NULL OR piece.kind = ANY(of_kinds))
          AND (of_programmes IS NULL OR piece.programme = ANY(of_programmes));
    END IF;
END
$$;
COMMENT ON FUNCTION figure_pieces IS
    'What some plots have in the cells of boundaries: as kept, and computed for the fresh cells';
REVOKE ALL ON FUNCTION figure_pieces FROM PUBLIC;
"""

FIGURES = f"""
CREATE FUNCTION coverage_figures(
    codes text[], by_grouping text, moment timestamptz, few integer,
    of_year integer, of_kinds text[], of_programmes text[]
) RETURNS TABLE (code text, grp text, green_m2 double precision, sum_m2 double precision,
                 plot_count bigint, pending_cells bigint, pending_since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    extent record;
    -- Cells that did not change since the moment have their figures already.
    known  boolean := by_grouping <> 'kind' AND of_year IS NULL AND of_kinds IS NULL
                      AND of_programmes IS NULL;
BEGIN
    SELECT * INTO extent FROM coverage_extent(codes, moment, few);
    RETURN QUERY SELECT NULL::text, NULL::text, NULL::double precision, NULL::double precision,
                        NULL::bigint, extent.waiting, extent.oldest;
    RETURN QUERY
    WITH piece AS MATERIALIZED (
        SELECT p.*, by_grouping AS grouping,
               CASE by_grouping WHEN 'all' THEN '' WHEN 'kind' THEN p.kind
                                WHEN 'stage' THEN p.stage ELSE k.green_class END AS grp
        FROM figure_pieces(CASE WHEN known THEN '{{}}' ELSE extent.kept END, extent.fresh, moment,
                           of_year, of_kinds, of_programmes) p
        LEFT JOIN kind k ON k.code = p.kind
    ), {SUMS.format(moment="moment")}, cell AS (
        SELECT boundary_id, cell_id, grp, green_m2, sum_m2, plot_count FROM figure
        UNION ALL
        SELECT stored.boundary_id, stored.cell_id, stored.grp, stored.green_m2, stored.sum_m2,
               stored.plot_count
        FROM coverage_cell stored
        WHERE known AND stored.grouping = by_grouping
          AND stored.boundary_id IN (SELECT unnest(extent.kept))
          AND stored.cell_id NOT IN (SELECT unnest(extent.fresh))
    )
    SELECT b.code, cell.grp, sum(cell.green_m2 ORDER BY cell.cell_id),
           sum(cell.sum_m2 ORDER BY cell.cell_id), sum(cell.plot_count)::bigint,
           NULL::bigint, NULL::timestamptz
    FROM cell JOIN district_boundary b ON b.id = cell.boundary_id
    GROUP BY b.code, cell.grp;
END
$$;
COMMENT ON FUNCTION coverage_figures IS
    'As live_coverage, for some plots and as it stood at a moment';
REVOKE ALL ON FUNCTION coverage_figures FROM PUBLIC;

CREATE FUNCTION coverage_plots(
    codes text[], moment timestamptz, few integer,
    of_year integer, of_kinds text[], of_programmes text[]
) RETURNS TABLE (plot_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
DECLARE
    extent record;
BEGIN
    SELECT * INTO extent FROM coverage_extent(codes, moment, few);
    RETURN QUERY
    SELECT DISTINCT p.plot_id
    FROM figure_pieces(extent.kept, extent.fresh, moment, of_year, of_kinds, of_programmes) p;
END
$$;
COMMENT ON FUNCTION coverage_plots IS 'Numbers of the plots that make figures, foreign ones too';
REVOKE ALL ON FUNCTION coverage_plots FROM PUBLIC;
"""  # noqa: S608 - the parts are constants of ours

DOWN = """
DROP FUNCTION coverage_plots(text[], timestamptz, integer, integer, text[], text[]);
DROP FUNCTION coverage_figures(text[], text, timestamptz, integer, integer, text[], text[]);
DROP FUNCTION figure_pieces(bigint[], bigint[], timestamptz, integer, text[], text[]);
DROP FUNCTION coverage_extent(text[], timestamptz, integer);
DROP FUNCTION codes_in_scope(text[]);
DROP INDEX plot_history_valid_from_idx;
DROP INDEX plot_history_approved_geom_idx;
DROP INDEX plot_version_figures_idx;
"""


def upgrade() -> None:
    """Forward."""
    for part in (INDEXES, EXTENT, PIECES, FIGURES):
        op.execute(part)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
