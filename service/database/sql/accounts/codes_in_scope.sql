-- Of some districts those that this transaction may see.
--
-- codes:    district codes; NULL means all districts.
-- of_units: units whose plots alone are asked for; NULL means all plots.
-- Returns the codes that are in the scope: the counties of current_scope() and whatever lies below
-- them. In a scope of the whole tree every district is, and so it is where all of_units are units
-- of the scope: their plots are seen everywhere. Without a scope none is.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION codes_in_scope(codes text[], of_units text[] DEFAULT NULL)
RETURNS SETOF text
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
DECLARE
    scope text[] := current_scope();
BEGIN
    IF scope = '{*}' OR cardinality(of_units) > 0 AND NOT EXISTS (
        SELECT FROM unnest(of_units) one(unit) WHERE 'unit:' || unit <> ALL (scope)
    ) THEN
        RETURN QUERY SELECT d.code FROM district d WHERE codes IS NULL OR d.code = ANY(codes);
    ELSE
        RETURN QUERY
        WITH RECURSIVE in_scope AS (
            SELECT d.code FROM district d WHERE d.code = ANY(scope)
            UNION
            SELECT d.code FROM district d JOIN in_scope ON d.parent = in_scope.code
        )
        SELECT in_scope.code FROM in_scope WHERE codes IS NULL OR in_scope.code = ANY(codes);
    END IF;
END
$$;
COMMENT ON FUNCTION codes_in_scope(text[], text[]) IS
    'Those of the districts that the transaction may see';
REVOKE ALL ON FUNCTION codes_in_scope(text[], text[]) FROM PUBLIC;
