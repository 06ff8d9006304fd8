CREATE OR REPLACE FUNCTION sealed.show(words text)
RETURNS void
LANGUAGE plpgsql STRICT SET search_path TO 'pg_catalog', 'pg_temp'
AS $$
BEGIN
    PERFORM set_config('luotu.scope', sealed.seal(words) || ':' || words, true);
END
$$;
COMMENT ON FUNCTION sealed.show(text) IS
    'Lets this transaction see the ground of a scope, until it ends';
REVOKE ALL ON FUNCTION sealed.show(text) FROM PUBLIC;
