-- Adds to plot_square_sum what is added to plot_square, or takes away what is deleted.
--
-- Trigger of plot_square, once a statement; its argument is 1 or -1. `changed` are the rows. Large
-- squares are summed as they are, small ones in sixteens (4 by 4), all without kind, year, review
-- and programme.
CREATE OR REPLACE FUNCTION sum_plot_squares()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    INSERT INTO plot_square_sum
    SELECT block, square, district, shown, stage, sum(TG_ARGV[0]::integer * plots),
           sum(TG_ARGV[0]::integer * area_cm2)
    FROM (
        SELECT block, square, district, shown, stage, plots, area_cm2 FROM changed
        WHERE block < 0
        UNION ALL
        SELECT -100000 - (square >> 21) * 128 - ((square & 16383) >> 7),
               (square >> 16) * 16384 + ((square & 16383) >> 2), district, shown, stage, plots,
            area_cm2 FROM changed
        WHERE block >= 0
    ) every_size
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION sum_plot_squares() IS
    'Adds to plot_square_sum what was added to plot_square, or takes it away';
REVOKE ALL ON FUNCTION sum_plot_squares() FROM PUBLIC;

CREATE OR REPLACE TRIGGER plot_square_deleted_sums
    AFTER DELETE ON plot_square
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT
    EXECUTE FUNCTION sum_plot_squares('-1');

CREATE OR REPLACE TRIGGER plot_square_inserted_sums
    AFTER INSERT ON plot_square
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT
    EXECUTE FUNCTION sum_plot_squares('1');
