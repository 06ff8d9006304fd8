-- The day in Beijing of a moment: UTC+8 throughout, also in the years of summer time.
--
-- Returns a date; NULL gives NULL. Every role may call it, and indexes may use it.
CREATE OR REPLACE FUNCTION beijing_day(moment timestamp with time zone)
RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
SELECT (moment AT TIME ZONE interval '08:00')::date
$$;
COMMENT ON FUNCTION beijing_day(timestamp with time zone) IS
    'The day in Beijing (UTC+8) of a moment';
