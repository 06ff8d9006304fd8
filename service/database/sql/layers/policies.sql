-- Who sees which plots are affected by a layer, by the counties of current_scope() and the units in
-- it.
--
-- This policy binds the service; the owner of the tables passes it. {*} is the whole tree. Layers
-- themselves are read by every account.
DROP POLICY IF EXISTS ground ON layer_affected;
CREATE POLICY ground ON layer_affected
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
        OR EXISTS (
            SELECT 1 FROM plot_version v
            WHERE v.plot_id = layer_affected.plot_id
              AND 'unit:' || v.unit = ANY ((SELECT current_scope())::text[]))
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
    );
