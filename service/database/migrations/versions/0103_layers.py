"""Layers: ground with a rule, in dated versions that a file replaces whole."""

from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE layer (
    code text NOT NULL,
    label_zh text NOT NULL,
    label_en text NOT NULL,
    role text NOT NULL,
    rule jsonb DEFAULT '{}'::jsonb NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT layer_pkey PRIMARY KEY (code),
    CONSTRAINT layer_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT layer_code_check CHECK (code ~ '^[A-Z][A-Z0-9_]{0,31}$'),
    CONSTRAINT layer_label_check CHECK (length(btrim(label_zh)) > 0
        AND length(btrim(label_en)) > 0),
    CONSTRAINT layer_role_check CHECK (role IN ('block', 'warn', 'info', 'report', 'base')),
    CONSTRAINT layer_rule_check CHECK (jsonb_typeof(rule) = 'object')
);
COMMENT ON TABLE layer IS
    '控制线、参考图层：名称、作用和规则。What stays while its ground changes.';
COMMENT ON COLUMN layer.code IS '图层代码: JBNT, STHX …';
COMMENT ON COLUMN layer.label_zh IS '名称';
COMMENT ON COLUMN layer.label_en IS 'Name in English';
COMMENT ON COLUMN layer.role IS
    '作用: block refuses plots, warn warns, info and report tell, base is only shown';
COMMENT ON COLUMN layer.rule IS
    '规则: tolerance_m2, kinds, classes, stages; what is not given narrows nothing';
COMMENT ON COLUMN layer.source IS '来源';
COMMENT ON COLUMN layer.version IS 'Grows with every change of this row';
COMMENT ON COLUMN layer.demo IS '虚构示例：came with the demo';
COMMENT ON COLUMN layer.changed_by IS 'Who changed it last';
COMMENT ON COLUMN layer.changed_at IS 'When';

