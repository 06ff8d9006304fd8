-- Versions of layers that began or ended since the day that the stored figures are of.
--
-- Returns the numbers of versions of layers of role block, NULL when there is none: always, but
-- between midnight in Beijing and the next drain.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION layers_due()
RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
-- On all other occasions no layer is looked at.
SELECT CASE WHEN stored.day < beijing_today() THEN (
    SELECT array_agg(v.id ORDER BY v.id)
    FROM layer_version v JOIN layer l ON l.code = v.layer AND l.role = 'block'
    WHERE v.valid_from > stored.day AND v.valid_from <= beijing_today()
       OR v.valid_to > stored.day AND v.valid_to <= beijing_today()) END
FROM coverage_layer_day stored
$$;
COMMENT ON FUNCTION layers_due() IS
    'Versions of blocking layers that began or ended since the day that the stored figures are of';
REVOKE ALL ON FUNCTION layers_due() FROM PUBLIC;
