-- Since when a plot has credit at one place: approved, green, and there without a break.
--
-- plot:  id of a plot.
-- place: a point in EPSG:4490.
-- Returns the first moment of the present run of approved green versions that hold the point. What
-- a plot grew onto later is its own from that day only. NULL when it does not hold it now.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION credited_since_at(plot bigint, place geometry)
RETURNS timestamp with time zone
LANGUAGE sql
STABLE STRICT SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
    SELECT max(version.valid_from) FILTER (WHERE version.begins)
    FROM (
        SELECT h.valid_from, h.valid_to,
               h.valid_from IS DISTINCT FROM
                   lag(h.valid_to) OVER (ORDER BY h.valid_from, h.id) AS begins
        FROM plot_history h
        WHERE h.plot_id = plot AND h.slot = 'approved' AND h.operation <> 'delete'
          AND h.stage IN ('planted', 'accepted', 'existing') AND ST_Intersects(h.geom, place)
    ) version
    HAVING bool_or(version.valid_to IS NULL)
$$;
COMMENT ON FUNCTION credited_since_at(bigint, geometry) IS
    'Since when a plot is approved and green at a place without a break';
REVOKE ALL ON FUNCTION credited_since_at(bigint, geometry) FROM PUBLIC;
