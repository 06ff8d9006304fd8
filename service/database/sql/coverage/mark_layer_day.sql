-- Marks the cells of layers that began or ended since the day that the stored figures are of.
--
-- Returns nothing. The first call after midnight in Beijing does it; while somebody else is at it,
-- nothing is done.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION mark_layer_day()
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    PERFORM 1 FROM coverage_layer_day WHERE day < beijing_today() FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO coverage_dirty (boundary_id, cell_id)
    SELECT boundary_id, cell_id FROM cells_on_layers(layers_due());
    UPDATE coverage_layer_day SET day = beijing_today();
END
$$;
COMMENT ON FUNCTION mark_layer_day() IS
    'Marks the cells of layers that began or ended since the day that the stored figures are of';
REVOKE ALL ON FUNCTION mark_layer_day() FROM PUBLIC;
