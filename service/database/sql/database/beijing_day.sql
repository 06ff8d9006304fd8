CREATE OR REPLACE FUNCTION beijing_day(moment timestamp with time zone)
RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
SELECT (moment AT TIME ZONE interval '08:00')::date
$$;
COMMENT ON FUNCTION beijing_day(timestamp with time zone) IS
    'The day in Beijing (UTC+8) of a moment';
