"""Plans, their targets, and what is reported on them, with a log of every change."""

from alembic import op

revision = "0117"
down_revision = "0116"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE plan (
    code text NOT NULL,
    label text NOT NULL,
    kind text NOT NULL,
    parent text,
    first date NOT NULL,
    after date NOT NULL,
    counts_by text DEFAULT 'task_year' NOT NULL,
    issuer text,
    document_no text,
    note text,
    district text,
    counties text[] DEFAULT '{}' NOT NULL,
    state text DEFAULT 'draft' NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT plan_pkey PRIMARY KEY (code),
    CONSTRAINT plan_parent_fkey FOREIGN KEY (parent) REFERENCES plan(code)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT plan_district_fkey FOREIGN KEY (district) REFERENCES district(code),
    CONSTRAINT plan_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT plan_code_check CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$'),
    CONSTRAINT plan_label_check CHECK (length(btrim(label)) > 0),
    CONSTRAINT plan_kind_check CHECK (kind IN ('year', 'campaign', 'phase', 'long', 'standard')),
    CONSTRAINT plan_counts_by_check
        CHECK (counts_by IN ('task_year', 'planted_on', 'approved_at')),
    CONSTRAINT plan_state_check CHECK (state IN ('draft', 'issued', 'closed')),
    CONSTRAINT plan_after_check CHECK (after > first),
    CONSTRAINT plan_parent_check CHECK (parent <> code)
);
COMMENT ON TABLE plan IS '计划：a paper with dates that sets tasks.';
COMMENT ON COLUMN plan.code IS '计划代码';
COMMENT ON COLUMN plan.label IS '名称';
COMMENT ON COLUMN plan.kind IS '类别: year, campaign, phase, long or standard';
COMMENT ON COLUMN plan.parent IS '上级计划: the plan that this one is a part of';
COMMENT ON COLUMN plan.first IS '起始日';
COMMENT ON COLUMN plan.after IS 'First day after the plan';
COMMENT ON COLUMN plan.counts_by IS
    'Which day counts a plot: task_year, planted_on or approved_at';
COMMENT ON COLUMN plan.issuer IS '发文单位';
COMMENT ON COLUMN plan.document_no IS '文号';
COMMENT ON COLUMN plan.note IS '说明';
COMMENT ON COLUMN plan.district IS '制定地区: whose plan it is; empty: of the whole tree';
COMMENT ON COLUMN plan.counties IS 'Counties of the district; empty without one';
COMMENT ON COLUMN plan.state IS '状态: draft, issued or closed';
COMMENT ON COLUMN plan.version IS 'Grows with every change of this row';
COMMENT ON COLUMN plan.demo IS '示例任务：came with the demo';
COMMENT ON COLUMN plan.changed_by IS 'Who changed it last';
COMMENT ON COLUMN plan.changed_at IS 'When';

CREATE TABLE target (
    id bigint GENERATED ALWAYS AS IDENTITY,
    plan text NOT NULL,
    indicator text NOT NULL,
    district text,
    area text,
    unit text,
    parent bigint,
    lower numeric,
    upper numeric,
    measured_in text NOT NULL,
    strictness text DEFAULT 'must' NOT NULL,
    lead text,
    with_units text[] DEFAULT '{}' NOT NULL,
    due date,
    clause text,
    state text DEFAULT 'draft' NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    reason text,
    counties text[] DEFAULT '{}' NOT NULL,
    owners text[] GENERATED ALWAYS AS
        (array_remove(array_cat(ARRAY[unit, lead], with_units), NULL)) STORED NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT target_pkey PRIMARY KEY (id),
    CONSTRAINT target_plan_fkey FOREIGN KEY (plan) REFERENCES plan(code),
    CONSTRAINT target_district_fkey FOREIGN KEY (district) REFERENCES district(code),
    CONSTRAINT target_area_fkey FOREIGN KEY (area) REFERENCES area(code),
    CONSTRAINT target_unit_fkey FOREIGN KEY (unit) REFERENCES unit(code),
    CONSTRAINT target_lead_fkey FOREIGN KEY (lead) REFERENCES unit(code),
    CONSTRAINT target_parent_fkey FOREIGN KEY (parent) REFERENCES target(id) ON DELETE SET NULL,
    CONSTRAINT target_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT target_holder_check CHECK (num_nonnulls(district, area, unit) = 1),
    CONSTRAINT target_lower_check CHECK (lower >= 0),
    CONSTRAINT target_upper_check CHECK (upper >= lower),
    CONSTRAINT target_strictness_check CHECK (strictness IN ('must', 'at_least', 'strive')),
    CONSTRAINT target_state_check CHECK (state IN ('draft', 'issued', 'accepted', 'withdrawn')),
    CONSTRAINT target_parent_check CHECK (parent <> id)
);
CREATE UNIQUE INDEX target_cell_idx ON target
    (plan, indicator, coalesce(district, ''), coalesce(area, ''), coalesce(unit, ''))
    WHERE state <> 'withdrawn';
