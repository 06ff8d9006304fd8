CREATE OR REPLACE FUNCTION coverage_boundaries(codes text[])
RETURNS TABLE(boundary_id bigint, code text)
LANGUAGE plpgsql
STABLE SECURITY DEFINER SET search_path TO 'pg_catalog', 'public', 'pg_temp' SET jit TO 'off'
AS $$
#variable_conflict use_column
DECLARE
    seen text[] := current_scope();
BEGIN
    IF seen = '{*}' AND codes IS NULL THEN
        RETURN QUERY SELECT b.id, b.code FROM district_boundary b WHERE b.valid_to IS NULL;
    ELSIF seen = '{*}' THEN
        RETURN QUERY SELECT b.id, b.code FROM unnest(codes) AS one(code)
            JOIN district_boundary b ON b.code = one.code AND b.valid_to IS NULL;
    ELSE
        RETURN QUERY
        WITH RECURSIVE mine AS (
            SELECT d.code FROM district d WHERE d.code = ANY(seen)
            UNION
            SELECT d.code FROM district d JOIN mine ON d.parent = mine.code
        )
        SELECT b.id, b.code FROM mine
        JOIN district_boundary b ON b.code = mine.code AND b.valid_to IS NULL
        WHERE codes IS NULL OR b.code = ANY(codes);
    END IF;
END
$$;
COMMENT ON FUNCTION coverage_boundaries(text[]) IS
    'Boundaries that hold now, of districts in the scope of the transaction';
REVOKE ALL ON FUNCTION coverage_boundaries(text[]) FROM PUBLIC;
