-- Deletes the history of invented plots that are gone.
--
-- A plot that is still there, or that was real in any of its versions, keeps its history. Returns
-- nothing.
-- The service may call it, when the demo is taken out; it cannot delete other history.
CREATE OR REPLACE FUNCTION forget_demo_history()
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DELETE FROM plot_history h
WHERE h.demo AND NOT EXISTS (SELECT 1 FROM plot p WHERE p.id = h.plot_id)
  AND NOT EXISTS (SELECT 1 FROM plot_history o WHERE o.plot_id = h.plot_id AND NOT o.demo)
$$;
COMMENT ON FUNCTION forget_demo_history() IS
    'Takes the history of invented plots out that are gone';
REVOKE ALL ON FUNCTION forget_demo_history() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_demo_history() TO :service_role;
