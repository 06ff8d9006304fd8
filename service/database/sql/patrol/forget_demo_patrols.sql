-- Deletes the log entries of invented zones and patrols.
--
-- Returns nothing. The service may call it, when the demo is taken out; it cannot delete other
-- entries.
CREATE OR REPLACE FUNCTION forget_demo_patrols()
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DELETE FROM patrol_log WHERE demo
$$;
COMMENT ON FUNCTION forget_demo_patrols() IS
    'Takes the log of invented zones and patrols out';
REVOKE ALL ON FUNCTION forget_demo_patrols() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_demo_patrols() TO :service_role;
