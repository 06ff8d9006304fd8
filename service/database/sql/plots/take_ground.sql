-- Locks cells of ground until the end of the transaction, before plots on them are written.
--
-- keys:    numbers of cells, in an order that all writers keep (service/plots/db/ground_lock.py).
-- alone:   for each cell, whether nobody else may hold it; else it is shared.
-- wait_ms: how long each lock is waited for, milliseconds; then lock_not_available is raised.
-- Returns nothing, and leaves lock_timeout as it was. Every role may call it.
CREATE OR REPLACE FUNCTION take_ground(keys bigint[], alone boolean[], wait_ms integer)
RETURNS void
LANGUAGE plpgsql
SET search_path TO 'pg_catalog', 'pg_temp'
AS $$
DECLARE
    before text := current_setting('lock_timeout');
BEGIN
    PERFORM set_config('lock_timeout', wait_ms || 'ms', true);
    FOR n IN 1 .. cardinality(keys) LOOP
        IF alone[n] THEN
            PERFORM pg_advisory_xact_lock(keys[n]);
        ELSE
            PERFORM pg_advisory_xact_lock_shared(keys[n]);
        END IF;
    END LOOP;
    PERFORM set_config('lock_timeout', before, true);
END
$$;
COMMENT ON FUNCTION take_ground(bigint[], boolean[], integer) IS
    'Locks the cells of ground that a transaction is about to write, in the order of the keys; '
    'lock_not_available after wait_ms. See service/plots/db/ground_lock.py';
