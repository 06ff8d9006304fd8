-- Deletes what the log of layers says of the demo.
--
-- The service may call it: it can only read the log.
CREATE OR REPLACE FUNCTION forget_demo_layers()
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DELETE FROM layer_change WHERE demo
$$;
COMMENT ON FUNCTION forget_demo_layers() IS
    'Deletes what the log of layers says of the demo';
REVOKE ALL ON FUNCTION forget_demo_layers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_demo_layers() TO :service_role;
