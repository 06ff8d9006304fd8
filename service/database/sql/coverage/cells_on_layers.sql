-- Cells that share a point with the ground of versions of layers.
--
-- versions: numbers of versions; NULL and an empty array give no row.
-- Returns each cell once, with its boundary; only boundaries that hold now. Whether a plot lies
-- there is not asked: one may be written at this moment by somebody else.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION cells_on_layers(versions bigint[])
RETURNS TABLE (boundary_id bigint, cell_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
BEGIN
    IF versions IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT near.boundary_id, near.id
    FROM (
        SELECT DISTINCT cell.boundary_id, cell.id
        FROM layer_cell ground CROSS JOIN LATERAL (
            SELECT c.boundary_id, c.id FROM district_cell c
            WHERE c.geom && ground.geom AND ST_Intersects(c.geom, ground.geom) OFFSET 0
        ) cell
        WHERE ground.version_id = ANY (versions)
    ) near
    JOIN district_boundary b ON b.id = near.boundary_id AND b.valid_to IS NULL;
END
$$;
COMMENT ON FUNCTION cells_on_layers(bigint[]) IS
    'Cells of the boundaries that hold now on the ground of versions of layers';
REVOKE ALL ON FUNCTION cells_on_layers(bigint[]) FROM PUBLIC;
