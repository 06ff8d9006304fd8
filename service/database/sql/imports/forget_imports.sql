-- Takes out files and rows of imports that nobody went on with, or that ended long ago.
--
-- days: imports that were sent more days ago than this.
-- Those that are staged, refused or failed are cancelled; of live ones the rows go, and the batch
-- stays. Returns how many imports there were.
-- The service calls it now and then.
CREATE OR REPLACE FUNCTION forget_imports(days integer)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    old bigint[];
BEGIN
    SELECT array_agg(i.id) INTO old FROM import i
    WHERE i.created_at < now() - make_interval(days => days)
      AND i.state NOT IN ('reading', 'committing')
      AND (i.state IN ('staged', 'refused', 'failed')
           OR EXISTS (SELECT 1 FROM import_row r WHERE r.import_id = i.id));
    IF old IS NULL THEN
        RETURN 0;
    END IF;
    DELETE FROM import_row WHERE import_id = ANY (old);
    DELETE FROM import_file WHERE import_id = ANY (old);
    UPDATE import SET state = 'cancelled', ended_at = now()
    WHERE id = ANY (old) AND state IN ('staged', 'refused', 'failed');
    RETURN cardinality(old);
END
$$;
COMMENT ON FUNCTION forget_imports(integer) IS
    'Cancels imports that nobody went on with, and takes out rows of old ones';
REVOKE ALL ON FUNCTION forget_imports(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_imports(integer) TO :service_role;
