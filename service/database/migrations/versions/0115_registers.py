"""Registers: things that are kept with states and deadlines, each kind defined by data."""

from alembic import op

revision = "0115"
down_revision = "0114"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE register (
    code text NOT NULL,
    label_zh text NOT NULL,
    label_en text NOT NULL,
    geometry text DEFAULT 'any' NOT NULL,
    numbering text,
    public text[] DEFAULT '{}' NOT NULL,
    personal text[] DEFAULT '{}' NOT NULL,
    retention_days integer,
    qr boolean DEFAULT false NOT NULL,
    source text DEFAULT '' NOT NULL,
    shipped boolean DEFAULT false NOT NULL,
    local boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT register_pkey PRIMARY KEY (code),
    CONSTRAINT register_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT register_code_check CHECK (code ~ '^[a-z][a-z0-9_]{0,31}$'),
    CONSTRAINT register_geometry_check
        CHECK (geometry IN ('none', 'point', 'line', 'polygon', 'any')),
    CONSTRAINT register_retention_days_check CHECK (retention_days > 0)
);
COMMENT ON TABLE register IS
    '台账：a kind of thing that is kept with states and deadlines, defined by data.';
COMMENT ON COLUMN register.code IS '台账代码: the word in its address';
COMMENT ON COLUMN register.label_zh IS '名称';
COMMENT ON COLUMN register.label_en IS 'Name in English';
COMMENT ON COLUMN register.geometry IS 'none, point, line, polygon or any';
COMMENT ON COLUMN register.numbering IS
    'Letters before the numbers that the server gives; empty: numbers are the sender''s own';
COMMENT ON COLUMN register.public IS 'Columns that the public page may show';
COMMENT ON COLUMN register.personal IS
    'Fields that are personal data: hidden from viewers, never in the history';
COMMENT ON COLUMN register.retention_days IS
    'Days after which the personal fields of a done record are deleted; empty: they stay';
COMMENT ON COLUMN register.qr IS 'Whether each record has a page behind a plate (QR)';
COMMENT ON COLUMN register.source IS 'Paper or standard that asks for it';
COMMENT ON COLUMN register.shipped IS 'Whether it came with the product';
COMMENT ON COLUMN register.local IS
    'Whether the bureau wrote its present definition: a migrate leaves it as it is';
COMMENT ON COLUMN register.version IS 'Grows with every change of the definition';
COMMENT ON COLUMN register.demo IS '虚构示例：came with the demo';
COMMENT ON COLUMN register.changed_by IS 'Who changed it last';
COMMENT ON COLUMN register.changed_at IS 'When';

CREATE TABLE register_state (
    register text NOT NULL,
    code text NOT NULL,
    position integer NOT NULL,
    label_zh text NOT NULL,
    label_en text NOT NULL,
    next text[] DEFAULT '{}' NOT NULL,
    who text[] DEFAULT '{}' NOT NULL,
    days integer,
    letter text,
    done boolean DEFAULT false NOT NULL,
    counts boolean DEFAULT false NOT NULL,
    CONSTRAINT register_state_pkey PRIMARY KEY (register, code),
    CONSTRAINT register_state_register_fkey FOREIGN KEY (register) REFERENCES register(code)
        ON DELETE CASCADE,
    CONSTRAINT register_state_code_check CHECK (code ~ '^[a-z][a-z0-9_]{0,31}$'),
    CONSTRAINT register_state_days_check CHECK (days >= 0)
);
COMMENT ON TABLE register_state IS
    '状态：the states of the records of a register, and which may follow which.';
COMMENT ON COLUMN register_state.register IS '台账';
COMMENT ON COLUMN register_state.code IS '状态代码';
COMMENT ON COLUMN register_state.position IS 'Order; records begin in the first';
COMMENT ON COLUMN register_state.label_zh IS '名称';
COMMENT ON COLUMN register_state.label_en IS 'Name in English';
COMMENT ON COLUMN register_state.next IS 'States that may follow';
COMMENT ON COLUMN register_state.who IS 'Roles that may take a record there; empty: inspector';
COMMENT ON COLUMN register_state.days IS
    '办理期限: days from the step until the deadline; empty: a step names it or there is none';
COMMENT ON COLUMN register_state.letter IS 'Template of the letter that goes out with the step';
COMMENT ON COLUMN register_state.done IS 'Whether nothing is overdue in it any more';
COMMENT ON COLUMN register_state.counts IS 'Whether a record in it counts in indicators';

