-- The code of a plan, seen or not, that differs from a new one in nothing but capital letters.
--
-- The service calls it before it makes a plan, and waits here for others who make one of the same
-- letters. NULL where there is none. A plan of counties that are not seen has its code, too.
CREATE OR REPLACE FUNCTION plan_spelled_alike(given text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7190124, hashtext(lower(given)));
    RETURN (
        SELECT p.code FROM plan p
        WHERE lower(p.code) = lower(given) AND p.code <> given
        ORDER BY p.code LIMIT 1);
END
$$;
COMMENT ON FUNCTION plan_spelled_alike(text) IS
    'The code of a plan that differs from a new one in nothing but capital letters';
REVOKE ALL ON FUNCTION plan_spelled_alike(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plan_spelled_alike(text) TO :service_role;
