-- Who sees which links of files: whoever sees the plot, the record or the reported figure.
--
-- This policy binds the service; the owner of the tables passes it. A file itself is found by its
-- link alone.
DROP POLICY IF EXISTS ground ON file_link;
CREATE POLICY ground ON file_link
    USING (
        EXISTS (SELECT FROM plot_version v WHERE v.plot_id = file_link.plot_id)
        OR EXISTS (SELECT FROM record r WHERE r.id = file_link.record_id)
        OR EXISTS (SELECT FROM reported f WHERE f.id = file_link.reported_id)
    )
    WITH CHECK (
        EXISTS (SELECT FROM plot_version v WHERE v.plot_id = file_link.plot_id)
        OR EXISTS (SELECT FROM record r WHERE r.id = file_link.record_id)
        OR EXISTS (SELECT FROM reported f WHERE f.id = file_link.reported_id)
    );