CREATE TABLE register_field (
    register text NOT NULL,
    name text NOT NULL,
    position integer NOT NULL,
    type text NOT NULL,
    list text,
    measured_in text,
    needed_from text,
    min double precision,
    max double precision,
    label_zh text NOT NULL,
    label_en text NOT NULL,
    CONSTRAINT register_field_pkey PRIMARY KEY (register, name),
    CONSTRAINT register_field_register_fkey FOREIGN KEY (register) REFERENCES register(code)
        ON DELETE CASCADE,
    CONSTRAINT register_field_name_check CHECK (name ~ '^[a-z][a-z0-9_]{0,31}$'),
    CONSTRAINT register_field_type_check CHECK
        (type IN ('text', 'long', 'integer', 'number', 'date', 'month', 'boolean', 'code'))
);
COMMENT ON TABLE register_field IS '字段：what a record of a register says of its thing.';
COMMENT ON COLUMN register_field.register IS '台账';
COMMENT ON COLUMN register_field.name IS 'Name among the values of a record';
COMMENT ON COLUMN register_field.position IS 'Order in forms and files';
COMMENT ON COLUMN register_field.type IS
    'text, long, integer, number, date, month, boolean or code';
COMMENT ON COLUMN register_field.list IS 'Code list of a field of type code';
COMMENT ON COLUMN register_field.measured_in IS 'Unit of measure of a number: list unit_of_measure';
COMMENT ON COLUMN register_field.needed_from IS 'State from which on a record must have it';
COMMENT ON COLUMN register_field.min IS 'Least number';
COMMENT ON COLUMN register_field.max IS 'Greatest number';
COMMENT ON COLUMN register_field.label_zh IS '名称';
COMMENT ON COLUMN register_field.label_en IS 'Name in English';

CREATE TABLE register_counter (
    register text NOT NULL,
    county text NOT NULL,
    last integer NOT NULL,
    CONSTRAINT register_counter_pkey PRIMARY KEY (register, county),
    CONSTRAINT register_counter_register_fkey FOREIGN KEY (register) REFERENCES register(code)
        ON DELETE CASCADE
);
COMMENT ON TABLE register_counter IS
    'Last number that the server gave to a record, by register and county.';
COMMENT ON COLUMN register_counter.register IS '台账';
COMMENT ON COLUMN register_counter.county IS 'County; 000000 for records of none';
COMMENT ON COLUMN register_counter.last IS 'The last number given';

CREATE TABLE record (
    id bigint GENERATED ALWAYS AS IDENTITY,
    register text NOT NULL,
    number text,
    token uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    geom geometry(Geometry, 4490),
    area_m2 double precision GENERATED ALWAYS AS
        (CASE WHEN st_dimension(geom) = 2 THEN st_area((geom)::geography) END) STORED,
    length_m double precision GENERATED ALWAYS AS
        (CASE WHEN st_dimension(geom) = 1 THEN st_length((geom)::geography) END) STORED,
    county text,
    town text,
    village text,
    zone text,
    unit text,
    plan text,
    field_values jsonb DEFAULT '{}' NOT NULL,
    state text NOT NULL,
    since date DEFAULT beijing_today() NOT NULL,
    deadline date,
    note text,
    forgotten_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    created_by bigint,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT record_pkey PRIMARY KEY (id),
    CONSTRAINT record_token_key UNIQUE (token),
    CONSTRAINT record_number_key UNIQUE (register, number),
    CONSTRAINT record_register_fkey FOREIGN KEY (register) REFERENCES register(code),
    CONSTRAINT record_state_fkey FOREIGN KEY (register, state)
        REFERENCES register_state(register, code),
    CONSTRAINT record_zone_fkey FOREIGN KEY (zone) REFERENCES zone(code)
        ON UPDATE CASCADE ON DELETE SET NULL,
    CONSTRAINT record_unit_fkey FOREIGN KEY (unit) REFERENCES unit(code),
    CONSTRAINT record_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id),
    CONSTRAINT record_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT record_name_check CHECK (length(btrim(name)) > 0),
    CONSTRAINT record_geom_check CHECK (st_isvalid(geom) AND NOT st_isempty(geom)),
    CONSTRAINT record_field_values_check CHECK (jsonb_typeof(field_values) = 'object')
);
CREATE INDEX record_register_idx ON record (register, id);
CREATE INDEX record_county_idx ON record (register, county);
CREATE INDEX record_state_idx ON record (register, state);
CREATE INDEX record_unit_idx ON record (unit) WHERE unit IS NOT NULL;
CREATE INDEX record_zone_idx ON record (zone) WHERE zone IS NOT NULL;
CREATE INDEX record_geom_idx ON record USING gist (geom);
COMMENT ON TABLE record IS '台账记录：one thing of a register. It brings no green area of its own.';
COMMENT ON COLUMN record.id IS 'Number of the record';
COMMENT ON COLUMN record.register IS '台账';
COMMENT ON COLUMN record.number IS '编号, unique in its register';
COMMENT ON COLUMN record.token IS 'The word behind its plate (QR)';
COMMENT ON COLUMN record.name IS '名称';
COMMENT ON COLUMN record.geom IS
    '位置: Point, MultiLineString or MultiPolygon, degrees of CGCS2000';
