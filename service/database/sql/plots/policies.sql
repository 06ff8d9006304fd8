-- Who sees and writes plots and what hangs on them, by the counties of current_scope().
--
-- A scope may hold units as well, as unit:CODE: their plots are seen in every district.
-- These policies bind the service; the owner of the tables passes them. {*} is the whole tree.
-- The rows of plot_version and plot_history that it asks for are those that their policies show.
-- Written by the service for plots that it sees: USING stands for WITH CHECK, too.
DROP POLICY IF EXISTS ground ON acceptance;
CREATE POLICY ground ON acceptance
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR EXISTS (SELECT 1 FROM plot_version v WHERE v.plot_id = acceptance.plot_id)
        OR EXISTS (SELECT 1 FROM plot_history h WHERE h.plot_id = acceptance.plot_id)
    );

-- A new plot has no ground yet: whoever has a scope may begin one.
DROP POLICY IF EXISTS ground ON plot;
CREATE POLICY ground ON plot
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR EXISTS (SELECT 1 FROM plot_version v WHERE v.plot_id = plot.id)
        OR EXISTS (SELECT 1 FROM plot_history h WHERE h.plot_id = plot.id)
    )
    WITH CHECK ((SELECT current_scope()) <> '{}'::text[]);

DROP POLICY IF EXISTS ground ON plot_counter;
CREATE POLICY ground ON plot_counter
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
    );

DROP POLICY IF EXISTS ground ON plot_history;
CREATE POLICY ground ON plot_history
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
        OR 'unit:' || unit = ANY ((SELECT current_scope())::text[])
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
        OR 'unit:' || unit = ANY ((SELECT current_scope())::text[])
    );

DROP POLICY IF EXISTS ground ON plot_number;
CREATE POLICY ground ON plot_number
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
    );

DROP POLICY IF EXISTS ground ON plot_version;
CREATE POLICY ground ON plot_version
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
        OR 'unit:' || unit = ANY ((SELECT current_scope())::text[])
    )
    WITH CHECK (
        (SELECT current_scope()) = '{*}'::text[]
        OR district = ANY ((SELECT current_scope())::text[])
        OR 'unit:' || unit = ANY ((SELECT current_scope())::text[])
    );

DROP POLICY IF EXISTS ground ON plot_comment;
CREATE POLICY ground ON plot_comment
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR EXISTS (SELECT 1 FROM plot_version v WHERE v.plot_id = plot_comment.plot_id)
        OR EXISTS (SELECT 1 FROM plot_history h WHERE h.plot_id = plot_comment.plot_id)
    );

DROP POLICY IF EXISTS ground ON plot_pass;
CREATE POLICY ground ON plot_pass
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR EXISTS (SELECT 1 FROM plot_version v WHERE v.plot_id = plot_pass.plot_id)
        OR EXISTS (SELECT 1 FROM plot_history h WHERE h.plot_id = plot_pass.plot_id)
    );

DROP POLICY IF EXISTS ground ON plot_reading;
CREATE POLICY ground ON plot_reading
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR EXISTS (SELECT 1 FROM plot_version v WHERE v.plot_id = plot_reading.plot_id)
        OR EXISTS (SELECT 1 FROM plot_history h WHERE h.plot_id = plot_reading.plot_id)
    );
