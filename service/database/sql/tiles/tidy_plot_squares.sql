-- Puts the rows of one block together that has many more than it needs: work of the background.
--
-- Returns true when it did, false when no block needs it or somebody else is doing it. What the
-- rows add up to stays the same.
-- The service may call it.
CREATE OR REPLACE FUNCTION tidy_plot_squares()
RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
DECLARE
    fine   integer;
    coarse integer;
    larger integer[];
    middle integer[];
BEGIN
    SELECT c.block INTO fine FROM plot_change c
    GROUP BY c.block HAVING count(*) > 3 * count(DISTINCT c.district) + 8
    ORDER BY count(*) DESC LIMIT 1;
    IF fine IS NULL OR NOT pg_try_advisory_xact_lock(746109423) THEN
        RETURN false;
    END IF;
    -- The ground of a block is that of four large squares.
    coarse := -1 - ((fine / 512 >> 4) * 32 + (fine % 512 >> 4));
    larger := ARRAY(SELECT (fine / 512 * 2 + x) * 16384 + fine % 512 * 2 + y
                    FROM generate_series(0, 1) x, generate_series(0, 1) y);
    middle := ARRAY(SELECT (fine / 512 * 8 + x) * 16384 + fine % 512 * 8 + y
                    FROM generate_series(0, 7) x, generate_series(0, 7) y);
    WITH old AS (
        DELETE FROM plot_square
        WHERE block = fine OR block = coarse AND square = ANY(larger) RETURNING *
    )
    INSERT INTO plot_square (block, square, district, shown, stage, kind, year, review, programme,
                             plots, area_cm2)
    SELECT block, square, district, shown, stage, kind, year, review, programme,
           sum(plots), sum(area_cm2)
    FROM old GROUP BY block, square, district, shown, stage, kind, year, review, programme
    HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
    WITH old AS (
        DELETE FROM plot_square_sum
        WHERE block = coarse AND square = ANY(larger)
           OR block = -100000 - (fine / 512 >> 2) * 128 - (fine % 512 >> 2)
              AND square = ANY(middle)
        RETURNING *
    )
    INSERT INTO plot_square_sum
    SELECT block, square, district, shown, stage, sum(plots), sum(area_cm2)
    FROM old GROUP BY block, square, district, shown, stage
    HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
    -- The counter last: as long as it is long, a block is not done.
    WITH old AS (DELETE FROM plot_change WHERE block = fine RETURNING *)
    INSERT INTO plot_change (block, district, changes)
    SELECT block, district, sum(changes) FROM old GROUP BY block, district;
    RETURN true;
END
$$;
COMMENT ON FUNCTION tidy_plot_squares() IS
    'Puts the rows of one block together that has many more than it needs; false when none has';
REVOKE ALL ON FUNCTION tidy_plot_squares() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tidy_plot_squares() TO :service_role;
