-- Logs a change of a layer or of its versions in layer_change.
--
-- Trigger of both tables, for each row. The account comes from the setting luotu.account (else from
-- changed_by of the row), the reason from luotu.reason; without an account the actor is "sql:" and
-- the user of the database.
CREATE OR REPLACE FUNCTION record_layer_change()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    author    record;
    old_row   jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row   jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    row_now   jsonb := coalesce(new_row, old_row);
    layer_code text := coalesce(row_now ->> 'layer', row_now ->> 'code');
BEGIN
    SELECT * INTO author FROM change_author((new_row ->> 'changed_by')::bigint);
    INSERT INTO layer_change (what, layer, operation, account_id, actor, reason, before, after, demo)
    VALUES (TG_TABLE_NAME, layer_code, TG_OP, author.account_id, author.actor, author.reason,
            old_row, new_row,
            coalesce((row_now ->> 'demo')::boolean,
                     (SELECT l.demo FROM layer l WHERE l.code = layer_code), false));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION record_layer_change() IS
    'Writes layer_change; the account comes from luotu.account, the reason from luotu.reason';
REVOKE ALL ON FUNCTION record_layer_change() FROM PUBLIC;

CREATE OR REPLACE TRIGGER layer_changed
    AFTER INSERT OR DELETE OR UPDATE ON layer
    FOR EACH ROW
    EXECUTE FUNCTION record_layer_change();

CREATE OR REPLACE TRIGGER layer_version_changed
    AFTER INSERT OR DELETE OR UPDATE ON layer_version
    FOR EACH ROW
    EXECUTE FUNCTION record_layer_change();
