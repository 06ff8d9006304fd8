-- Marks the cells that share plots with some ground: the shares of these plots are to change.
--
-- boundary: number of a boundary that came, moved, ended or changed its level; its own cells are
--           not marked.
-- gone:     ground that it had and has no more; NULL for none.
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
DECLARE
    ground geometry[] := ARRAY(
        SELECT c.geom FROM district_cell c JOIN district_boundary b ON b.id = c.boundary_id
        WHERE b.id = boundary AND b.valid_to IS NULL
        UNION ALL
        SELECT part FROM cells_of(gone) part);
    box geometry := (
        SELECT ST_SetSRID(ST_Extent(part)::geometry, 4490) FROM unnest(ground) part);
    -- A boundary all of whose cells this transaction marked, as a new one, needs no mark more.
    others bigint[] := ARRAY(
        SELECT b.id FROM district_boundary b JOIN district d ON d.code = b.code
        WHERE b.geom && box AND b.valid_to IS NULL AND b.id <> boundary AND d.level = ANY(levels)
          AND (SELECT count(*) FROM district_cell c WHERE c.boundary_id = b.id)
              > (SELECT count(DISTINCT m.cell_id) FROM coverage_dirty m
                 WHERE m.boundary_id = b.id AND m.xmin = pg_current_xact_id()::xid));
BEGIN
    IF others = '{}' THEN
        RETURN;
    END IF;
    INSERT INTO coverage_dirty (boundary_id, cell_id)
    SELECT DISTINCT beside.boundary_id, beside.id
    FROM (
        SELECT DISTINCT v.plot_id
        FROM (
            SELECT part AS geom, EXISTS (
                SELECT FROM district_cell c
                WHERE c.geom && part AND c.boundary_id = ANY(others)) AS beside_others
            FROM unnest(ground) part
        ) piece
        CROSS JOIN LATERAL (
            -- Most plots of a district lie far from any other one, with their whole boxes.
            SELECT p.plot_id FROM plot_version p
            WHERE p.slot = 'approved' AND p.stage IN ('planted', 'accepted', 'existing')
              AND p.geom && piece.geom AND (piece.beside_others OR NOT piece.geom ~ p.geom)
              AND (SELECT true FROM district_cell c
                   WHERE c.geom && p.geom AND c.boundary_id = ANY(others) LIMIT 1)
              AND ST_Intersects(p.geom, piece.geom) OFFSET 0
        ) v
    ) near
    CROSS JOIN LATERAL (
        SELECT p.geom FROM plot_version p
        WHERE p.plot_id = near.plot_id AND p.slot = 'approved' OFFSET 0
    ) plot
    CROSS JOIN LATERAL (
        SELECT c.id, c.boundary_id FROM district_cell c
        WHERE c.boundary_id = ANY(others) AND c.geom && plot.geom
          AND ST_Intersects(c.geom, plot.geom) OFFSET 0
    ) beside;
END
$$;
COMMENT ON FUNCTION mark_cells_beside(bigint, geometry, text[]) IS
    'Marks the cells of other boundaries that share plots with a boundary';
REVOKE ALL ON FUNCTION mark_cells_beside(bigint, geometry, text[]) FROM PUBLIC;
