-- Gives a change by SQL a version number, a moment and an author of its own.
--
-- Trigger of plot_version, for each row that is updated without another version number. So whoever
-- edits the plot on the web meets a 412 and overwrites nothing. The account comes from
-- luotu.account.
CREATE OR REPLACE FUNCTION count_plot_version()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    UPDATE plot SET last_version = greatest(last_version, OLD.version) + 1
    WHERE id = NEW.plot_id RETURNING last_version INTO NEW.version;
    IF NEW.changed_at = OLD.changed_at THEN
        NEW.changed_at := now();
    END IF;
    IF NEW.changed_by IS NOT DISTINCT FROM OLD.changed_by THEN
        NEW.changed_by := (SELECT account_id FROM change_author(NULL));
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION count_plot_version() IS
    'A change by SQL gets a version number of its own, so that whoever edits on the web meets a '
    '412 and overwrites nothing';
REVOKE ALL ON FUNCTION count_plot_version() FROM PUBLIC;

CREATE OR REPLACE TRIGGER plot_version_count
    BEFORE UPDATE ON plot_version
    FOR EACH ROW WHEN ((new.version = old.version))
    EXECUTE FUNCTION count_plot_version();