COMMENT ON COLUMN record.area_m2 IS '面积, m² on the ellipsoid, of polygons';
COMMENT ON COLUMN record.length_m IS '长度, m on the ellipsoid, of lines';
COMMENT ON COLUMN record.county IS '县: of the largest part, or as the sender said';
COMMENT ON COLUMN record.town IS '乡镇, where its borders are known';
COMMENT ON COLUMN record.village IS '村, where its borders are known';
COMMENT ON COLUMN record.zone IS '责任区';
COMMENT ON COLUMN record.unit IS '责任单位';
COMMENT ON COLUMN record.plan IS '计划, by code';
COMMENT ON COLUMN record.field_values IS 'Values of the fields of its register, by name';
COMMENT ON COLUMN record.state IS '状态';
COMMENT ON COLUMN record.since IS 'Day on which it came to that state';
COMMENT ON COLUMN record.deadline IS '期限, the last day';
COMMENT ON COLUMN record.note IS '备注';
COMMENT ON COLUMN record.forgotten_at IS 'When its personal values were deleted';
COMMENT ON COLUMN record.version IS 'Grows with every change and step';
COMMENT ON COLUMN record.demo IS '虚构示例：came with the demo';
COMMENT ON COLUMN record.created_by IS 'Who wrote it first';
COMMENT ON COLUMN record.changed_by IS 'Who changed it last';
COMMENT ON COLUMN record.changed_at IS 'When';

CREATE TABLE record_step (
    id bigint GENERATED ALWAYS AS IDENTITY,
    record_id bigint NOT NULL,
    state text NOT NULL,
    on_day date NOT NULL,
    deadline date,
    letter_no text,
    field_values jsonb DEFAULT '{}' NOT NULL,
    note text,
    account_id bigint,
    actor text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT record_step_pkey PRIMARY KEY (id),
    CONSTRAINT record_step_record_id_fkey FOREIGN KEY (record_id) REFERENCES record(id)
        ON DELETE CASCADE,
    CONSTRAINT record_step_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id)
);
CREATE INDEX record_step_record_idx ON record_step (record_id, id);
COMMENT ON TABLE record_step IS '办理步骤：each state that a record came to; never changed.';
COMMENT ON COLUMN record_step.id IS 'Number of the step';
COMMENT ON COLUMN record_step.record_id IS 'The record';
COMMENT ON COLUMN record_step.state IS '状态';
COMMENT ON COLUMN record_step.on_day IS '办理日期';
COMMENT ON COLUMN record_step.deadline IS '期限 that holds from this step on';
COMMENT ON COLUMN record_step.letter_no IS '文号';
COMMENT ON COLUMN record_step.field_values IS
    'Values that were given with the step, without personal ones';
COMMENT ON COLUMN record_step.note IS '说明';
COMMENT ON COLUMN record_step.account_id IS 'Account that took it';
COMMENT ON COLUMN record_step.actor IS 'Its name then';
COMMENT ON COLUMN record_step.at IS 'When it was written';

