-- Boundaries that hold now, of districts in the scope of the transaction.
--
-- codes: district codes; NULL means all districts in the scope.
-- Returns the number of each boundary and the code of its district. A boundary that has ended
-- (valid_to is set) is not among them.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION coverage_boundaries(codes text[])
RETURNS TABLE(boundary_id bigint, code text)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
#variable_conflict use_column
DECLARE
    scope text[] := current_scope();
BEGIN
    IF scope = '{*}' AND codes IS NULL THEN
        RETURN QUERY SELECT b.id, b.code FROM district_boundary b WHERE b.valid_to IS NULL;
    ELSIF scope = '{*}' THEN
        RETURN QUERY SELECT b.id, b.code FROM unnest(codes) AS one(code)
            JOIN district_boundary b ON b.code = one.code AND b.valid_to IS NULL;
    ELSE
        RETURN QUERY
        WITH RECURSIVE in_scope AS (
            SELECT d.code FROM district d WHERE d.code = ANY(scope)
            UNION
            SELECT d.code FROM district d JOIN in_scope ON d.parent = in_scope.code
        )
        SELECT b.id, b.code FROM in_scope
        JOIN district_boundary b ON b.code = in_scope.code AND b.valid_to IS NULL
        WHERE codes IS NULL OR b.code = ANY(codes);
    END IF;
END
$$;
COMMENT ON FUNCTION coverage_boundaries(text[]) IS
    'Boundaries that hold now, of districts in the scope of the transaction';
REVOKE ALL ON FUNCTION coverage_boundaries(text[]) FROM PUBLIC;
