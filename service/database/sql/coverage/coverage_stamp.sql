-- Tells whether figures that somebody keeps in memory still hold.
--
-- at_level:    level of the districts: province, city, county, town, village, group.
-- by_grouping: all, green_class or stage.
-- Returns a number that is the same for two moments only if the scope is the same and the figures
-- of all districts of the level are. NULL when nothing may be kept: cells are marked, a layer began
-- or ended at midnight, or no scope is set.
-- The service may call it.
CREATE OR REPLACE FUNCTION coverage_stamp(at_level text, by_grouping text)
RETURNS bigint
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
DECLARE
    scope text[] := current_scope();
BEGIN
    IF scope = '{}' OR EXISTS (SELECT 1 FROM coverage_dirty) OR layers_due() IS NOT NULL THEN
        RETURN NULL;
    END IF;
    RETURN hashtextextended(array_to_string(scope, ','), 0)
        # (SELECT coalesce(bit_xor(uuid_hash_extended(f.stamp, 0)), 0) FROM coverage_district f
           WHERE f.grouping = by_grouping AND f.level = at_level)
        -- Plots in no known county have no figure that changes with them.
        # (SELECT coalesce(bit_xor(hashtextextended(
               concat_ws(' ', noted.plot_id, noted.district, noted.area_m2), 0)), 0)
           FROM coverage_outside noted WHERE noted.area_m2 IS NOT NULL);
END
$$;
COMMENT ON FUNCTION coverage_stamp(text, text) IS
    'Two moments with the same stamp have the same scope, and in it the same figures of all '
    'districts of the level; null where cells are marked or nothing is in scope';
REVOKE ALL ON FUNCTION coverage_stamp(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION coverage_stamp(text, text) TO :service_role;
