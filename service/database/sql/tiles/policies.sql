-- Who sees the counts of squares and of changes, by the counties of current_scope().
--
-- These policies bind the service, which may only read the tables; the owner passes them.
DROP POLICY IF EXISTS ground ON plot_change;
CREATE POLICY ground ON plot_change
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
    );

-- IN, not = ANY: the counties are hashed once, and a tile reads thousands of rows.
DROP POLICY IF EXISTS ground ON plot_square;
CREATE POLICY ground ON plot_square
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR district IN (SELECT unnest((SELECT current_scope())))
    );

DROP POLICY IF EXISTS ground ON plot_square_sum;
CREATE POLICY ground ON plot_square_sum
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR district IN (SELECT unnest((SELECT current_scope())))
    );
