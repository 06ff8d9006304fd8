-- How many jobs wait and run, of all accounts, and since when the oldest waits: for the metrics.
--
-- Returns one row of counts; queued_since is NULL where none waits. Names no job and no account.
-- The service's role may call it: by the policy of jobs it sees those of one scope alone.
CREATE OR REPLACE FUNCTION jobs_under_way(
    OUT queued bigint, OUT running bigint, OUT queued_since timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
    SELECT count(*) FILTER (WHERE j.state = 'queued'),
        count(*) FILTER (WHERE j.state = 'running'),
        min(j.made_at) FILTER (WHERE j.state = 'queued')
    FROM job j WHERE j.state IN ('queued', 'running')
$$;
COMMENT ON FUNCTION jobs_under_way() IS 'Counts of jobs that wait and run, without saying whose';
REVOKE ALL ON FUNCTION jobs_under_way() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs_under_way() TO :service_role;
