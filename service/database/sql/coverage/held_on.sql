-- Whether a boundary was the one of its district on a day.
--
-- boundary: number of the boundary.
-- on_day:   a day in Beijing; NULL means now.
-- Returns true for the oldest boundary of the district that had not ended on that day: the first
-- one holds for all the time before it. False for a number that is not there.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION held_on(boundary bigint, on_day date)
RETURNS boolean
LANGUAGE sql STABLE
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT coalesce((
    SELECT CASE WHEN on_day IS NULL THEN b.valid_to IS NULL ELSE
        (b.valid_to IS NULL OR b.valid_to > on_day) AND NOT EXISTS (
            SELECT 1 FROM district_boundary older
            WHERE older.code = b.code AND older.valid_from < b.valid_from
              AND (older.valid_to IS NULL OR older.valid_to > on_day)) END
    FROM district_boundary b WHERE b.id = boundary), false)
$$;
COMMENT ON FUNCTION held_on(bigint, date) IS
    'Whether a boundary was the one of its district on a day';
REVOKE ALL ON FUNCTION held_on(bigint, date) FROM PUBLIC;
