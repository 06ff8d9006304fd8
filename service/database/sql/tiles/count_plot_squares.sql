-- Counts what a statement changed into plot_square and plot_change.
--
-- Trigger of plot_version, once a statement. `fresh` are the new rows and `gone` the old ones. Rows
-- are only added, minus for what was and plus for what is, in two sizes of squares. How a version
-- is shown depends on whether its plot has another one, so the versions beside the changed ones are
-- read as well (`beside`). Each block of 360/1024 degrees that a plot meets gets a change of its
-- county, whatever changed, so that no tile of it is served from memory any more.
-- The query stands here for each operation, for only its own transition tables exist in each.
CREATE OR REPLACE FUNCTION count_plot_squares()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    changed integer[];
    blocks  integer[];
    squares integer[];
BEGIN
    IF TG_OP = 'INSERT' THEN
    -- Of two who change the versions of one plot, the second must see what the first did. Whoever
    -- wrote the row of the plot in this transaction holds it already.
    PERFORM 1 FROM (SELECT plot_id FROM (SELECT plot_id FROM fresh) p GROUP BY plot_id
                    ORDER BY plot_id) one
    CROSS JOIN LATERAL (
        SELECT p.id FROM plot p
        WHERE p.id = one.plot_id AND p.xmin <> pg_current_xact_id()::xid
        OFFSET 0 FOR NO KEY UPDATE
    ) held;
    WITH here AS MATERIALIZED (
        SELECT 'fresh' AS source, plot_id, slot, district, stage, kind, year, review, programme,
               area_m2,
               ST_XMin(geom) AS west, ST_YMin(geom) AS south,
               ST_XMax(geom) AS east, ST_YMax(geom) AS north FROM fresh
        UNION ALL
        SELECT 'beside', v.* FROM (SELECT plot_id FROM fresh) one
        CROSS JOIN LATERAL (
            SELECT plot_id, slot, district, stage, kind, year, review, programme, area_m2,
               ST_XMin(geom) AS west, ST_YMin(geom) AS south,
               ST_XMax(geom) AS east, ST_YMax(geom) AS north
            FROM plot_version WHERE plot_id = one.plot_id OFFSET 0
        ) v
    -- include tiles/squares_of_versions
    END IF;

    IF TG_OP = 'UPDATE' THEN
    -- Of two who change the versions of one plot, the second must see what the first did. Whoever
    -- wrote the row of the plot in this transaction holds it already.
    PERFORM 1 FROM (SELECT plot_id FROM (SELECT plot_id FROM gone UNION SELECT plot_id FROM fresh) p
                    GROUP BY plot_id ORDER BY plot_id) one
    CROSS JOIN LATERAL (
        SELECT p.id FROM plot p
        WHERE p.id = one.plot_id AND p.xmin <> pg_current_xact_id()::xid
        OFFSET 0 FOR NO KEY UPDATE
    ) held;
    WITH here AS MATERIALIZED (
        SELECT 'gone' AS source, plot_id, slot, district, stage, kind, year, review, programme,
               area_m2,
               ST_XMin(geom) AS west, ST_YMin(geom) AS south,
               ST_XMax(geom) AS east, ST_YMax(geom) AS north FROM gone
        UNION ALL
        SELECT 'fresh' AS source, plot_id, slot, district, stage, kind, year, review, programme,
               area_m2,
               ST_XMin(geom) AS west, ST_YMin(geom) AS south,
               ST_XMax(geom) AS east, ST_YMax(geom) AS north FROM fresh
        UNION ALL
        SELECT 'beside', v.* FROM (SELECT plot_id FROM gone UNION SELECT plot_id FROM fresh) one
        CROSS JOIN LATERAL (
            SELECT plot_id, slot, district, stage, kind, year, review, programme, area_m2,
               ST_XMin(geom) AS west, ST_YMin(geom) AS south,
               ST_XMax(geom) AS east, ST_YMax(geom) AS north
            FROM plot_version WHERE plot_id = one.plot_id OFFSET 0
        ) v
    -- include tiles/squares_of_versions
    END IF;

    IF TG_OP = 'DELETE' THEN
    -- Of two who change the versions of one plot, the second must see what the first did. Whoever
    -- wrote the row of the plot in this transaction holds it already.
    PERFORM 1 FROM (SELECT plot_id FROM (SELECT plot_id FROM gone) p GROUP BY plot_id
                    ORDER BY plot_id) one
    CROSS JOIN LATERAL (
        SELECT p.id FROM plot p
        WHERE p.id = one.plot_id AND p.xmin <> pg_current_xact_id()::xid
        OFFSET 0 FOR NO KEY UPDATE
    ) held;
    WITH here AS MATERIALIZED (
        SELECT 'gone' AS source, plot_id, slot, district, stage, kind, year, review, programme,
               area_m2,
               ST_XMin(geom) AS west, ST_YMin(geom) AS south,
               ST_XMax(geom) AS east, ST_YMax(geom) AS north FROM gone
        UNION ALL
        SELECT 'beside', v.* FROM (SELECT plot_id FROM gone) one
        CROSS JOIN LATERAL (
            SELECT plot_id, slot, district, stage, kind, year, review, programme, area_m2,
               ST_XMin(geom) AS west, ST_YMin(geom) AS south,
               ST_XMax(geom) AS east, ST_YMax(geom) AS north
            FROM plot_version WHERE plot_id = one.plot_id OFFSET 0
        ) v
    -- include tiles/squares_of_versions
    END IF;
    IF cardinality(changed) <= 8 AND random() < 0.03 THEN
        PERFORM compact_plot_squares(changed, blocks, squares);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION count_plot_squares() IS
    'Adds to plot_square and plot_change what a statement changed';
REVOKE ALL ON FUNCTION count_plot_squares() FROM PUBLIC;

CREATE OR REPLACE TRIGGER plot_version_deleted_squares
    AFTER DELETE ON plot_version
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION count_plot_squares();

CREATE OR REPLACE TRIGGER plot_version_inserted_squares
    AFTER INSERT ON plot_version
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT
    EXECUTE FUNCTION count_plot_squares();

CREATE OR REPLACE TRIGGER plot_version_updated_squares
    AFTER UPDATE ON plot_version
    REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT
    EXECUTE FUNCTION count_plot_squares();
