-- Area of the union of what some plots have in a cell.
--
-- cell:    number of the cell.
-- members: numbers of the plots.
-- moment:  their approved shapes of this moment, out of plot_history; NULL means now.
-- Returns square metres on the ellipsoid; NULL when no plot is given or none is there.
-- Only functions of the owner call it, for clusters of which only some plots are asked for.
CREATE OR REPLACE FUNCTION united_m2(
    cell bigint,
    members bigint[],
    moment timestamp with time zone DEFAULT NULL::timestamp with time zone
)
RETURNS double precision
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
DECLARE
    m2 double precision;
BEGIN
    IF moment IS NULL THEN
        SELECT ST_Area(ST_Union(
                   CASE WHEN ST_CoveredBy(p.geom, c.geom) THEN p.geom
                        ELSE ST_CollectionExtract(ST_Intersection(p.geom, c.geom), 3) END
                   ORDER BY p.plot_id)::geography)
        INTO m2
        FROM district_cell c JOIN plot_version p ON p.slot = 'approved'
        WHERE c.id = cell AND p.plot_id = ANY(members);
    ELSE
        SELECT ST_Area(ST_Union(
                   CASE WHEN ST_CoveredBy(p.geom, c.geom) THEN p.geom
                        ELSE ST_CollectionExtract(ST_Intersection(p.geom, c.geom), 3) END
                   ORDER BY p.plot_id)::geography)
        INTO m2
        FROM district_cell c JOIN plot_history p ON p.slot = 'approved'
            AND p.valid_from <= moment AND (p.valid_to IS NULL OR p.valid_to > moment)
        WHERE c.id = cell AND p.plot_id = ANY(members);
    END IF;
    RETURN m2;
END
$$;
COMMENT ON FUNCTION united_m2(bigint, bigint[], timestamp with time zone) IS
    'Area of the union of what some plots have in a cell';
REVOKE ALL ON FUNCTION united_m2(bigint, bigint[], timestamp with time zone) FROM PUBLIC;
