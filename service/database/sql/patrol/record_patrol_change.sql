-- Logs a change of a zone, its version or a patrol in patrol_log.
--
-- Trigger of these tables, for each row. The account comes from the setting luotu.account, the
-- reason from luotu.reason; without an account the actor is "sql:" and the user of the database. Of
-- a patrol neither track nor walker is logged, since both are deleted after a while. The shape of a
-- zone that was is logged as a geometry, not within the JSON.
CREATE OR REPLACE FUNCTION record_patrol_change()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    author  record;
    old_row jsonb;
    new_row jsonb;
    invented boolean;
    shape geometry;
BEGIN
    IF TG_TABLE_NAME = 'patrol' THEN
        IF TG_OP <> 'INSERT' THEN
            old_row := jsonb_build_object('id', OLD.id, 'zone_id', OLD.zone_id, 'day',
                OLD.started_at, 'apart', OLD.apart, 'forgotten', OLD.forgotten_at IS NOT NULL);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            new_row := jsonb_build_object('id', NEW.id, 'zone_id', NEW.zone_id, 'day',
                NEW.started_at, 'apart', NEW.apart, 'forgotten', NEW.forgotten_at IS NOT NULL);
        END IF;
    ELSE
        old_row := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - 'geom' END;
        new_row := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - 'geom' END;
    END IF;
    IF TG_TABLE_NAME = 'zone_version' THEN
        SELECT demo INTO invented FROM zone
        WHERE id = coalesce(new_row ->> 'zone_id', old_row ->> 'zone_id')::bigint;
    ELSIF TG_OP = 'DELETE' THEN
        invented := OLD.demo;
    ELSE
        invented := NEW.demo;
    END IF;
    IF TG_TABLE_NAME = 'zone_version' AND TG_OP <> 'INSERT' THEN
        shape := OLD.geom;
    END IF;
    SELECT * INTO author FROM change_author(NULL);
    INSERT INTO patrol_log (what, row_id, operation, account_id, actor, reason, before, after,
                            geom, demo)
    VALUES (TG_TABLE_NAME, coalesce(new_row ->> 'id', old_row ->> 'id')::bigint, TG_OP,
            author.account_id, author.actor, author.reason, old_row, new_row, shape,
            coalesce(invented, false));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION record_patrol_change() IS
    'Writes patrol_log; the account comes from luotu.account, the reason from luotu.reason';
REVOKE ALL ON FUNCTION record_patrol_change() FROM PUBLIC;

CREATE OR REPLACE TRIGGER patrol_changed
    AFTER INSERT OR DELETE OR UPDATE ON patrol
    FOR EACH ROW
    EXECUTE FUNCTION record_patrol_change();

CREATE OR REPLACE TRIGGER zone_changed
    AFTER INSERT OR DELETE OR UPDATE ON zone
    FOR EACH ROW
    EXECUTE FUNCTION record_patrol_change();

CREATE OR REPLACE TRIGGER zone_version_changed
    AFTER INSERT OR DELETE OR UPDATE ON zone_version
    FOR EACH ROW
    EXECUTE FUNCTION record_patrol_change();