CREATE TABLE layer_version (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    layer text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    source text NOT NULL,
    hash text NOT NULL,
    features integer NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT layer_version_pkey PRIMARY KEY (id),
    CONSTRAINT layer_version_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT layer_version_layer_fkey FOREIGN KEY (layer) REFERENCES layer(code)
        ON DELETE CASCADE,
    CONSTRAINT layer_version_one_a_day EXCLUDE USING gist (layer WITH =,
        daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT layer_version_features_check CHECK (features >= 0),
    CONSTRAINT layer_version_valid_check CHECK (valid_to > valid_from)
);
COMMENT ON TABLE layer_version IS '图层版本：all the ground of a layer in a stretch of days.';
COMMENT ON COLUMN layer_version.id IS 'Number';
COMMENT ON COLUMN layer_version.layer IS 'Layer';
COMMENT ON COLUMN layer_version.valid_from IS '启用日: first day in Beijing';
COMMENT ON COLUMN layer_version.valid_to IS
    '停用日: first day on which it no longer holds; empty now';
COMMENT ON COLUMN layer_version.source IS '来源: the file';
COMMENT ON COLUMN layer_version.hash IS 'SHA-256 of names, classes and shapes: tells equal content';
COMMENT ON COLUMN layer_version.features IS 'How many features it has';
COMMENT ON COLUMN layer_version.changed_by IS 'Who imported it';
COMMENT ON COLUMN layer_version.changed_at IS 'When';

CREATE TABLE layer_feature (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    version_id bigint NOT NULL,
    code text,
    name text,
    class text,
    geom geometry(MultiPolygon,4490) NOT NULL,
    area_m2 double precision GENERATED ALWAYS AS (st_area((geom)::geography)) STORED NOT NULL,
    CONSTRAINT layer_feature_pkey PRIMARY KEY (id),
    CONSTRAINT layer_feature_version_id_fkey FOREIGN KEY (version_id) REFERENCES layer_version(id)
        ON DELETE CASCADE,
    CONSTRAINT layer_feature_geom_check CHECK (NOT st_isempty(geom))
);
COMMENT ON TABLE layer_feature IS '图层要素：a polygon of a version.';
COMMENT ON COLUMN layer_feature.id IS 'Number';
COMMENT ON COLUMN layer_feature.version_id IS 'Version';
COMMENT ON COLUMN layer_feature.code IS '要素编号';
COMMENT ON COLUMN layer_feature.name IS '名称';
COMMENT ON COLUMN layer_feature.class IS '类别: 地类 …';
COMMENT ON COLUMN layer_feature.geom IS 'Shape in CGCS2000 degrees, valid';
COMMENT ON COLUMN layer_feature.area_m2 IS '面积，平方米, on the ellipsoid';
CREATE INDEX layer_feature_geom_idx ON layer_feature USING gist (geom);
CREATE INDEX layer_feature_version_id_idx ON layer_feature (version_id, id);

CREATE TABLE layer_cell (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    feature_id bigint NOT NULL,
    version_id bigint NOT NULL,
    geom geometry(Polygon,4490) NOT NULL,
    CONSTRAINT layer_cell_pkey PRIMARY KEY (id),
    CONSTRAINT layer_cell_feature_id_fkey FOREIGN KEY (feature_id) REFERENCES layer_feature(id)
        ON DELETE CASCADE
);
COMMENT ON TABLE layer_cell IS
    'Features cut into polygons of at most 64 vertices, for overlays; kept by a trigger.';
COMMENT ON COLUMN layer_cell.id IS 'Number';
COMMENT ON COLUMN layer_cell.feature_id IS 'Feature';
COMMENT ON COLUMN layer_cell.version_id IS 'Version of the feature';
COMMENT ON COLUMN layer_cell.geom IS 'Part of its shape';
CREATE INDEX layer_cell_geom_idx ON layer_cell USING gist (geom);
CREATE INDEX layer_cell_feature_id_idx ON layer_cell (feature_id);
CREATE INDEX layer_cell_version_id_idx ON layer_cell (version_id);

CREATE TABLE layer_change (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    what text NOT NULL,
    layer text NOT NULL,
    operation text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    account_id bigint,
    actor text NOT NULL,
    reason text,
    before jsonb,
    after jsonb,
    demo boolean DEFAULT false NOT NULL,
    CONSTRAINT layer_change_pkey PRIMARY KEY (id),
    CONSTRAINT layer_change_operation_check CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE'))
);
COMMENT ON TABLE layer_change IS
    '图层及其版本的变更记录。Written by triggers, whoever writes.';
COMMENT ON COLUMN layer_change.id IS 'Grows with time';
COMMENT ON COLUMN layer_change.what IS 'Table: layer or layer_version';
COMMENT ON COLUMN layer_change.layer IS 'Code of the layer; no foreign key: the log outlives it';
COMMENT ON COLUMN layer_change.operation IS 'INSERT, UPDATE or DELETE';
COMMENT ON COLUMN layer_change.at IS 'When';
COMMENT ON COLUMN layer_change.account_id IS 'Who; no foreign key: the log outlives accounts';
COMMENT ON COLUMN layer_change.actor IS
    'Their name as it was, or sql: and the database user';
COMMENT ON COLUMN layer_change.reason IS '原因';
COMMENT ON COLUMN layer_change.before IS 'The row as it was';
COMMENT ON COLUMN layer_change.after IS 'The row as it is';
COMMENT ON COLUMN layer_change.demo IS '虚构示例：came with the demo';
CREATE INDEX layer_change_layer_idx ON layer_change (layer, id);

CREATE TABLE layer_import (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    layer text NOT NULL,
    file text NOT NULL,
    valid_from date NOT NULL,
    state text DEFAULT 'reading'::text NOT NULL,
    version_id bigint,
    features integer,
    notes jsonb DEFAULT '[]'::jsonb NOT NULL,
    error jsonb,
    account_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT layer_import_pkey PRIMARY KEY (id),
    CONSTRAINT layer_import_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    CONSTRAINT layer_import_layer_fkey FOREIGN KEY (layer) REFERENCES layer(code)
        ON DELETE CASCADE,
    CONSTRAINT layer_import_version_id_fkey FOREIGN KEY (version_id) REFERENCES layer_version(id)
        ON DELETE SET NULL,
    CONSTRAINT layer_import_state_check CHECK (state IN ('reading', 'committing', 'live', 'refused',
        'failed'))
);
COMMENT ON TABLE layer_import IS '图层导入：a file on its way to a version.';
COMMENT ON COLUMN layer_import.id IS 'Number in addresses';
COMMENT ON COLUMN layer_import.layer IS 'Layer that it replaces';
COMMENT ON COLUMN layer_import.file IS 'Name of the file';
COMMENT ON COLUMN layer_import.valid_from IS 'First day of the version';
COMMENT ON COLUMN layer_import.state IS
    'reading, committing; live: done; refused: the file is wrong; failed: the service is';
COMMENT ON COLUMN layer_import.version_id IS 'The version that it became';
COMMENT ON COLUMN layer_import.features IS 'How many features the file has';
COMMENT ON COLUMN layer_import.notes IS 'What was noticed, each with zh and en';
COMMENT ON COLUMN layer_import.error IS 'Why it was refused: detail and errors';
COMMENT ON COLUMN layer_import.account_id IS 'Who sent it';
COMMENT ON COLUMN layer_import.created_at IS 'When it came';
COMMENT ON COLUMN layer_import.ended_at IS 'When it was done';
CREATE INDEX layer_import_layer_idx ON layer_import (layer, id);

CREATE TABLE layer_affected (
    version_id bigint NOT NULL,
    plot_id bigint NOT NULL,
    slot text NOT NULL,
    district text NOT NULL,
    severity text NOT NULL,
    area_m2 double precision NOT NULL,
    share double precision NOT NULL,
    longitude double precision NOT NULL,
    latitude double precision NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT layer_affected_pkey PRIMARY KEY (version_id, plot_id, slot),
    CONSTRAINT layer_affected_plot_id_fkey FOREIGN KEY (plot_id) REFERENCES plot(id)
        ON DELETE CASCADE,
    CONSTRAINT layer_affected_version_id_fkey FOREIGN KEY (version_id) REFERENCES layer_version(id)
        ON DELETE CASCADE,
    CONSTRAINT layer_affected_area_m2_check CHECK (area_m2 >= 0 AND share >= 0)
);
COMMENT ON TABLE layer_affected IS '受影响图斑：plots that a new version of a layer touches.';
COMMENT ON COLUMN layer_affected.version_id IS 'Version of the layer';
COMMENT ON COLUMN layer_affected.plot_id IS 'Plot';
COMMENT ON COLUMN layer_affected.slot IS 'Which version of the plot: approved or working';
COMMENT ON COLUMN layer_affected.district IS 'County of the plot';
COMMENT ON COLUMN layer_affected.severity IS 'block, warn or info, as a check would say';
COMMENT ON COLUMN layer_affected.area_m2 IS '占用面积，平方米';
COMMENT ON COLUMN layer_affected.share IS 'Of the area of the plot';
COMMENT ON COLUMN layer_affected.longitude IS 'Of a spot on the layer within the plot, degrees';
COMMENT ON COLUMN layer_affected.latitude IS 'Of the same spot, degrees';
COMMENT ON COLUMN layer_affected.found_at IS 'When the plots were compared';
CREATE INDEX layer_affected_district_idx ON layer_affected (district, version_id);
CREATE INDEX layer_affected_plot_id_idx ON layer_affected (plot_id);
ALTER TABLE layer_affected ENABLE ROW LEVEL SECURITY;

CREATE TABLE layer_recheck (
    version_id bigint NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    done_at timestamp with time zone,
    next_plot_id bigint DEFAULT 0 NOT NULL,
    plots integer DEFAULT 0 NOT NULL,
    CONSTRAINT layer_recheck_pkey PRIMARY KEY (version_id),
    CONSTRAINT layer_recheck_version_id_fkey FOREIGN KEY (version_id) REFERENCES layer_version(id)
        ON DELETE CASCADE
);
COMMENT ON TABLE layer_recheck IS
    '待复核图层版本：new versions whose plots are compared in the background.';
COMMENT ON COLUMN layer_recheck.version_id IS 'Version';
COMMENT ON COLUMN layer_recheck.since IS 'Since when it waits';
COMMENT ON COLUMN layer_recheck.done_at IS 'When all plots had been compared; empty before';
COMMENT ON COLUMN layer_recheck.next_plot_id IS 'Plots of smaller number are done';
COMMENT ON COLUMN layer_recheck.plots IS 'How many versions of plots lie on it';
CREATE INDEX layer_recheck_waiting_idx ON layer_recheck (since) WHERE done_at IS NULL;
"""
# Children first.
NAMES = (
    "layer_recheck",
    "layer_affected",
    "layer_import",
    "layer_change",
    "layer_cell",
    "layer_feature",
    "layer_version",
    "layer",
)


def upgrade() -> None:
    """Forward."""
    op.execute(TABLES)


def downgrade() -> None:
    """Back: everything that layers have."""
    for name in NAMES:
        op.execute(f"DROP TABLE {name}")
