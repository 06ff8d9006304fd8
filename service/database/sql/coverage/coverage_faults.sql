-- Compares the stored figures of a boundary with those computed anew from the plots.
--
-- boundary:  number of the boundary.
-- tolerance: how far areas may differ, as a ratio of the computed area.
-- slight_m2: how far they may differ beside that, in square metres.
-- Returns a row for each difference:
--   what:     piece, cell, district (its sum is not that of its cells), shares (those of a plot do
--             not add up to its own area) or stray (of a cell that is none of the boundary's);
--   cell_id:  the cell; NULL for a district and for shares;
--   groups, grp: plot and its number for a piece and for shares; else the grouping (all,
--                green_class, stage) and group;
--   kept_m2, found_m2: the stored and the computed area; NULL when one of them has no row.
-- Cells that are marked are passed over: their figures are known to be old.
-- Only the owner may call it (`luotu db verify`).
CREATE OR REPLACE FUNCTION coverage_faults(
    boundary bigint,
    tolerance double precision,
    slight_m2 double precision
)
RETURNS TABLE (
    what text,
    cell_id bigint,
    groups text,
    grp text,
    kept_m2 double precision,
    found_m2 double precision
)
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
AS $$
#variable_conflict use_column
DECLARE
    clean bigint[];
BEGIN
    SELECT coalesce(array_agg(c.id), '{}') INTO clean FROM district_cell c
    WHERE c.boundary_id = boundary
      AND NOT EXISTS (SELECT 1 FROM coverage_dirty d
                      WHERE d.boundary_id = boundary AND d.cell_id = c.id)
      AND c.id NOT IN (SELECT due.cell_id FROM cells_on_layers(layers_due()) due);
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT * FROM coverage_pieces(clean)
    ), piece AS MATERIALIZED (
        SELECT p.*, g.grouping, g.grp FROM found p JOIN kind k ON k.code = p.kind
        CROSS JOIN LATERAL (VALUES
            ('all', ''), ('green_class', k.green_class), ('stage', p.stage)
        ) g(grouping, grp)
    -- include coverage/pieces_added_up where moment = NULL
    ), figure AS (
        SELECT boundary_id, cell_id, grouping, grp, ground_m2 - refused_m2 AS green_m2, sum_m2,
               refused_m2, outside_m2, plot_count
        FROM added
    )
    SELECT 'piece', coalesce(kept.cell_id, found.cell_id), 'plot',
           coalesce(kept.plot_id, found.plot_id)::text, kept.area_m2, found.area_m2
    FROM found FULL JOIN (
        SELECT * FROM coverage_piece p WHERE p.cell_id = ANY(clean)
    ) kept ON kept.cell_id = found.cell_id AND kept.plot_id = found.plot_id
    WHERE abs(kept.area_m2 - found.area_m2) > tolerance * found.area_m2 + slight_m2
       OR abs(kept.factor - found.factor) * found.area_m2 > tolerance * found.area_m2 + slight_m2
       OR abs(kept.outside_m2 - found.outside_m2) > tolerance * found.area_m2 + slight_m2
       OR abs(kept.refused_m2 - found.refused_m2) > tolerance * found.area_m2 + slight_m2
       OR (kept.whole, kept.counted, kept.overlapping_plot_ids, kept.cluster_id IS NULL,
           kept.cluster_plots)
          IS DISTINCT FROM
          (found.whole, found.counted, found.overlapping_plot_ids, found.cluster_id IS NULL,
           found.cluster_plots)
       OR abs(kept.cluster_m2 - found.cluster_m2) > tolerance * found.cluster_m2 + slight_m2
       OR abs(kept.cluster_refused_m2 - found.cluster_refused_m2)
          > tolerance * found.cluster_m2 + slight_m2
       OR kept.cell_id IS NULL OR found.cell_id IS NULL
    UNION ALL
    SELECT 'cell', coalesce(kept.cell_id, figure.cell_id),
           coalesce(kept.grouping, figure.grouping), coalesce(kept.grp, figure.grp),
           kept.green_m2, figure.green_m2
    FROM figure FULL JOIN (
        SELECT * FROM coverage_cell c WHERE c.cell_id = ANY(clean)
    ) kept ON kept.cell_id = figure.cell_id AND kept.grouping = figure.grouping
          AND kept.grp = figure.grp
    WHERE abs(kept.green_m2 - figure.green_m2) > tolerance * figure.sum_m2 + slight_m2
       OR abs(kept.sum_m2 - figure.sum_m2) > tolerance * figure.sum_m2 + slight_m2
       OR abs(kept.outside_m2 - figure.outside_m2) > tolerance * figure.sum_m2 + slight_m2
       OR abs(kept.refused_m2 - figure.refused_m2) > tolerance * figure.sum_m2 + slight_m2
       OR kept.plot_count <> figure.plot_count
       OR kept.cell_id IS NULL OR figure.cell_id IS NULL
    UNION ALL
    SELECT 'district', NULL, coalesce(kept.grouping, added.grouping),
           coalesce(kept.grp, added.grp), kept.green_m2, added.green_m2
    FROM (
        SELECT c.grouping, c.grp, sum(c.green_m2) AS green_m2, sum(c.sum_m2) AS sum_m2,
               sum(c.refused_m2) AS refused_m2, sum(c.outside_m2) AS outside_m2,
               sum(c.plot_count) AS plot_count
        FROM coverage_cell c WHERE c.boundary_id = boundary GROUP BY c.grouping, c.grp
    ) added FULL JOIN (
        SELECT * FROM coverage_district f WHERE f.boundary_id = boundary
    ) kept ON kept.grouping = added.grouping AND kept.grp = added.grp
    WHERE abs(kept.green_m2 - added.green_m2) > tolerance * added.sum_m2
       OR abs(kept.sum_m2 - added.sum_m2) > tolerance * added.sum_m2
       OR abs(kept.refused_m2 - added.refused_m2) > tolerance * added.sum_m2
       OR abs(kept.outside_m2 - added.outside_m2) > tolerance * (added.sum_m2 + added.outside_m2)
       OR kept.plot_count <> added.plot_count
       OR kept.grp IS NULL OR added.grp IS NULL
    UNION ALL
    -- The shares of a plot in all districts of the level, and what lies in none, are its own area.
    SELECT 'shares', NULL, 'plot', share.plot_id::text, share.m2, share.own_m2
    FROM (
        SELECT v.plot_id, v.geom, v.area_m2 AS own_m2, sum(p.area_m2 + p.outside_m2) AS m2
        FROM district_boundary b JOIN district d ON d.code = b.code
        CROSS JOIN LATERAL (
            SELECT DISTINCT mine.plot_id FROM coverage_piece mine
            WHERE mine.boundary_id = b.id AND NOT mine.whole
        ) crossing
        JOIN plot_version v ON v.plot_id = crossing.plot_id AND v.slot = 'approved'
        JOIN coverage_piece p ON p.plot_id = v.plot_id
        JOIN district_boundary other ON other.id = p.boundary_id
        JOIN district e ON e.code = other.code AND e.level = d.level
        WHERE b.id = boundary
        GROUP BY v.plot_id, v.geom, v.area_m2
        -- Where boundaries overlap, each has the whole of a plot that lies in both.
        HAVING NOT bool_or(p.whole)
    ) share
    WHERE abs(share.m2 - share.own_m2) > tolerance * share.own_m2 + slight_m2
      AND NOT EXISTS (SELECT 1 FROM coverage_dirty d JOIN district_cell c ON c.id = d.cell_id
                      WHERE c.geom && share.geom)
    UNION ALL
    SELECT 'stray', stray.cell_id, '', '', NULL, NULL
    FROM (SELECT DISTINCT p.cell_id FROM coverage_piece p WHERE p.boundary_id = boundary
          UNION SELECT c.cell_id FROM coverage_cell c WHERE c.boundary_id = boundary) stray
    WHERE NOT EXISTS (SELECT 1 FROM district_cell c
                      WHERE c.id = stray.cell_id AND c.boundary_id = boundary);
END
$$;
COMMENT ON FUNCTION coverage_faults(bigint, double precision, double precision) IS
    'Where the kept figures of a boundary differ from those computed anew by the same cells';
REVOKE ALL ON FUNCTION coverage_faults(bigint, double precision, double precision) FROM PUBLIC;
