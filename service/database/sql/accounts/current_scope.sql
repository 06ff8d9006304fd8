-- The counties that this transaction may see: what every policy asks.
--
-- Returns the county codes that set_session_scope() set, and unit:CODE for each unit of the
-- account; {*} is the whole tree; {} is nothing: no scope was set, or the setting luotu.scope
-- does not bear the signature of this transaction.
-- Every role may call it. Policies write it as (SELECT current_scope()), so that a statement asks
-- once and not for each row.
CREATE OR REPLACE FUNCTION current_scope()
RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $$
DECLARE
    setting text := current_setting('luotu.scope', true);
    -- 64 digits of the signature, a colon, the scope.
    scope text := substr(setting, 66);
BEGIN
    IF setting IS NULL
       OR left(setting, 65) IS DISTINCT FROM sealed.scope_signature(scope) || ':' THEN
        RETURN '{}';
    END IF;
    RETURN string_to_array(scope, ',');
END
$$;
COMMENT ON FUNCTION current_scope() IS
    'Counties that this transaction may see; {*} is the whole tree, {} nothing';
