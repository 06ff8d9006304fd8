-- Zones that meet a shape, bear a code or belong to somebody, on some days.
--
-- shape:       geometry in EPSG:4490; NULL or empty meets no zone.
-- named:       codes of zones; people: names of rangers or chiefs.
-- first, last: a version must hold on one of these days, both included.
-- Returns a row for each version: the zone, its people, shape and days. A zone is given when one of
-- its counties is in the scope: so zones of a city or province, too, that row security would not
-- show.
-- Every role may call it: to attribute patrols and to hold zones to the zones above them.
CREATE OR REPLACE FUNCTION zones_near(
    shape geometry,
    named text[],
    people text[],
    first date,
    last date
)
RETURNS TABLE (
    id bigint,
    code text,
    level text,
    parent text,
    district text,
    counties text[],
    name text,
    geom geometry,
    chief text,
    ranger text,
    valid_from date,
    valid_to date
)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET plan_cache_mode TO 'force_custom_plan'
AS $$
#variable_conflict use_column
DECLARE
    scope text[] := current_scope();
BEGIN
    RETURN QUERY
    SELECT z.id, z.code, z.level, z.parent, z.district, z.counties, v.name, v.geom,
           v.chief, v.ranger, v.valid_from, v.valid_to
    FROM zone z JOIN zone_version v ON v.zone_id = z.id
    WHERE (scope = '{*}' OR z.counties && scope)
      AND v.valid_from <= last AND (v.valid_to IS NULL OR v.valid_to > first)
      AND (z.code = ANY(named) OR v.ranger = ANY(people) OR v.chief = ANY(people)
           OR v.geom && shape AND ST_Intersects(v.geom, shape));
END
$$;
COMMENT ON FUNCTION zones_near(geometry, text[], text[], date, date) IS
    'Zones that hold within a stretch of days and meet a shape, bear a code or are somebody''s, '
    'those above the scope too: to attribute patrols and to hold zones to their parents';
