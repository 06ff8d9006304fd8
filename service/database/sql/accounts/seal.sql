CREATE OR REPLACE FUNCTION sealed.seal(words text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path TO 'pg_catalog', 'pg_temp'
AS $$
DECLARE
    secret bytea := (SELECT key FROM sealed.scope_key);
BEGIN
    -- The hash of a hash: no words can be added to what is sealed. now() is the transaction's start.
    RETURN encode(sha256(secret || sha256(secret || convert_to(
        concat_ws('|', pg_backend_pid(), extract(epoch FROM now()), words), 'UTF8'))), 'hex');
END
$$;
COMMENT ON FUNCTION sealed.seal(text) IS
    'What only this transaction, and only who knows the key, can say';
REVOKE ALL ON FUNCTION sealed.seal(text) FROM PUBLIC;
