-- Empties the squares when plots are truncated, and counts a change of every block that has plots.
--
-- Trigger of plot_version for TRUNCATE, and of kind for each row whose green_class changes: tiles
-- show it.
CREATE OR REPLACE FUNCTION forget_plot_squares()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM plot_square; DELETE FROM plot_square_sum;
    END IF;
    INSERT INTO plot_change (block, district, changes)
    SELECT block, district, 1 FROM plot_change GROUP BY block, district;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION forget_plot_squares() IS
    'TRUNCATE takes every plot away; a kind that changed its class is in every tile';
REVOKE ALL ON FUNCTION forget_plot_squares() FROM PUBLIC;

CREATE OR REPLACE TRIGGER kind_squares
    AFTER UPDATE OF green_class ON kind
    FOR EACH ROW WHEN ((new.green_class IS DISTINCT FROM old.green_class))
    EXECUTE FUNCTION forget_plot_squares();

CREATE OR REPLACE TRIGGER plot_version_truncated_squares
    BEFORE TRUNCATE ON plot_version
    FOR EACH STATEMENT
    EXECUTE FUNCTION forget_plot_squares();
