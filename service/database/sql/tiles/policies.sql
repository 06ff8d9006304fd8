DROP POLICY IF EXISTS ground ON plot_change;
CREATE POLICY ground ON plot_change
    USING ((((SELECT current_scope()) = '{*}'::text[]) OR (district = ANY ((SELECT current_scope())::text[]))));

DROP POLICY IF EXISTS ground ON plot_square;
CREATE POLICY ground ON plot_square
    USING ((((SELECT current_scope()) = '{*}'::text[]) OR (district IN ( SELECT unnest((SELECT current_scope())) AS unnest))));

DROP POLICY IF EXISTS ground ON plot_square_sum;
CREATE POLICY ground ON plot_square_sum
    USING ((((SELECT current_scope()) = '{*}'::text[]) OR (district IN ( SELECT unnest((SELECT current_scope())) AS unnest))));
