-- A stored answer to a request shows only in the very scope in which it was given.
--
-- This policy binds the service; the owner of the table passes it.
DROP POLICY IF EXISTS ground ON idempotency_key;
CREATE POLICY ground ON idempotency_key
    USING (scope = (SELECT current_scope()))
    WITH CHECK (scope = (SELECT current_scope()));
