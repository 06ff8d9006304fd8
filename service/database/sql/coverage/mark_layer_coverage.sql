-- Marks the cells whose refused ground changes with a layer, its versions or its features.
--
-- Trigger of layer_cell once a statement, of layer_version and layer for each row. Only layers of
-- role block matter, before or after the change, and versions that hold today. Cells are marked by
-- the ground alone, whether plots lie there or not: a plot that is being written meanwhile marks
-- its cells itself, and whoever is committed last leaves a mark.
CREATE OR REPLACE FUNCTION mark_layer_coverage()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    versions bigint[];
BEGIN
    IF TG_TABLE_NAME = 'layer_cell' THEN
        SELECT array_agg(v.id) INTO versions
        FROM (SELECT DISTINCT version_id AS id FROM fresh) v
        WHERE v.id = ANY (blocking_versions(NULL));
        INSERT INTO coverage_dirty (boundary_id, cell_id)
        SELECT near.boundary_id, near.id
        FROM (
            SELECT DISTINCT cell.boundary_id, cell.id
            FROM fresh ground CROSS JOIN LATERAL (
                SELECT c.boundary_id, c.id FROM district_cell c
                WHERE c.geom && ground.geom AND ST_Intersects(c.geom, ground.geom) OFFSET 0
            ) cell
            WHERE ground.version_id = ANY (versions)
        ) near
        JOIN district_boundary b ON b.id = near.boundary_id AND b.valid_to IS NULL;
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'layer' THEN
        SELECT array_agg(v.id) INTO versions FROM layer_version v WHERE v.layer = NEW.code;
    ELSIF TG_OP = 'UPDATE' THEN
        SELECT array_agg(l.id) INTO versions
        FROM (SELECT NEW.id AS id FROM layer WHERE code = NEW.layer AND role = 'block') l;
    ELSE
        -- Before it is deleted, for its ground goes with it. Of a layer that is deleted itself
        -- nobody knows the role any more.
        SELECT array_agg(l.id) INTO versions
        FROM (SELECT OLD.id AS id WHERE NOT EXISTS (
            SELECT 1 FROM layer WHERE code = OLD.layer AND role <> 'block')) l;
    END IF;
    INSERT INTO coverage_dirty (boundary_id, cell_id)
    SELECT boundary_id, cell_id FROM cells_on_layers(versions);
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION mark_layer_coverage() IS
    'Marks the cells whose refused ground changes with a layer, its versions or its features';
REVOKE ALL ON FUNCTION mark_layer_coverage() FROM PUBLIC;

CREATE OR REPLACE TRIGGER layer_cell_coverage
    AFTER INSERT ON layer_cell
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_layer_coverage();

CREATE OR REPLACE TRIGGER layer_version_moved_coverage
    AFTER UPDATE OF valid_from, valid_to ON layer_version
    FOR EACH ROW WHEN ((new.valid_from IS DISTINCT FROM old.valid_from
                        OR new.valid_to IS DISTINCT FROM old.valid_to))
    EXECUTE FUNCTION mark_layer_coverage();

CREATE OR REPLACE TRIGGER layer_version_deleted_coverage
    BEFORE DELETE ON layer_version
    FOR EACH ROW
    EXECUTE FUNCTION mark_layer_coverage();

CREATE OR REPLACE TRIGGER layer_rule_coverage
    AFTER UPDATE OF role, rule ON layer
    FOR EACH ROW WHEN (((new.role = 'block') <> (old.role = 'block')
                        OR new.role = 'block' AND (new.rule - 'tolerance_m2')
                           IS DISTINCT FROM (old.rule - 'tolerance_m2')))
    EXECUTE FUNCTION mark_layer_coverage();
