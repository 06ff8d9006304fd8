CREATE OR REPLACE FUNCTION square_step(degrees double precision, sides integer)
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
SELECT CASE WHEN degrees * sides IS NOT NULL THEN
   least(sides - 1, greatest(0, floor(degrees * sides / 360)::integer)) END
$$;
COMMENT ON FUNCTION square_step(double precision, integer) IS
    'In which of so many sides around the world a place lies';