CREATE TABLE record_link (
    id bigint GENERATED ALWAYS AS IDENTITY,
    record_id bigint NOT NULL,
    plot_id bigint,
    other_id bigint,
    zone text,
    patrol_id bigint,
    target_id bigint,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    CONSTRAINT record_link_pkey PRIMARY KEY (id),
    CONSTRAINT record_link_record_id_fkey FOREIGN KEY (record_id) REFERENCES record(id)
        ON DELETE CASCADE,
    CONSTRAINT record_link_plot_id_fkey FOREIGN KEY (plot_id) REFERENCES plot(id)
        ON DELETE CASCADE,
    CONSTRAINT record_link_other_id_fkey FOREIGN KEY (other_id) REFERENCES record(id)
        ON DELETE CASCADE,
    CONSTRAINT record_link_zone_fkey FOREIGN KEY (zone) REFERENCES zone(code)
        ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT record_link_patrol_id_fkey FOREIGN KEY (patrol_id) REFERENCES patrol(id)
        ON DELETE CASCADE,
    CONSTRAINT record_link_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT record_link_to_check
        CHECK (num_nonnulls(plot_id, other_id, zone, patrol_id, target_id) = 1),
    CONSTRAINT record_link_other_id_check CHECK (other_id <> record_id)
);
CREATE UNIQUE INDEX record_link_to_idx ON record_link (record_id, coalesce(plot_id, 0),
    coalesce(other_id, 0), coalesce(zone, ''), coalesce(patrol_id, 0), coalesce(target_id, 0));
CREATE INDEX record_link_plot_idx ON record_link (plot_id) WHERE plot_id IS NOT NULL;
CREATE INDEX record_link_other_idx ON record_link (other_id) WHERE other_id IS NOT NULL;
CREATE INDEX record_link_zone_idx ON record_link (zone) WHERE zone IS NOT NULL;
CREATE INDEX record_link_patrol_idx ON record_link (patrol_id) WHERE patrol_id IS NOT NULL;
CREATE INDEX record_link_target_idx ON record_link (target_id) WHERE target_id IS NOT NULL;
COMMENT ON TABLE record_link IS '关联：what a record has to do with: one thing a row.';
COMMENT ON COLUMN record_link.id IS 'Number of the link';
COMMENT ON COLUMN record_link.record_id IS 'The record';
COMMENT ON COLUMN record_link.plot_id IS '图斑';
COMMENT ON COLUMN record_link.other_id IS 'Another record';
COMMENT ON COLUMN record_link.zone IS '责任区';
COMMENT ON COLUMN record_link.patrol_id IS '巡护';
COMMENT ON COLUMN record_link.target_id IS '任务';
COMMENT ON COLUMN record_link.changed_by IS 'Who made it';
COMMENT ON COLUMN record_link.changed_at IS 'When';
COMMENT ON COLUMN record_link.demo IS '虚构示例：came with the demo';

CREATE TABLE record_history (
    id bigint GENERATED ALWAYS AS IDENTITY,
    record_id bigint NOT NULL,
    register text NOT NULL,
    version integer NOT NULL,
    operation text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    account_id bigint,
    actor text NOT NULL,
    reason text,
    county text,
    unit text,
    content jsonb NOT NULL,
    geom geometry(Geometry, 4490),
    demo boolean DEFAULT false NOT NULL,
    CONSTRAINT record_history_pkey PRIMARY KEY (id)
);
CREATE INDEX record_history_record_idx ON record_history (record_id, id);
COMMENT ON TABLE record_history IS
    'Every version of every record, written by a trigger; without personal values.';
COMMENT ON COLUMN record_history.id IS 'Number of the entry';
COMMENT ON COLUMN record_history.record_id IS 'The record';
COMMENT ON COLUMN record_history.register IS '台账';
COMMENT ON COLUMN record_history.version IS 'Its version';
COMMENT ON COLUMN record_history.operation IS 'INSERT, UPDATE or DELETE';
COMMENT ON COLUMN record_history.at IS 'When';
COMMENT ON COLUMN record_history.account_id IS 'Account; empty for changes by SQL';
COMMENT ON COLUMN record_history.actor IS
    'Name of the account, or sql: and the user of the database';
COMMENT ON COLUMN record_history.reason IS 'Why, when somebody said so';
COMMENT ON COLUMN record_history.county IS '县 then';
COMMENT ON COLUMN record_history.unit IS '责任单位 then';
COMMENT ON COLUMN record_history.content IS 'The row, without its shape and personal values';
COMMENT ON COLUMN record_history.geom IS '位置 then, degrees of CGCS2000';
COMMENT ON COLUMN record_history.demo IS '虚构示例：came with the demo';

ALTER TABLE record ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_history ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TABLES)


def downgrade() -> None:
    """Back."""
    op.execute("""
    DROP TABLE record_history, record_link, record_step, record, register_counter, register_field,
        register_state, register
    """)
