-- Who sees and makes claims, by the counties of current_scope() and the units in it, which are
-- those of the claiming plot; {*} is the whole tree.
DROP POLICY IF EXISTS ground ON plot_claim;
CREATE POLICY ground ON plot_claim
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
        OR EXISTS (
            SELECT 1 FROM plot_version v
            WHERE v.plot_id = plot_claim.plot_id
              AND 'unit:' || v.unit = ANY ((SELECT current_scope())::text[]))
    );
