-- Takes up imports that were cut off when the service ended, so that they are begun again.
--
-- most: how often one is begun again; one that was cut off more often has no task, and is to be
-- told of by end_unfinished_imports, for it may be what ends the service.
-- Returns each import with its task (stage, commit) and the account in whose name it goes on, the
-- oldest first; secrets of the work that was cut off stand for nobody any more.
-- The service calls it when it starts, before it begins any import itself.
CREATE OR REPLACE FUNCTION take_up_unfinished_imports(most integer)
RETURNS TABLE (id bigint, task text, account_id bigint)
LANGUAGE sql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
    UPDATE credential SET ended_at = now() WHERE kind = 'work' AND ended_at IS NULL;
    WITH taken AS (
        UPDATE import i SET resumed = i.resumed + 1, done = 0
        WHERE i.state IN ('reading', 'committing')
        RETURNING i.id, i.state, i.resumed,
            CASE i.state WHEN 'reading' THEN i.account_id
                ELSE coalesce(i.committed_by, i.account_id) END AS account_id
    )
    SELECT t.id,
           CASE WHEN t.resumed > most THEN NULL
               WHEN t.state = 'reading' THEN 'stage' ELSE 'commit' END,
           t.account_id
    FROM taken t ORDER BY t.id
$$;
COMMENT ON FUNCTION take_up_unfinished_imports(integer) IS
    'Takes up imports that the end of the service cut off';
REVOKE ALL ON FUNCTION take_up_unfinished_imports(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_up_unfinished_imports(integer) TO :service_role;
