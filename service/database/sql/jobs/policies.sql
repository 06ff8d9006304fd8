-- A job shows only in the very scope in which it was asked for: its file holds that ground.
--
-- This policy binds the service; workers change jobs as the owner of the table, who passes it.
DROP POLICY IF EXISTS ground ON job;
CREATE POLICY ground ON job
    USING (scope = (SELECT current_scope()))
    WITH CHECK (scope = (SELECT current_scope()));
