-- Notes the plots that lie in no known county since a boundary came, moved or ended.
--
-- boundary: number of the boundary.
-- gone:     ground that it had and has no more; NULL for none.
-- Returns nothing. The row of a plot that lies in a county again stays, without an area, for past
-- moments.
-- Only functions of the owner call it. No table is read through: in the transaction of a bulk load
-- the planner has no statistics, and would read all plots for each cell.
CREATE OR REPLACE FUNCTION note_plots_outside(boundary bigint, gone geometry)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
SET enable_seqscan TO 'off'
AS $$
BEGIN
    UPDATE coverage_outside noted SET area_m2 = NULL
    FROM plot_version v, district_cell c, district d
    WHERE noted.area_m2 IS NOT NULL AND v.plot_id = noted.plot_id AND v.slot = 'approved'
      AND c.boundary_id = boundary AND c.geom && v.geom AND ST_Relate(c.geom, v.geom, 'T********')
      AND d.code = c.code AND d.level = 'county'
      AND EXISTS (SELECT 1 FROM district_boundary b WHERE b.id = boundary AND b.valid_to IS NULL);
    INSERT INTO coverage_outside (plot_id, district, area_m2)
    SELECT plot.plot_id, plot.district, plot.area_m2
    FROM (
        SELECT DISTINCT v.plot_id
        FROM (SELECT part AS geom FROM cells_of(gone) part) ground
        CROSS JOIN LATERAL (
            SELECT p.plot_id FROM plot_version p
            WHERE p.slot = 'approved' AND p.stage IN ('planted', 'accepted', 'existing')
              AND p.geom && ground.geom OFFSET 0
        ) v
    ) near
    CROSS JOIN LATERAL (
        SELECT p.plot_id, p.geom, p.district, p.area_m2 FROM plot_version p
        WHERE p.plot_id = near.plot_id AND p.slot = 'approved' OFFSET 0
    ) plot
    WHERE NOT EXISTS (  -- quick: most middles lie in a county
          SELECT 1 FROM (SELECT ST_PointOnSurface(plot.geom) AS point OFFSET 0) middle
          JOIN district_cell c ON c.geom && middle.point AND ST_Intersects(c.geom, middle.point)
          JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
          JOIN district d ON d.code = c.code AND d.level = 'county')
      AND NOT EXISTS (
          SELECT 1 FROM district_cell c
          JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
          JOIN district d ON d.code = c.code AND d.level = 'county'
          WHERE c.geom && plot.geom AND ST_Relate(c.geom, plot.geom, 'T********'))
    ON CONFLICT (plot_id) DO UPDATE SET
        district = excluded.district, area_m2 = excluded.area_m2;
END
$$;
COMMENT ON FUNCTION note_plots_outside(bigint, geometry) IS
    'Notes the plots that lie in no known county since a boundary came, moved or ended';
REVOKE ALL ON FUNCTION note_plots_outside(bigint, geometry) FROM PUBLIC;
