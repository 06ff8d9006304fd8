-- Who sees and writes records, by the counties of current_scope() and the units in it.
--
-- These policies bind the service; the owner of the tables passes them. {*} is the whole tree, and
-- alone sees records of no county and no unit. Steps and links are seen with their record;
-- definitions by every account.
DROP POLICY IF EXISTS ground ON record;
CREATE POLICY ground ON record
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR county = ANY ((SELECT current_scope())::text[])
        OR 'unit:' || unit = ANY ((SELECT current_scope())::text[])
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR county = ANY ((SELECT current_scope())::text[])
        OR 'unit:' || unit = ANY ((SELECT current_scope())::text[])
    );

DROP POLICY IF EXISTS ground ON record_history;
CREATE POLICY ground ON record_history
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR county = ANY ((SELECT current_scope())::text[])
        OR 'unit:' || unit = ANY ((SELECT current_scope())::text[])
    );

DROP POLICY IF EXISTS ground ON record_step;
CREATE POLICY ground ON record_step
    USING (EXISTS (SELECT FROM record r WHERE r.id = record_step.record_id))
    WITH CHECK (EXISTS (SELECT FROM record r WHERE r.id = record_step.record_id));

DROP POLICY IF EXISTS ground ON record_link;
CREATE POLICY ground ON record_link
    USING (EXISTS (SELECT FROM record r WHERE r.id = record_link.record_id))
    WITH CHECK (EXISTS (SELECT FROM record r WHERE r.id = record_link.record_id));
