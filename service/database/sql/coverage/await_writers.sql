-- Lets a new or moved boundary become visible only after writers of plots that have not seen it.
--
-- Trigger of district_boundary, deferred to the commit. It locks plot_version in SHARE mode and so
-- waits for every open transaction that wrote plots. Such a transaction marked only cells that it
-- saw; after the wait whoever computes the new cells sees its plots. Deferred, so that writers wait
-- for the commit only, not for the whole import of a boundary.
CREATE OR REPLACE FUNCTION await_writers()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    LOCK TABLE plot_version IN SHARE MODE;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION await_writers() IS
    'A plot written without seeing the new boundary is committed before the boundary is: so '
    'whoever computes its cells sees the plot. Deferred, so that writers wait for a commit only';
REVOKE ALL ON FUNCTION await_writers() FROM PUBLIC;

DROP TRIGGER IF EXISTS district_boundary_writers ON district_boundary;
CREATE CONSTRAINT TRIGGER district_boundary_writers
    AFTER INSERT OR UPDATE OF geom, valid_to ON district_boundary DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ((new.valid_to IS NULL))
    EXECUTE FUNCTION await_writers();
