-- Deletes stored answers to requests that are older than 24 hours, at most 100 of them.
--
-- Returns how many were deleted; the caller calls again until it is 0. Answers of every
-- scope are deleted, which row security would not let the service do.
-- The service may call it.
CREATE OR REPLACE FUNCTION forget_answers()
RETURNS bigint
LANGUAGE sql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
-- A few at a time, and none that somebody else is just deleting: nobody waits for this.
WITH gone AS (
    DELETE FROM idempotency_key k USING (
        SELECT account_id, key FROM idempotency_key
        WHERE created_at < now() - interval '24 hours'
        ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED
    ) old
    WHERE k.account_id = old.account_id AND k.key = old.key
    RETURNING 1
)
SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION forget_answers() IS
    'Deletes answers that were kept for a day, whoever may see them';
REVOKE ALL ON FUNCTION forget_answers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_answers() TO :service_role;
