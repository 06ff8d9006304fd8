-- Adds the cells of boundaries up to the figures of their districts.
--
-- boundaries: numbers of boundaries; the caller holds them. Returns nothing.
-- A figure that stays as it was keeps its stamp; a group without cells is deleted.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION roll_up_coverage(boundaries bigint[])
RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
BEGIN
    WITH fresh AS MATERIALIZED (
        SELECT b.id AS boundary_id, c.grouping, c.grp, b.code, d.level,
               sum(c.green_m2 ORDER BY c.cell_id) AS green_m2,
               sum(c.sum_m2 ORDER BY c.cell_id) AS sum_m2,
               sum(c.refused_m2 ORDER BY c.cell_id) AS refused_m2,
               sum(c.outside_m2 ORDER BY c.cell_id) AS outside_m2,
               sum(c.plot_count)::bigint AS plot_count
        FROM district_boundary b JOIN district d ON d.code = b.code
        JOIN coverage_cell c ON c.boundary_id = b.id
        WHERE b.id = ANY(boundaries)
        GROUP BY b.id, c.grouping, c.grp, b.code, d.level
    ), gone AS (
        DELETE FROM coverage_district kept WHERE kept.boundary_id = ANY(boundaries)
            AND NOT EXISTS (SELECT 1 FROM fresh WHERE fresh.boundary_id = kept.boundary_id
                            AND fresh.grouping = kept.grouping AND fresh.grp = kept.grp)
    )
    INSERT INTO coverage_district AS kept
        (boundary_id, grouping, grp, code, level, green_m2, sum_m2, refused_m2, outside_m2,
         plot_count)
    SELECT boundary_id, grouping, grp, code, level, green_m2, sum_m2, refused_m2, outside_m2,
           plot_count
    FROM fresh
    ON CONFLICT (boundary_id, grouping, grp) DO UPDATE SET
        code = excluded.code, level = excluded.level, green_m2 = excluded.green_m2,
        sum_m2 = excluded.sum_m2, refused_m2 = excluded.refused_m2, outside_m2 = excluded.outside_m2,
        plot_count = excluded.plot_count, stamp = excluded.stamp
    WHERE (kept.code, kept.level, kept.green_m2, kept.sum_m2, kept.refused_m2, kept.outside_m2,
           kept.plot_count)
          IS DISTINCT FROM
          (excluded.code, excluded.level, excluded.green_m2, excluded.sum_m2, excluded.refused_m2,
           excluded.outside_m2, excluded.plot_count);
END
$$;
COMMENT ON FUNCTION roll_up_coverage(bigint[]) IS
    'Adds the cells of boundaries up; the caller holds the boundaries';
REVOKE ALL ON FUNCTION roll_up_coverage(bigint[]) FROM PUBLIC;
