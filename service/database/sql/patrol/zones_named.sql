-- Zones of the scope that hold on a day, by what their names have in them or how their codes begin.
--
-- grams:     keys of name_grams() that all must be there.
-- patterns:  of LIKE, for the name in small letters and without spaces; '{}' asks for none.
-- beginning: of a code, in any case; NULL asks for none.
-- on_day:    a version must hold on it.
-- most:      how many are given at most.
-- Returns numbers of zones, none twice, in no order; only those all of whose counties are in
-- current_scope(). No policy lets a condition on text use an index; that is why this is one.
-- Every role may call it; what it may read of these zones is for the policies to say.
CREATE OR REPLACE FUNCTION zones_named(
    grams text[],
    patterns text[],
    beginning text,
    on_day date,
    most integer
)
RETURNS SETOF bigint
LANGUAGE plpgsql
STABLE SECURITY DEFINER ROWS 100
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET plan_cache_mode TO 'force_custom_plan'
AS $$
#variable_conflict use_variable
DECLARE
    scope text[] := current_scope();
BEGIN
    RETURN QUERY
    SELECT z.id FROM zone z
    WHERE (scope = '{*}' OR z.counties <@ scope)
      AND z.id IN (
          SELECT v.zone_id FROM zone_version v
          WHERE name_grams('', NULL, v.name) @> grams
            AND lower(regexp_replace(v.name, '\s', '', 'g')) LIKE ALL (patterns)
            AND v.valid_from <= on_day AND (v.valid_to IS NULL OR v.valid_to > on_day)
          UNION ALL
          SELECT v.zone_id FROM zone coded JOIN zone_version v ON v.zone_id = coded.id
          WHERE starts_with(lower(coded.code), lower(beginning))
            AND v.valid_from <= on_day AND (v.valid_to IS NULL OR v.valid_to > on_day)
      )
    LIMIT most;
END
$$;
COMMENT ON FUNCTION zones_named(text[], text[], text, date, integer) IS
    'Zones of the scope by what their names have in them or how their codes begin';