CREATE INDEX target_parent_idx ON target (parent) WHERE parent IS NOT NULL;
CREATE INDEX target_counties_idx ON target USING gin (counties);
CREATE INDEX target_owners_idx ON target USING gin (owners);
COMMENT ON TABLE target IS
    '任务：an indicator of a plan for a district, an area or a unit; one live row for each cell.';
COMMENT ON COLUMN target.id IS 'Number of the target';
COMMENT ON COLUMN target.plan IS '计划';
COMMENT ON COLUMN target.indicator IS '指标: list indicator';
COMMENT ON COLUMN target.district IS '行政区: of district, area and unit exactly one is given';
COMMENT ON COLUMN target.area IS '统计片区';
COMMENT ON COLUMN target.unit IS '责任单位 that the task is set to, whatever the district';
COMMENT ON COLUMN target.parent IS '上级任务: the target that this one is a share of';
COMMENT ON COLUMN target.lower IS '任务量, in measured_in; empty for a milestone';
COMMENT ON COLUMN target.upper IS 'Upper end of a range, 2-3; empty without one';
COMMENT ON COLUMN target.measured_in IS '计量单位: list unit_of_measure';
COMMENT ON COLUMN target.strictness IS '约束: must, at_least (以上) or strive (力争)';
COMMENT ON COLUMN target.lead IS '牵头单位';
COMMENT ON COLUMN target.with_units IS '配合单位';
COMMENT ON COLUMN target.due IS '完成时限: last day';
COMMENT ON COLUMN target.clause IS '条款: where in the paper it stands';
COMMENT ON COLUMN target.state IS '状态: draft, issued, accepted or withdrawn; counts once issued';
COMMENT ON COLUMN target.revision IS 'Grows when an issued target is revised';
COMMENT ON COLUMN target.reason IS 'Why it was revised or withdrawn last';
COMMENT ON COLUMN target.counties IS 'Counties of its ground, or where its unit works';
COMMENT ON COLUMN target.owners IS 'Units whose accounts see it: unit, lead and with_units';
COMMENT ON COLUMN target.version IS 'Grows with every change of this row';
COMMENT ON COLUMN target.demo IS '示例任务：came with the demo';
COMMENT ON COLUMN target.changed_by IS 'Who changed it last';
COMMENT ON COLUMN target.changed_at IS 'When';

CREATE TABLE reported (
    id bigint GENERATED ALWAYS AS IDENTITY,
    target bigint NOT NULL,
    on_day date NOT NULL,
    value numeric NOT NULL,
    measured_in text NOT NULL,
    qualifier text DEFAULT 'exact' NOT NULL,
    unit text,
    source text,
    file text,
    note text,
    review text DEFAULT 'draft' NOT NULL,
    reason text,
    submitted_by bigint,
    submitted_at timestamp with time zone,
    reviewed_by bigint,
    reviewed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT reported_pkey PRIMARY KEY (id),
    CONSTRAINT reported_target_fkey FOREIGN KEY (target) REFERENCES target(id) ON DELETE CASCADE,
    CONSTRAINT reported_unit_fkey FOREIGN KEY (unit) REFERENCES unit(code),
    CONSTRAINT reported_submitted_by_fkey FOREIGN KEY (submitted_by) REFERENCES account(id),
    CONSTRAINT reported_reviewed_by_fkey FOREIGN KEY (reviewed_by) REFERENCES account(id),
    CONSTRAINT reported_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT reported_value_check CHECK (value >= 0),
    CONSTRAINT reported_qualifier_check CHECK (qualifier IN ('exact', 'over', 'near', 'about')),
    CONSTRAINT reported_file_check CHECK (file ~ '^[0-9a-f]{64}$'),
    CONSTRAINT reported_review_check
        CHECK (review IN ('draft', 'submitted', 'approved', 'returned'))
);
CREATE INDEX reported_target_idx ON reported (target, on_day, id);
COMMENT ON TABLE reported IS
    '上报数：what a unit says is done of a target by a day; an approved one is never changed.';
