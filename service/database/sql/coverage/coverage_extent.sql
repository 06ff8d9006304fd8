-- Which boundaries some figures stand on, and which cells must be computed for them.
--
-- codes:  district codes; NULL means all districts in the scope.
-- moment: the figures are to be those of this moment; NULL means now.
-- few:    up to so many marked cells are computed with the read; when there are more, none is.
-- borders_on: the boundaries of this day; NULL means those of the moment.
-- of_units: units whose plots alone the figures count; NULL means all plots.
-- Returns one row:
--   kept:    boundaries that held at the moment and hold now: their stored pieces serve;
--   fresh:   cells to be computed: marked ones, for a past moment also those that changed since,
--            all cells of a boundary that has ended since, those that share plots with a
--            boundary that came or ended since, and those on a layer that began or ended since,
--            or whose role or rule changed;
--   waiting: how many marked cells are not in the figures, because they are more than few; else 0;
--   oldest:  when the oldest mark of those was made; NULL when none waits.
-- Only functions of the owner call it.
CREATE OR REPLACE FUNCTION coverage_extent(
    codes text[],
    moment timestamp with time zone,
    few integer,
    of_units text[] DEFAULT NULL,
    borders_on date DEFAULT NULL,
    OUT kept bigint[],
    OUT fresh bigint[],
    OUT waiting bigint,
    OUT oldest timestamp with time zone
)
RETURNS record
LANGUAGE plpgsql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
SET jit TO 'off'
SET plan_cache_mode TO 'force_custom_plan'
AS $$
DECLARE
    past bigint[];
    due  bigint[] := layers_due();
    day  date := coalesce(borders_on, beijing_day(moment));
    at   timestamptz := coalesce(moment, 'infinity');
    box  geometry;
BEGIN
    SELECT array_agg(b.id) FILTER (WHERE b.valid_to IS NULL),
           array_agg(b.id) FILTER (WHERE b.valid_to IS NOT NULL)
    INTO kept, past
    FROM codes_in_scope(codes, of_units) AS mine(code) CROSS JOIN LATERAL (
        SELECT id, valid_to FROM district_boundary d
        WHERE d.code = mine.code
          AND (d.valid_to IS NULL OR d.valid_to > day)
        ORDER BY d.valid_from LIMIT 1
    ) b;
    SELECT array_agg(DISTINCT d.cell_id), min(d.since) INTO fresh, oldest
    FROM (SELECT boundary_id, cell_id, since FROM coverage_dirty
          UNION ALL SELECT boundary_id, cell_id, now() FROM cells_on_layers(due)) d
    WHERE d.boundary_id = ANY(kept);
    waiting := 0;
    IF cardinality(fresh) > few THEN
        waiting := cardinality(fresh);
        fresh := NULL;
    ELSE
        oldest := NULL;
    END IF;
    IF day IS NOT NULL THEN
        -- Of some districts of many only what lies near them is looked at.
        IF codes IS NOT NULL AND cardinality(kept) <= 16 THEN
            SELECT ST_SetSRID(ST_Extent(b.geom)::geometry, 4490) INTO box
            FROM district_boundary b WHERE b.id = ANY(kept);
        END IF;
        SELECT array_agg(DISTINCT one.id) INTO fresh FROM (
            SELECT unnest(fresh) AS id
            UNION ALL
            SELECT c.id FROM district_cell c WHERE c.boundary_id = ANY(past)
            UNION ALL
            SELECT c.id
            FROM plot_history h
            CROSS JOIN LATERAL (
                SELECT c.id, c.boundary_id FROM district_cell c
                WHERE c.geom && h.geom AND ST_Intersects(c.geom, h.geom) OFFSET 0
            ) c
            WHERE h.slot = 'approved' AND h.stage IN ('planted', 'accepted', 'existing')
              AND (h.valid_to IS NULL OR h.valid_to > at)
              AND (box IS NULL OR h.geom && box)
              AND EXISTS (SELECT FROM plot_history since
                          WHERE since.plot_id = h.plot_id AND since.valid_from > at)
              AND c.boundary_id = ANY(kept)
            UNION ALL
            SELECT c.id
            FROM district_boundary b JOIN district d ON d.code = b.code
            JOIN district_cell ground ON ground.boundary_id = b.id
            JOIN plot_history h ON h.geom && ground.geom AND ST_Intersects(h.geom, ground.geom)
                AND h.slot = 'approved' AND h.stage IN ('planted', 'accepted', 'existing')
                AND h.valid_from <= at AND (h.valid_to IS NULL OR h.valid_to > at)
            CROSS JOIN LATERAL (
                SELECT c.id, c.boundary_id, c.code FROM district_cell c
                WHERE c.geom && h.geom AND ST_Intersects(c.geom, h.geom) OFFSET 0
            ) c
            JOIN district e ON e.code = c.code AND e.level = d.level
            WHERE (b.valid_to > day OR b.valid_to IS NULL AND b.valid_from > day)
              AND held_on(b.id, day) <> (b.valid_to IS NULL)
              AND c.boundary_id = ANY(kept)
            UNION ALL
            -- Layers that refused ground on that day, or do today, and not both by the same rule.
            SELECT c.cell_id FROM cells_on_layers(ARRAY(
                SELECT v.id FROM layer_version v JOIN layer l ON l.code = v.layer
                WHERE coalesce(v.id = ANY (blocking_versions(beijing_day(moment), moment)), false)
                   <> coalesce(v.id = ANY (blocking_versions(NULL)), false)
                   OR l.role = 'block' AND moment IS NOT NULL
                      AND (layer_at(l.code, moment) -> 'rule') - 'tolerance_m2'
                          IS DISTINCT FROM l.rule - 'tolerance_m2')) c
            WHERE c.boundary_id = ANY(kept)
        ) one;
    END IF;
    kept := coalesce(kept, '{}');
    fresh := coalesce(fresh, '{}');
END
$$;
COMMENT ON FUNCTION coverage_extent(text[], timestamp with time zone, integer, text[], date) IS
    'Boundaries that have figures, the cells to be computed anew for them, and the marked cells '
    'that are too many for that';
REVOKE ALL ON FUNCTION coverage_extent(text[], timestamp with time zone, integer, text[], date) FROM PUBLIC;
