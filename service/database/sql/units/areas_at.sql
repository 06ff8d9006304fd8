-- Reporting areas as they stood at a moment, out of the log of areas.
--
-- moment: not NULL. An area that was written later is as it was written first: its days
--         (valid_from, valid_to) say whether it had figures, not when it was typed in. One that
--         was deleted since is as it stood.
-- Returns rows of area.
-- Every role may call it: areas are read by every account.
CREATE OR REPLACE FUNCTION areas_at(moment timestamp with time zone)
RETURNS SETOF area
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
WITH since AS MATERIALIZED (
    SELECT DISTINCT ON (c.code) c.code, coalesce(c.before, c.after) AS state
    FROM office_change c WHERE c.what = 'area' AND c.at > moment
    ORDER BY c.code, c.at, c.id
)
SELECT a.* FROM area a WHERE NOT EXISTS (SELECT FROM since WHERE since.code = a.code)
UNION ALL
SELECT past.id, since.code, past.name, past.kind, past.unit, past.valid_from, past.valid_to,
       shape.geom, ST_Area(shape.geom::geography), past.version, past.demo, past.changed_by,
       past.changed_at
FROM since
CROSS JOIN LATERAL jsonb_to_record(since.state) AS past(
    id bigint, name text, kind text, unit text, valid_from date, valid_to date, geom jsonb,
    version integer, demo boolean, changed_by bigint, changed_at timestamptz)
CROSS JOIN LATERAL (
    SELECT ST_Multi(ST_SetSRID(ST_GeomFromGeoJSON(past.geom), 4490)) AS geom OFFSET 0
) shape
$$;
COMMENT ON FUNCTION areas_at(timestamp with time zone) IS
    'Reporting areas as they stood at a moment';
