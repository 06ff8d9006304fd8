-- Marks the cells that share plots with some ground: the shares of these plots are to change.
--
-- boundary: number of a boundary that came, moved, ended or changed its level; its own cells are
--           not marked.
-- gone:     ground that it had before, if it is not in its cells any more; NULL for none.
-- levels:   only cells of districts of these levels. Returns nothing.
-- A share is measured with all parts of its plot, also those in districts beside. Plots that other
-- transactions are writing must be committed: the caller holds plot_version in SHARE mode.
-- Only functions of the owner call it. No table is read through: in the transaction of a bulk load
-- the planner has no statistics, and would read all plots for each cell.
CREATE OR REPLACE FUNCTION mark_cells_beside(boundary bigint, gone geometry, levels text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
SET enable_seqscan TO 'off'
AS $$
BEGIN
    INSERT INTO coverage_dirty (boundary_id, cell_id)
    SELECT DISTINCT beside.boundary_id, beside.id
    FROM (
        SELECT DISTINCT ON (v.plot_id) v.geom
        FROM (
            SELECT c.geom FROM district_cell c WHERE c.boundary_id = boundary
            UNION ALL
            SELECT part FROM cells_of(gone) part
        ) ground
        CROSS JOIN LATERAL (
            SELECT p.plot_id, p.geom FROM plot_version p
            WHERE p.slot = 'approved' AND p.stage IN ('planted', 'accepted', 'existing')
              AND p.geom && ground.geom AND ST_Intersects(p.geom, ground.geom) OFFSET 0
        ) v
        ORDER BY v.plot_id
    ) plot CROSS JOIN LATERAL (
        SELECT c.id, c.boundary_id FROM district_cell c
        WHERE c.boundary_id <> boundary AND c.geom && plot.geom
          AND ST_Intersects(c.geom, plot.geom) OFFSET 0
    ) beside
    JOIN district_boundary b ON b.id = beside.boundary_id AND b.valid_to IS NULL
    JOIN district d ON d.code = b.code
    WHERE d.level = ANY(levels);
END
$$;
COMMENT ON FUNCTION mark_cells_beside(bigint, geometry, text[]) IS
    'Marks the cells of other boundaries that share plots with a boundary';
REVOKE ALL ON FUNCTION mark_cells_beside(bigint, geometry, text[]) FROM PUBLIC;
