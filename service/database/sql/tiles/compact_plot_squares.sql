-- Puts the rows of some squares, and the counters of some blocks, together.
--
-- changed:         blocks whose counters in plot_change are put together.
-- blocks, squares: pairs: squares whose rows in plot_square and its sums are put together.
-- Returns nothing. What they add up to stays the same. Whatever another transaction is putting
-- together is passed over, so nobody waits.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION compact_plot_squares(
    changed integer[],
    blocks integer[],
    squares integer[]
)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    one record;
BEGIN
    -- One at a time puts a square together; who comes meanwhile leaves it to the next.
    FOR one IN SELECT DISTINCT block, square,
        (square >> 16) * 16384 + ((square & 16383) >> 2) AS middle,
        -100000 - (square >> 21) * 128 - ((square & 16383) >> 7) AS middle_block
        FROM unnest(blocks, squares) AS pair(block, square)
    LOOP
        IF pg_try_advisory_xact_lock(746109421, one.square * sign(one.block + 0.5)::integer) THEN
            WITH old AS (
                DELETE FROM plot_square
                WHERE block = one.block AND square = one.square RETURNING *
            )
            INSERT INTO plot_square (block, square, district, shown, stage, kind, year, review,
                                     programme, plots, area_cm2)
            SELECT block, square, district, shown, stage, kind, year, review, programme, sum(plots),
                   sum(area_cm2)
            FROM old GROUP BY block, square, district, shown, stage, kind, year, review, programme
            HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
            WITH old AS (
                DELETE FROM plot_square_sum
                WHERE block = one.block AND square = one.square RETURNING *
            )
            INSERT INTO plot_square_sum
            SELECT block, square, district, shown, stage, sum(plots), sum(area_cm2)
            FROM old GROUP BY block, square, district, shown, stage
            HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
        END IF;

        IF one.block >= 0 AND pg_try_advisory_xact_lock(746109424, one.middle) THEN
            WITH old AS (
                DELETE FROM plot_square_sum
                WHERE block = one.middle_block AND square = one.middle RETURNING *
            )
            INSERT INTO plot_square_sum
            SELECT block, square, district, shown, stage, sum(plots), sum(area_cm2)
            FROM old GROUP BY block, square, district, shown, stage
            HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
        END IF;
    END LOOP;
    FOR one IN SELECT DISTINCT block FROM unnest(changed) AS block LOOP
        IF pg_try_advisory_xact_lock(746109422, one.block) THEN
            WITH old AS (DELETE FROM plot_change WHERE block = one.block RETURNING *)
            INSERT INTO plot_change (block, district, changes)
            SELECT block, district, sum(changes) FROM old GROUP BY block, district;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION compact_plot_squares(integer[], integer[], integer[]) IS
    'Puts the rows of some squares, and the counters of some blocks, together';
REVOKE ALL ON FUNCTION compact_plot_squares(integer[], integer[], integer[]) FROM PUBLIC;
