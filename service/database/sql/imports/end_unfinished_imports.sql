-- Tells of imports that were cut off when the service ended.
--
-- read_error, commit_error: what an import is told that was being read, or committed.
-- only_id: the import that failed; NULL: all of them, and no work goes on for them.
-- An import that was being read has failed, and is read anew when somebody asks; one that was being
-- committed is staged again, for nothing of it was written. Returns how many there were.
-- The service calls it when it starts, before it begins any import itself, and for one that failed.
CREATE OR REPLACE FUNCTION end_unfinished_imports(
    read_error jsonb,
    commit_error jsonb,
    only_id bigint
)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    ended integer;
BEGIN
    UPDATE import
    SET state = CASE state WHEN 'reading' THEN 'failed' ELSE 'staged' END,
        error = CASE state WHEN 'reading' THEN read_error ELSE commit_error END
    WHERE state IN ('reading', 'committing') AND (only_id IS NULL OR id = only_id);
    GET DIAGNOSTICS ended = ROW_COUNT;
    UPDATE credential SET ended_at = now()
    WHERE kind = 'work' AND ended_at IS NULL AND only_id IS NULL;
    RETURN ended;
END
$$;
COMMENT ON FUNCTION end_unfinished_imports(jsonb, jsonb, bigint) IS
    'Lets imports fail or be staged again that the end of the service cut off';
REVOKE ALL ON FUNCTION end_unfinished_imports(jsonb, jsonb, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION end_unfinished_imports(jsonb, jsonb, bigint) TO :service_role;
