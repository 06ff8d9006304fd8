-- Logs a change of a unit, an area, a register or what hangs on them in office_change.
--
-- Trigger of these tables, for each row. The account comes from the setting luotu.account (else
-- from changed_by of the row), the reason from luotu.reason; without an account the actor is "sql:"
-- and the user of the database. Names and phones of people are left out: they are forgotten in
-- their own rows alone.
CREATE OR REPLACE FUNCTION record_office_change()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    author    record;
    old_row   jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - '{person,phone}'::text[] END;
    new_row   jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - '{person,phone}'::text[] END;
    row_now   jsonb := coalesce(new_row, old_row);
BEGIN
    SELECT * INTO author FROM change_author((new_row ->> 'changed_by')::bigint);
    INSERT INTO office_change (what, code, operation, account_id, actor, reason, before, after, demo)
    VALUES (TG_TABLE_NAME, coalesce(row_now ->> 'register', row_now ->> 'code', row_now ->> 'unit',
                                    row_now ->> 'id'),
            TG_OP, author.account_id, author.actor, author.reason,
            old_row, new_row,
            coalesce((row_now ->> 'demo')::boolean, false));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION record_office_change() IS
    'Writes office_change; the account comes from luotu.account, the reason from luotu.reason';
REVOKE ALL ON FUNCTION record_office_change() FROM PUBLIC;

CREATE OR REPLACE TRIGGER unit_changed
    AFTER INSERT OR DELETE OR UPDATE ON unit
    FOR EACH ROW
    EXECUTE FUNCTION record_office_change();

CREATE OR REPLACE TRIGGER area_changed
    AFTER INSERT OR DELETE OR UPDATE ON area
    FOR EACH ROW
    EXECUTE FUNCTION record_office_change();

CREATE OR REPLACE TRIGGER unit_member_changed
    AFTER INSERT OR DELETE OR UPDATE ON unit_member
    FOR EACH ROW
    EXECUTE FUNCTION record_office_change();

CREATE OR REPLACE TRIGGER post_changed
    AFTER INSERT OR DELETE OR UPDATE ON post
    FOR EACH ROW
    EXECUTE FUNCTION record_office_change();

CREATE OR REPLACE TRIGGER register_changed
    AFTER INSERT OR DELETE OR UPDATE ON register
    FOR EACH ROW
    EXECUTE FUNCTION record_office_change();

CREATE OR REPLACE TRIGGER register_state_changed
    AFTER INSERT OR DELETE OR UPDATE ON register_state
    FOR EACH ROW
    EXECUTE FUNCTION record_office_change();

CREATE OR REPLACE TRIGGER register_field_changed
    AFTER INSERT OR DELETE OR UPDATE ON register_field
    FOR EACH ROW
    EXECUTE FUNCTION record_office_change();
