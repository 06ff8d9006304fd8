-- In which of so many equal sides a place lies, counted from 0.
--
-- degrees: degrees east of 180° W, or north of 90° S.
-- sides:   how many sides 360 degrees are cut into.
-- Returns 0 to sides - 1; what lies beyond the world is in the first or last side. NULL gives NULL.
-- Every role may call it.
CREATE OR REPLACE FUNCTION square_step(degrees double precision, sides integer)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT CASE WHEN degrees * sides IS NOT NULL THEN
   least(sides - 1, greatest(0, floor(degrees * sides / 360)::integer)) END
$$;
COMMENT ON FUNCTION square_step(double precision, integer) IS
    'In which of so many sides around the world a place lies';
