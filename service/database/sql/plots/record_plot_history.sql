-- Keeps every version of a plot in plot_history, with who wrote it, when and why.
--
-- Trigger of plot_version, once a statement. `fresh` are the new rows and `gone` the old ones. The
-- account comes from the setting luotu.account (else from changed_by of the row), the reason from
-- luotu.reason; without an account the actor is "sql:" and the user of the database.
CREATE OR REPLACE FUNCTION record_plot_history()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    author    record;
    this_transaction bigint := pg_current_xact_id()::text::bigint;
    moment    timestamptz;
BEGIN
    -- A cascade from plot fires once a plot, also when nothing is left to go.
    IF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT 1 FROM gone) THEN RETURN NULL; END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM fresh) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO author FROM change_author(NULL);

    -- The clock, not the start of the transaction: who waited for a lock comes after who held it.
    -- Read once a transaction, so that no moment shows half of what it did. A number of a
    -- transaction comes again after a restore into another cluster, but not after now().
    SELECT valid_from INTO moment FROM plot_history
    WHERE transaction = this_transaction AND valid_from >= now()
    ORDER BY valid_from LIMIT 1;
    moment := coalesce(moment, clock_timestamp());

    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        UPDATE plot_history h SET valid_to = greatest(moment, h.valid_from)
        FROM gone WHERE h.plot_id = gone.plot_id AND h.slot = gone.slot AND h.valid_to IS NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        INSERT INTO plot_history (operation, valid_from, valid_to, account_id, actor, db_user,
                                  reason, transaction, demo, plot_id, slot, version, geom, area_m2,
                                  district, stage, kind, year, plot_no, name, category, programme, theme, work_type, unit,
                                      method, species, density_per_ha, planted_on, evidence,
                                      compartment_no, subcompartment_no, town, village,
                                      land_ownership, tree_ownership, declared_m2, plan_ids, note,
                                      extra, review, return_reason, submitted_by, changed_by,
                                      changed_at)
        SELECT 'delete', moment, moment, author.account_id, author.actor, session_user,
               author.reason, this_transaction,
               -- The plot itself is gone when this comes from a cascade.
               coalesce((SELECT h.demo FROM plot_history h WHERE h.plot_id = one.plot_id
                         ORDER BY h.id DESC LIMIT 1), false),
               one.plot_id, one.slot, one.version, one.geom, one.area_m2, one.district, one.stage,
               one.kind, one.year, one.plot_no, one.name, one.category, one.programme, one.theme, one.work_type, one.unit, one.method,
               one.species, one.density_per_ha, one.planted_on, one.evidence, one.compartment_no,
               one.subcompartment_no, one.town, one.village, one.land_ownership, one.tree_ownership,
               one.declared_m2, one.plan_ids, one.note, one.extra, one.review, one.return_reason,
               one.submitted_by, one.changed_by, one.changed_at
        FROM gone one;
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        -- Whoever brought a version number along must not see it given again.
        UPDATE plot p SET last_version = one.version
        FROM fresh one WHERE p.id = one.plot_id AND p.last_version < one.version;
        INSERT INTO plot_history (operation, valid_from, account_id, actor, db_user, reason,
                                  transaction, demo, plot_id, slot, version, geom, area_m2,
                                  district, stage, kind, year, plot_no, name, category, programme, theme, work_type, unit,
                                      method, species, density_per_ha, planted_on, evidence,
                                      compartment_no, subcompartment_no, town, village,
                                      land_ownership, tree_ownership, declared_m2, plan_ids, note,
                                      extra, review, return_reason, submitted_by, changed_by,
                                      changed_at)
        SELECT 'insert', moment, a.id, coalesce(a.name, 'sql:' || session_user), session_user,
               author.reason, this_transaction, p.demo, one.plot_id, one.slot, one.version, one.geom, one.area_m2,
               one.district, one.stage, one.kind, one.year, one.plot_no, one.name, one.category,
               one.programme, one.theme, one.work_type, one.unit, one.method, one.species, one.density_per_ha, one.planted_on,
               one.evidence, one.compartment_no, one.subcompartment_no, one.town, one.village,
               one.land_ownership, one.tree_ownership, one.declared_m2, one.plan_ids, one.note,
               one.extra, one.review, one.return_reason, one.submitted_by, one.changed_by,
               one.changed_at
        FROM fresh one JOIN plot p ON p.id = one.plot_id
        LEFT JOIN account a ON a.id = coalesce(author.account_id, one.changed_by);
        RETURN NULL;
    END IF;
    INSERT INTO plot_history (operation, valid_from, account_id, actor, db_user, reason,
                              transaction, demo, plot_id, slot, version, geom, area_m2, district,
                              stage, kind, year, plot_no, name, category, programme, theme, work_type, unit, method,
                                  species, density_per_ha, planted_on, evidence, compartment_no,
                                  subcompartment_no, town, village, land_ownership, tree_ownership,
                                  declared_m2, plan_ids, note, extra, review, return_reason,
                                  submitted_by, changed_by, changed_at)
    SELECT 'update',
           greatest(moment, (SELECT max(h.valid_to) FROM plot_history h
                             WHERE h.plot_id = one.plot_id)),
           a.id, coalesce(a.name, 'sql:' || session_user), session_user,
           author.reason, this_transaction, p.demo, one.plot_id, one.slot, one.version, one.geom, one.area_m2,
           one.district,
           one.stage, one.kind, one.year, one.plot_no, one.name, one.category, one.programme, one.theme, one.work_type, one.unit,
           one.method, one.species, one.density_per_ha, one.planted_on, one.evidence,
           one.compartment_no, one.subcompartment_no, one.town, one.village, one.land_ownership,
           one.tree_ownership, one.declared_m2, one.plan_ids, one.note, one.extra, one.review,
           one.return_reason, one.submitted_by, one.changed_by, one.changed_at
    FROM fresh one JOIN plot p ON p.id = one.plot_id
    LEFT JOIN account a ON a.id = coalesce(author.account_id, one.changed_by);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION record_plot_history() IS
    'Writes plot_history; the account comes from luotu.account, the reason from luotu.reason';
REVOKE ALL ON FUNCTION record_plot_history() FROM PUBLIC;

CREATE OR REPLACE TRIGGER plot_version_deleted
    AFTER DELETE ON plot_version
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_plot_history();

CREATE OR REPLACE TRIGGER plot_version_inserted
    AFTER INSERT ON plot_version
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_plot_history();

CREATE OR REPLACE TRIGGER plot_version_updated
    AFTER UPDATE ON plot_version
    REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_plot_history();
