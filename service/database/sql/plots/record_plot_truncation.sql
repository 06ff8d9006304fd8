-- Ends every version in plot_history when plot_version is truncated, with a row that says so.
--
-- Trigger of plot_version, before TRUNCATE: this fires no trigger for rows.
CREATE OR REPLACE FUNCTION record_plot_truncation()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    WITH one AS (
        UPDATE plot_history SET valid_to = greatest(valid_from, clock_timestamp())
        WHERE valid_to IS NULL RETURNING *
    )
    INSERT INTO plot_history (operation, valid_from, valid_to, actor, db_user, reason,
                              transaction, demo, plot_id, slot, version, geom, area_m2, district,
                              stage, kind, year, plot_no, name, category, programme, theme, work_type, unit, method,
                                  species, density_per_ha, planted_on, evidence, compartment_no,
                                  subcompartment_no, town, village, land_ownership, tree_ownership,
                                  declared_m2, plan_ids, note, extra, review, return_reason,
                                  submitted_by, changed_by, changed_at)
    SELECT 'delete', one.valid_to, one.valid_to, 'sql:' || session_user, session_user, 'TRUNCATE',
           pg_current_xact_id()::text::bigint, one.demo, one.plot_id, one.slot, one.version,
           one.geom, one.area_m2, one.district, one.stage, one.kind, one.year, one.plot_no,
           one.name, one.category, one.programme, one.theme, one.work_type, one.unit, one.method, one.species, one.density_per_ha,
           one.planted_on, one.evidence, one.compartment_no, one.subcompartment_no, one.town,
           one.village, one.land_ownership, one.tree_ownership, one.declared_m2, one.plan_ids,
           one.note, one.extra, one.review, one.return_reason, one.submitted_by, one.changed_by,
           one.changed_at
    FROM one;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION record_plot_truncation() IS
    'TRUNCATE takes every version away at once';
REVOKE ALL ON FUNCTION record_plot_truncation() FROM PUBLIC;

CREATE OR REPLACE TRIGGER plot_version_truncated
    BEFORE TRUNCATE ON plot_version
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_plot_truncation();
