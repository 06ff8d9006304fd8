-- Today in Beijing; stands where CURRENT_DATE would give the day of the session's time zone.
--
-- Every role may call it; defaults of columns do.
CREATE OR REPLACE FUNCTION beijing_today()
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT beijing_day(statement_timestamp())
$$;
COMMENT ON FUNCTION beijing_today() IS
    'Today in Beijing; in the place of CURRENT_DATE';
