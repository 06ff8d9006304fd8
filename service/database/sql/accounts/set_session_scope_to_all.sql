-- Lets this transaction see the whole tree: for the command line and background work.
--
-- key: the key of sealed.scope_key, which only the owner of the database can read.
-- Returns nothing. Raises insufficient_privilege when the key is another one, or NULL.
-- Every role may call it: without the key it opens nothing.
CREATE OR REPLACE FUNCTION set_session_scope_to_all(key bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'pg_temp'
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM sealed.scope_key k WHERE k.key = set_session_scope_to_all.key
    ) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this is not the key of the scopes';
    END IF;
    PERFORM sealed.set_scope('*');
END
$$;
COMMENT ON FUNCTION set_session_scope_to_all(bytea) IS
    'From here on the transaction sees everything: for processes that the owner lets read the key';
