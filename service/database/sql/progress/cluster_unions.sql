-- What some plots of clusters have in cells: for groups that only some of a cluster belong to.
--
-- cells:   numbers of cells; those of districts beyond the scope give no row.
-- members: for each cell the numbers of the plots, one text like {1,2}.
-- moment:  their approved shapes of this moment; NULL means now.
-- Returns for each place in both arrays the area of the union in square metres, and how much of it
-- is refused, as a ratio.
-- The service may call it; the scope decides which cells it may ask for.
CREATE OR REPLACE FUNCTION cluster_unions(
    cells bigint[],
    members text[],
    moment timestamp with time zone
)
RETURNS TABLE(place bigint, ground_m2 double precision, refused_share double precision)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
    SELECT asked.place, united_m2(c.id, asked.plots::bigint[], moment),
           united_refused_share(c.id, asked.plots::bigint[], moment)
    FROM unnest(cells, members) WITH ORDINALITY AS asked(cell, plots, place)
    JOIN district_cell c ON c.id = asked.cell
    JOIN district_boundary b ON b.id = c.boundary_id
    WHERE b.code IN (SELECT code FROM codes_in_scope(ARRAY[b.code], NULL) AS mine(code))
$$;
COMMENT ON FUNCTION cluster_unions(bigint[], text[], timestamp with time zone) IS
    'Area of the union of what some plots of a cluster have in a cell, and how much is refused';
REVOKE ALL ON FUNCTION cluster_unions(bigint[], text[], timestamp with time zone) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cluster_unions(bigint[], text[], timestamp with time zone) TO :service_role;
