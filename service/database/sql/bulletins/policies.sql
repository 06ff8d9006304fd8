-- Who sees bulletins: whoever sees all counties that one was made of; {*} is the whole tree, and
-- alone sees those of the whole tree.
--
-- This policy binds the service; the owner of the table passes it.
DROP POLICY IF EXISTS ground ON bulletin;
CREATE POLICY ground ON bulletin
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR cardinality(counties) > 0 AND counties <@ (SELECT current_scope())::text[]
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR cardinality(counties) > 0 AND counties <@ (SELECT current_scope())::text[]
    );
