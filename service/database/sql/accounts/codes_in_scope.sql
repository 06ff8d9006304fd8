CREATE OR REPLACE FUNCTION codes_in_scope(codes text[])
RETURNS SETOF text
LANGUAGE plpgsql
STABLE SECURITY DEFINER SET search_path TO 'pg_catalog', 'public', 'pg_temp' SET jit TO 'off'
AS $$
DECLARE
    seen text[] := current_scope();
BEGIN
    IF seen = '{*}' THEN
        RETURN QUERY SELECT d.code FROM district d WHERE codes IS NULL OR d.code = ANY(codes);
    ELSE
        RETURN QUERY
        WITH RECURSIVE mine AS (
            SELECT d.code FROM district d WHERE d.code = ANY(seen)
            UNION
            SELECT d.code FROM district d JOIN mine ON d.parent = mine.code
        )
        SELECT mine.code FROM mine WHERE codes IS NULL OR mine.code = ANY(codes);
    END IF;
END
$$;
COMMENT ON FUNCTION codes_in_scope(text[]) IS
    'Those of the districts that the transaction may see';
REVOKE ALL ON FUNCTION codes_in_scope(text[]) FROM PUBLIC;