COMMENT ON COLUMN reported.id IS 'Number of the figure';
COMMENT ON COLUMN reported.target IS '任务';
COMMENT ON COLUMN reported.on_day IS '截至日: what was done by the end of this day';
COMMENT ON COLUMN reported.value IS '完成量, in measured_in, since the plan began';
COMMENT ON COLUMN reported.measured_in IS '计量单位: list unit_of_measure';
COMMENT ON COLUMN reported.qualifier IS 'exact, over (余、多), near (近) or about (约)';
COMMENT ON COLUMN reported.unit IS '上报单位';
COMMENT ON COLUMN reported.source IS '数据来源: paper or survey that it is taken from';
COMMENT ON COLUMN reported.file IS 'SHA-256 of the file that proves it';
COMMENT ON COLUMN reported.note IS '说明';
COMMENT ON COLUMN reported.review IS '审核: draft, submitted, approved or returned';
COMMENT ON COLUMN reported.reason IS 'Why it was returned';
COMMENT ON COLUMN reported.submitted_by IS 'Who submitted it';
COMMENT ON COLUMN reported.submitted_at IS 'When';
COMMENT ON COLUMN reported.reviewed_by IS 'Who approved or returned it';
COMMENT ON COLUMN reported.reviewed_at IS 'When';
COMMENT ON COLUMN reported.version IS 'Grows with every change of this row';
COMMENT ON COLUMN reported.demo IS '示例任务：came with the demo';
COMMENT ON COLUMN reported.changed_by IS 'Who changed it last';
COMMENT ON COLUMN reported.changed_at IS 'When';

CREATE TABLE task_change (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    what text NOT NULL,
    row_id text NOT NULL,
    plan text NOT NULL,
    target bigint,
    operation text NOT NULL,
    account_id bigint,
    actor text NOT NULL,
    reason text,
    before jsonb,
    after jsonb,
    counties text[] NOT NULL,
    owners text[] NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    CONSTRAINT task_change_pkey PRIMARY KEY (id)
);
CREATE INDEX task_change_row_idx ON task_change (what, row_id, id);
CREATE INDEX task_change_target_idx ON task_change (target, id);
COMMENT ON TABLE task_change IS
    'Changes of plans, targets and reported figures, written by triggers: a past day is read here.';
COMMENT ON COLUMN task_change.id IS 'Number of the change';
COMMENT ON COLUMN task_change.at IS 'When';
COMMENT ON COLUMN task_change.what IS 'Table that was changed: plan, target or reported';
COMMENT ON COLUMN task_change.row_id IS 'Code of the plan, or number of the row';
COMMENT ON COLUMN task_change.plan IS 'Plan that it belongs to';
COMMENT ON COLUMN task_change.target IS 'Target that it belongs to; empty for a plan';
COMMENT ON COLUMN task_change.operation IS 'INSERT, UPDATE or DELETE';
COMMENT ON COLUMN task_change.account_id IS 'Account; empty for changes by SQL';
COMMENT ON COLUMN task_change.actor IS
    'Name of the account, or sql: and the user of the database';
COMMENT ON COLUMN task_change.reason IS 'Why, when somebody said so';
COMMENT ON COLUMN task_change.before IS 'The row as it was';
COMMENT ON COLUMN task_change.after IS 'The row as it is';
COMMENT ON COLUMN task_change.counties IS 'Counties of the plan or target at that time';
COMMENT ON COLUMN task_change.owners IS 'Units of the target at that time';
COMMENT ON COLUMN task_change.demo IS '示例任务：came with the demo';

ALTER TABLE plan ENABLE ROW LEVEL SECURITY;
ALTER TABLE target ENABLE ROW LEVEL SECURITY;
ALTER TABLE reported ENABLE ROW LEVEL SECURITY;
ALTER TABLE task_change ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TABLES)


def downgrade() -> None:
    """Back."""
    op.execute("DROP TABLE task_change, reported, target, plan")
