-- Who sees and writes plans, targets and reported figures, by the counties of current_scope() and
-- the units in it; {*} is the whole tree.
--
-- These policies bind the service; the owner of the tables passes them. A target is seen by whoever
-- sees all counties of its ground, and by the accounts of its units (unit, lead, with_units). A
-- plan is seen where it belongs to no district, where its counties and the scope meet, and by
-- whoever sees a target of it.
DROP POLICY IF EXISTS ground ON target;
CREATE POLICY ground ON target
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR cardinality(counties) > 0 AND counties <@ (SELECT current_scope())::text[]
        OR EXISTS (
            SELECT FROM unnest(owners) one(unit)
            WHERE 'unit:' || one.unit = ANY ((SELECT current_scope())::text[]))
    );

DROP POLICY IF EXISTS ground ON reported;
CREATE POLICY ground ON reported
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR EXISTS (SELECT FROM target t WHERE t.id = reported.target)
    );

DROP POLICY IF EXISTS ground ON plan;
CREATE POLICY ground ON plan
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR cardinality(counties) = 0 AND (SELECT current_scope()) <> '{}'::text[]
        OR counties && (SELECT current_scope())::text[]
        OR EXISTS (SELECT FROM target t WHERE t.plan = plan.code)
    );

DROP POLICY IF EXISTS ground ON task_change;
CREATE POLICY ground ON task_change
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR what = 'plan' AND EXISTS (SELECT FROM plan p WHERE p.code = task_change.plan)
        OR cardinality(counties) > 0 AND counties <@ (SELECT current_scope())::text[]
        OR EXISTS (
            SELECT FROM unnest(owners) one(unit)
            WHERE 'unit:' || one.unit = ANY ((SELECT current_scope())::text[]))
    );
