-- Logs a change of a plan, a target or a reported figure in task_change.
--
-- Trigger of these tables, for each row. The account comes from the setting luotu.account (else
-- from changed_by of the row), the reason from luotu.reason; without an account the actor is "sql:"
-- and the user of the database. Counties and owners are those of the row, of a reported figure
-- those of its target, so that the log is seen by whoever sees the row.
CREATE OR REPLACE FUNCTION record_task_change()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    author    record;
    its       record;
    old_row   jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row   jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    row_now   jsonb := coalesce(new_row, old_row);
    target_id bigint;
    plan_code text;
    of_counties text[];
    of_owners text[];
BEGIN
    SELECT * INTO author FROM change_author((new_row ->> 'changed_by')::bigint);
    IF TG_TABLE_NAME = 'reported' THEN
        target_id := (row_now ->> 'target')::bigint;
        SELECT t.plan, t.counties, t.owners INTO its FROM target t WHERE t.id = target_id;
        -- With a target that goes its figures go: their log stays with the plan alone.
        plan_code := coalesce(its.plan, '');
        of_counties := coalesce(its.counties, '{}');
        of_owners := coalesce(its.owners, '{}');
    ELSE
        target_id := CASE WHEN TG_TABLE_NAME = 'target' THEN (row_now ->> 'id')::bigint END;
        plan_code := coalesce(row_now ->> 'plan', row_now ->> 'code');
        of_counties := ARRAY(SELECT jsonb_array_elements_text(row_now -> 'counties'));
        of_owners := ARRAY(
            SELECT jsonb_array_elements_text(coalesce(row_now -> 'owners', '[]'::jsonb)));
    END IF;
    INSERT INTO task_change
        (what, row_id, plan, target, operation, account_id, actor, reason, before, after,
         counties, owners, demo)
    VALUES (TG_TABLE_NAME, coalesce(row_now ->> 'id', row_now ->> 'code'), plan_code, target_id,
            TG_OP, author.account_id, author.actor, author.reason, old_row, new_row,
            of_counties, of_owners, (row_now ->> 'demo')::boolean);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION record_task_change() IS
    'Writes task_change; the account comes from luotu.account, the reason from luotu.reason';
REVOKE ALL ON FUNCTION record_task_change() FROM PUBLIC;

CREATE OR REPLACE TRIGGER plan_changed
    AFTER INSERT OR DELETE OR UPDATE ON plan
    FOR EACH ROW
    EXECUTE FUNCTION record_task_change();

CREATE OR REPLACE TRIGGER target_changed
    AFTER INSERT OR DELETE OR UPDATE ON target
    FOR EACH ROW
    EXECUTE FUNCTION record_task_change();

CREATE OR REPLACE TRIGGER reported_changed
    AFTER INSERT OR DELETE OR UPDATE ON reported
    FOR EACH ROW
    EXECUTE FUNCTION record_task_change();
