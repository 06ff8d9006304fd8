-- Drops all figures of a boundary and marks its cells, as if the boundary were new.
--
-- boundary: number of the boundary; one that is not there changes nothing. Returns nothing.
-- The boundary is locked until the commit, so that no drainer computes it meanwhile.
-- Only the owner may call it (`luotu db verify` mends faults with it).
CREATE OR REPLACE FUNCTION forget_coverage(boundary bigint)
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT 1 FROM district_boundary WHERE id = boundary FOR NO KEY UPDATE;
DELETE FROM coverage_piece WHERE boundary_id = boundary;
DELETE FROM coverage_cell WHERE boundary_id = boundary;
DELETE FROM coverage_district WHERE boundary_id = boundary;
INSERT INTO coverage_dirty (boundary_id, cell_id)
SELECT boundary_id, id FROM district_cell WHERE boundary_id = boundary;
$$;
COMMENT ON FUNCTION forget_coverage(bigint) IS
    'Marks all cells of a boundary, as if it were new';
REVOKE ALL ON FUNCTION forget_coverage(bigint) FROM PUBLIC;
