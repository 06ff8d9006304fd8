-- Deletes the history of invented records.
--
-- Returns nothing. The service may call it, when the demo is taken out; it cannot delete other
-- entries.
CREATE OR REPLACE FUNCTION forget_demo_records()
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DELETE FROM record_history WHERE demo
$$;
COMMENT ON FUNCTION forget_demo_records() IS 'Takes the history of invented records out';
REVOKE ALL ON FUNCTION forget_demo_records() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_demo_records() TO :service_role;
