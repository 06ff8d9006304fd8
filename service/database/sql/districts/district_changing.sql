-- Gives the tree of districts another version, once a transaction.
--
-- Trigger of district and district_boundary, before any statement that writes them. Whoever keeps
-- the tree in memory asks district_state whether it still holds. The first writer locks that row,
-- so changes of the tree come one after the other.
CREATE OR REPLACE FUNCTION district_changing()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    UPDATE district_state
    SET version = gen_random_uuid(), changed_by = pg_current_xact_id()::text::bigint
    WHERE changed_by <> pg_current_xact_id()::text::bigint;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION district_changing() IS
    'The tree of districts gets another version';
REVOKE ALL ON FUNCTION district_changing() FROM PUBLIC;

CREATE OR REPLACE TRIGGER district_changing
    BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON district
    FOR EACH STATEMENT
    EXECUTE FUNCTION district_changing();

CREATE OR REPLACE TRIGGER district_boundary_changing
    BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON district_boundary
    FOR EACH STATEMENT
    EXECUTE FUNCTION district_changing();
