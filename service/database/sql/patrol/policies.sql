-- Who sees and writes zones and patrols, by the counties of current_scope().
--
-- These policies bind the service; the owner of the tables passes them. {*} is the whole tree.
-- A zone may belong to several counties: it is seen by whoever sees all of them. A patrol, and what
-- was walked, belongs to one county.
DROP POLICY IF EXISTS ground ON patrol;
CREATE POLICY ground ON patrol
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR county = ANY ((SELECT current_scope())::text[])
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR county = ANY ((SELECT current_scope())::text[])
    );

DROP POLICY IF EXISTS ground ON patrol_log;
CREATE POLICY ground ON patrol_log
    USING (
        (SELECT current_scope()) = '{*}'::text[]
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
    );

DROP POLICY IF EXISTS ground ON patrol_zone;
CREATE POLICY ground ON patrol_zone
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR county = ANY ((SELECT current_scope())::text[])
        OR counties <@ (SELECT current_scope())
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR county = ANY ((SELECT current_scope())::text[])
        OR counties <@ (SELECT current_scope())
    );

DROP POLICY IF EXISTS ground ON zone;
CREATE POLICY ground ON zone
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR counties <@ (SELECT current_scope())
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR counties <@ (SELECT current_scope())
    );

DROP POLICY IF EXISTS ground ON zone_version;
CREATE POLICY ground ON zone_version
    USING (
        EXISTS (SELECT 1 FROM zone z WHERE z.id = zone_version.zone_id)
    )
    WITH CHECK (
        EXISTS (SELECT 1 FROM zone z WHERE z.id = zone_version.zone_id)
    );

DROP POLICY IF EXISTS ground ON zone_walked;
CREATE POLICY ground ON zone_walked
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR county = ANY ((SELECT current_scope())::text[])
        OR counties <@ (SELECT current_scope())
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR county = ANY ((SELECT current_scope())::text[])
        OR counties <@ (SELECT current_scope())
    );
