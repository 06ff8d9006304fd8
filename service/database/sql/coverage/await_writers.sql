-- Lets a boundary that comes, moves or ends become visible only after writers of plots that have
-- not seen it, marks the cells beside it that share plots with it, and notes plots that may lie in
-- no county any more.
--
-- Trigger of district_boundary, deferred to the commit. It locks plot_version in SHARE mode and so
-- waits for every open transaction that wrote plots. Such a transaction marked only cells that it
-- saw; after the wait whoever computes the new cells sees its plots, and so does the search for
-- plots whose shares change. Deferred, so that writers wait for the commit only, not for the whole
-- import of a boundary.
CREATE OR REPLACE FUNCTION await_writers()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    boundary bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END;
    at_level text := (
        SELECT level FROM district
        WHERE code = CASE TG_OP WHEN 'DELETE' THEN OLD.code ELSE NEW.code END);
    gone     geometry;
BEGIN
    LOCK TABLE plot_version IN SHARE MODE;
    IF at_level IN ('province', 'city') THEN
        RETURN NULL;  -- without cells
    END IF;
    gone := ground_let_go(
        CASE WHEN TG_OP = 'DELETE' THEN OLD.geom
             WHEN TG_OP = 'UPDATE' AND (NEW.valid_to IS NOT NULL OR NOT OLD.geom = NEW.geom)
             THEN OLD.geom END,
        at_level);
    IF at_level IS NULL OR at_level = 'county' THEN
        PERFORM note_plots_outside(boundary, gone);
    END IF;
    PERFORM mark_cells_beside(
        boundary,
        gone,
        CASE WHEN at_level IS NULL THEN ARRAY['county', 'town', 'village', 'group']
             ELSE ARRAY[at_level] END);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION await_writers() IS
    'A plot written without seeing the new boundary is committed before the boundary is: so '
    'whoever computes its cells, and who marks those beside it, sees the plot. Deferred, so that '
    'writers wait for a commit only';
REVOKE ALL ON FUNCTION await_writers() FROM PUBLIC;

DROP TRIGGER IF EXISTS district_boundary_writers ON district_boundary;
CREATE CONSTRAINT TRIGGER district_boundary_writers
    AFTER INSERT OR DELETE OR UPDATE OF geom, valid_to ON district_boundary
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION await_writers();
