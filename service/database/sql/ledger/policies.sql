-- Who sees and makes claims, by the counties of current_scope(); {*} is the whole tree.
DROP POLICY IF EXISTS ground ON plot_claim;
CREATE POLICY ground ON plot_claim
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
    );
