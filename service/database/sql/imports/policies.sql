-- Who sees imports, their files and rows: whoever sees every county of their sender.
--
-- Queries narrow that further: planners see their own imports only. {*} is the whole tree. The
-- plots of a batch are seen by whoever sees the import, also those that are gone since (so that an
-- undo can tell), or sees the plots.
DROP POLICY IF EXISTS ground ON import;
CREATE POLICY ground ON import
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR (scope <> '{}'::text[] AND scope <@ (SELECT current_scope())::text[])
    );

DROP POLICY IF EXISTS ground ON import_file;
CREATE POLICY ground ON import_file
    USING (import_id IN (SELECT i.id FROM import i));

DROP POLICY IF EXISTS ground ON import_row;
CREATE POLICY ground ON import_row
    USING (import_id IN (SELECT i.id FROM import i));

DROP POLICY IF EXISTS ground ON import_plot;
CREATE POLICY ground ON import_plot
    USING (
        (SELECT current_scope()) = '{*}'::text[]
        OR import_id IN (SELECT i.id FROM import i)
        OR EXISTS (SELECT 1 FROM plot_version v WHERE v.plot_id = import_plot.plot_id)
    );
