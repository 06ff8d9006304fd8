"""What is kept of the coverage against what is computed anew."""

from importlib import import_module

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_FIGURES = import_module("service.database.carry_over.versions.0009_coverage_figures")

# Of marked cells nothing is promised; everything else must be what the same functions give.
FAULTS = f"""
CREATE FUNCTION coverage_faults(boundary bigint, tolerance double precision)
RETURNS TABLE (what text, cell_id bigint, groups text, grp text,
               kept_m2 double precision, found_m2 double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    clean bigint[];
BEGIN
    SELECT coalesce(array_agg(c.id), '{{}}') INTO clean FROM district_cell c
    WHERE c.boundary_id = boundary
      AND NOT EXISTS (SELECT 1 FROM coverage_dirty d
                      WHERE d.boundary_id = boundary AND d.cell_id = c.id);
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT * FROM coverage_pieces(clean)
    ), piece AS MATERIALIZED (
        SELECT p.*, g.grouping, g.grp FROM found p JOIN kind k ON k.code = p.kind
        {_FIGURES.GROUPS}
    ), {_FIGURES.SUMS.format(moment="NULL")}
    SELECT 'piece', coalesce(kept.cell_id, found.cell_id), 'plot',
           coalesce(kept.plot_id, found.plot_id)::text, kept.area_m2, found.area_m2
    FROM found FULL JOIN (
        SELECT * FROM coverage_piece p WHERE p.cell_id = ANY(clean)
    ) kept ON kept.cell_id = found.cell_id AND kept.plot_id = found.plot_id
    WHERE abs(kept.area_m2 - found.area_m2) > tolerance * found.area_m2
       OR (kept.whole, kept.counted, kept.mates, kept.crowd IS NULL, kept.crowd_plots)
          IS DISTINCT FROM
          (found.whole, found.counted, found.mates, found.crowd IS NULL, found.crowd_plots)
       OR abs(kept.crowd_m2 - found.crowd_m2) > tolerance * found.crowd_m2
       OR kept.cell_id IS NULL OR found.cell_id IS NULL
    UNION ALL
    SELECT 'cell', coalesce(kept.cell_id, figure.cell_id),
           coalesce(kept.grouping, figure.grouping), coalesce(kept.grp, figure.grp),
           kept.green_m2, figure.green_m2
    FROM figure FULL JOIN (
        SELECT * FROM coverage_cell c WHERE c.cell_id = ANY(clean)
    ) kept ON kept.cell_id = figure.cell_id AND kept.grouping = figure.grouping
          AND kept.grp = figure.grp
    WHERE abs(kept.green_m2 - figure.green_m2) > tolerance * figure.sum_m2
       OR abs(kept.sum_m2 - figure.sum_m2) > tolerance * figure.sum_m2
       OR kept.plot_count <> figure.plot_count
       OR kept.cell_id IS NULL OR figure.cell_id IS NULL
    UNION ALL
    SELECT 'district', NULL, coalesce(kept.grouping, added.grouping),
           coalesce(kept.grp, added.grp), kept.green_m2, added.green_m2
    FROM (
        SELECT c.grouping, c.grp, sum(c.green_m2) AS green_m2, sum(c.sum_m2) AS sum_m2,
               sum(c.plot_count) AS plot_count
        FROM coverage_cell c WHERE c.boundary_id = boundary GROUP BY c.grouping, c.grp
    ) added FULL JOIN (
        SELECT * FROM coverage_district f WHERE f.boundary_id = boundary
    ) kept ON kept.grouping = added.grouping AND kept.grp = added.grp
    WHERE abs(kept.green_m2 - added.green_m2) > tolerance * added.sum_m2
       OR abs(kept.sum_m2 - added.sum_m2) > tolerance * added.sum_m2
       OR kept.plot_count <> added.plot_count
       OR kept.grp IS NULL OR added.grp IS NULL
    UNION ALL
    SELECT 'stray', stray.cell_id, '', '', NULL, NULL
    FROM (SELECT DISTINCT p.cell_id FROM coverage_piece p WHERE p.boundary_id = boundary
          UNION SELECT c.cell_id FROM coverage_cell c WHERE c.boundary_id = boundary) stray
    WHERE NOT EXISTS (SELECT 1 FROM district_cell c
                      WHERE c.id = stray.cell_id AND c.boundary_id = boundary);
END
$$;
COMMENT ON FUNCTION coverage_faults IS
    'Where the kept figures of a boundary differ from those computed anew by the same cells';
REVOKE ALL ON FUNCTION coverage_faults FROM PUBLIC;

CREATE FUNCTION forget_coverage(boundary bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT 1 FROM district_boundary WHERE id = boundary FOR NO KEY UPDATE;
    DELETE FROM coverage_piece WHERE boundary_id = boundary;
    DELETE FROM coverage_cell WHERE boundary_id = boundary;
    DELETE FROM coverage_district WHERE boundary_id = boundary;
    INSERT INTO coverage_dirty (boundary_id, cell_id)
    SELECT boundary_id, id FROM district_cell WHERE boundary_id = boundary;
$$;
COMMENT ON FUNCTION forget_coverage IS 'Marks all cells of a boundary, as if it were new';
REVOKE ALL ON FUNCTION forget_coverage FROM PUBLIC;
"""  # noqa: S608 - the parts are constants of ours

DOWN = """
DROP FUNCTION forget_coverage(bigint);
DROP FUNCTION coverage_faults(bigint, double precision);
"""


def upgrade() -> None:
    """Forward."""
    op.execute(FAULTS)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
