-- Sets the scope of this transaction, signed.
--
-- scope: county codes joined by commas, or '*' for the whole tree; with NULL nothing is set.
-- Writes the setting luotu.scope, which the policies read through current_scope(); it ends with the
-- transaction. Returns nothing.
-- Only set_session_scope() and set_session_scope_to_all() call it: the service's role may not.
CREATE OR REPLACE FUNCTION sealed.set_scope(scope text)
RETURNS void
LANGUAGE plpgsql STRICT
SET search_path TO 'pg_catalog', 'pg_temp'
AS $$
BEGIN
    PERFORM set_config('luotu.scope', sealed.scope_signature(scope) || ':' || scope, true);
END
$$;
COMMENT ON FUNCTION sealed.set_scope(text) IS
    'Sets the signed scope that row security reads, until the transaction ends';
REVOKE ALL ON FUNCTION sealed.set_scope(text) FROM PUBLIC;
