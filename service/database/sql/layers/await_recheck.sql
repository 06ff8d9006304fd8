-- Puts a new version of a layer on the list of versions whose plots are compared.
--
-- Trigger of layer_version, for each new row.
CREATE OR REPLACE FUNCTION await_recheck()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    INSERT INTO layer_recheck (version_id) VALUES (NEW.id);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION await_recheck() IS
    'A new version of a layer waits for its plots to be compared';
REVOKE ALL ON FUNCTION await_recheck() FROM PUBLIC;

CREATE OR REPLACE TRIGGER layer_version_awaits_recheck
    AFTER INSERT ON layer_version
    FOR EACH ROW
    EXECUTE FUNCTION await_recheck();
