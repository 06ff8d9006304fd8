-- Plots of the scope by what their names have in them, out of an index: no policy lets a condition
-- on text use one, for its errors could tell of rows beyond the scope.
--
-- grams:         keys of name_grams() that all must be there.
-- patterns:      of LIKE, for the name in small letters and without spaces; '{}' asks for none.
-- counties:      codes of counties; NULL: wherever the scope reaches.
-- approved_only: whether versions that are being worked on are passed over.
-- most:          how many are given at most.
-- Returns ids of plots, no plot twice, in no order; within current_scope() only, whatever is asked.
-- Every role may call it; what it may read of these plots is for the policies to say.
CREATE OR REPLACE FUNCTION plots_named(
    grams text[],
    patterns text[],
    counties text[],
    approved_only boolean,
    most integer
)
RETURNS SETOF bigint
LANGUAGE plpgsql
STABLE SECURITY DEFINER ROWS 100
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET plan_cache_mode TO 'force_custom_plan'
SET enable_seqscan TO off
AS $$
#variable_conflict use_variable
DECLARE
    scope text[] := current_scope();
    places text[];
    place text;
    found bigint[] := '{}';
    here bigint[];
BEGIN
    IF scope = '{*}' THEN
        places := coalesce(counties, ARRAY[NULL]);
    ELSIF counties IS NULL THEN
        places := scope;
    ELSE
        places := ARRAY(SELECT one FROM unnest(scope) one
                        WHERE one = ANY(counties) OR one LIKE 'unit:%');
    END IF;
    FOREACH place IN ARRAY places LOOP
        SELECT array_agg(DISTINCT near.plot_id) INTO here FROM (
            SELECT v.plot_id FROM plot_version v
            WHERE v.name IS NOT NULL
              AND name_grams(v.district, v.unit, v.name)
                  @> CASE WHEN place IS NULL THEN grams ELSE grams || ('@' || place) END
              AND lower(regexp_replace(v.name, '\s', '', 'g')) LIKE ALL (patterns)
              AND (NOT approved_only OR v.slot = 'approved')
              AND (counties IS NULL OR v.district = ANY(counties))
            LIMIT most - cardinality(found)
        ) near;
        found := found || coalesce(here, '{}');
        EXIT WHEN cardinality(found) >= most;
    END LOOP;
    RETURN QUERY SELECT DISTINCT one FROM unnest(found) one;
END
$$;
COMMENT ON FUNCTION plots_named(text[], text[], text[], boolean, integer) IS
    'Plots of the scope by what their names have in them, out of an index';
