DROP POLICY IF EXISTS ground ON idempotency_key;
CREATE POLICY ground ON idempotency_key
    USING ((scope = (SELECT current_scope())))
    WITH CHECK ((scope = (SELECT current_scope())));
