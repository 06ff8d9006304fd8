-- Writes each version of a record into record_history.
--
-- Trigger of record, for each row. The account comes from the setting luotu.account (else from
-- changed_by of the row), the reason from luotu.reason; without an account the actor is "sql:" and
-- the user of the database. Personal values are left out: they are forgotten in the record alone.
CREATE OR REPLACE FUNCTION record_record_history()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    author    record;
    one       public.record;
    hidden    text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        one := OLD;
    ELSE
        one := NEW;
    END IF;
    SELECT personal INTO hidden FROM register WHERE code = one.register;
    SELECT * INTO author FROM change_author(CASE WHEN TG_OP <> 'DELETE' THEN NEW.changed_by END);
    INSERT INTO record_history (record_id, register, version, operation, account_id, actor, reason,
                                county, unit, content, geom, demo)
    VALUES (one.id, one.register, one.version, TG_OP, author.account_id, author.actor,
            author.reason, one.county, one.unit,
            to_jsonb(one) - '{geom,field_values}'::text[]
                || jsonb_build_object('field_values', one.field_values - coalesce(hidden, '{}')),
            one.geom, one.demo);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION record_record_history() IS
    'Writes record_history; the account comes from luotu.account, the reason from luotu.reason';
REVOKE ALL ON FUNCTION record_record_history() FROM PUBLIC;

CREATE OR REPLACE TRIGGER record_changed
    AFTER INSERT OR DELETE OR UPDATE ON record
    FOR EACH ROW
    EXECUTE FUNCTION record_record_history();
