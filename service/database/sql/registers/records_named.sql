-- Records of the scope by what their names and numbers have in them, out of an index: no policy
-- lets a condition on text use one, for its errors could tell of rows beyond the scope.
--
-- grams:    keys of name_grams() that all must be there.
-- patterns: of LIKE, for name and number together in small letters and without spaces; '{}' asks
--           for none.
-- most:     how many are given at most.
-- Returns numbers of records of any register, none twice, in no order; within current_scope() only.
-- Every role may call it; what it may read of these records is for the policies to say.
CREATE OR REPLACE FUNCTION records_named(grams text[], patterns text[], most integer)
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
    places text[] := scope;
    place text;
    found bigint[] := '{}';
BEGIN
    IF scope = '{*}' THEN
        places := ARRAY[NULL];
    END IF;
    FOREACH place IN ARRAY places LOOP
        found := found || ARRAY(
            SELECT r.id FROM record r
            WHERE name_grams(r.county, r.unit, r.name || coalesce(r.number, ''))
                  @> CASE WHEN place IS NULL THEN grams ELSE grams || ('@' || place) END
              AND lower(regexp_replace(r.name || coalesce(r.number, ''), '\s', '', 'g'))
                  LIKE ALL (patterns)
            LIMIT most - cardinality(found)
        );
        EXIT WHEN cardinality(found) >= most;
    END LOOP;
    RETURN QUERY SELECT DISTINCT one FROM unnest(found) one;
END
$$;
COMMENT ON FUNCTION records_named(text[], text[], integer) IS
    'Records of the scope by what their names and numbers have in them, out of an index';
