-- Signs a scope for this transaction only.
--
-- scope: county codes joined by commas, or '*' for the whole tree; NULL gives NULL.
-- Returns 64 hexadecimal digits: a SHA-256 over the key of sealed.scope_key, the number of this
-- backend process, the start of the transaction and the scope. Without the key nobody can compute
-- it, and a signature of another transaction does not fit this one.
-- Only functions of the owner call it: the service's role may use neither it nor its schema.
CREATE OR REPLACE FUNCTION sealed.scope_signature(scope text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path TO 'pg_catalog', 'pg_temp'
AS $$
DECLARE
    secret bytea := (SELECT key FROM sealed.scope_key);
BEGIN
    -- Hashed twice: with a single hash, counties could be appended to a signed scope without
    -- knowing the key (length extension). now() is the start of the transaction.
    RETURN encode(sha256(secret || sha256(secret || convert_to(
        concat_ws('|', pg_backend_pid(), extract(epoch FROM now()), scope), 'UTF8'))), 'hex');
END
$$;
COMMENT ON FUNCTION sealed.scope_signature(text) IS
    'Signature of a scope, valid in this transaction only; needs the key that only the owner reads';
REVOKE ALL ON FUNCTION sealed.scope_signature(text) FROM PUBLIC;
