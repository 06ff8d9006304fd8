-- Deletes what the log of plans, targets and reported figures says of the demo.
--
-- The service may call it: it can only read the log.
CREATE OR REPLACE FUNCTION forget_demo_tasks()
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DELETE FROM task_change WHERE demo
$$;
COMMENT ON FUNCTION forget_demo_tasks() IS
    'Deletes what the log of plans, targets and reported figures says of the demo';
REVOKE ALL ON FUNCTION forget_demo_tasks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_demo_tasks() TO :service_role;
