-- Deletes the bulletins of invented plans.
--
-- Bulletins of real plans stay as they were issued. Returns nothing.
-- The service may call it, when the demo is taken out; it cannot delete other bulletins.
CREATE OR REPLACE FUNCTION forget_demo_bulletins()
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DELETE FROM bulletin WHERE demo
$$;
COMMENT ON FUNCTION forget_demo_bulletins() IS 'Takes the bulletins of invented plans out';
REVOKE ALL ON FUNCTION forget_demo_bulletins() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_demo_bulletins() TO :service_role;
