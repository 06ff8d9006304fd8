"""Reporting areas, and a log of what an office changes of units and areas."""

from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE area (
    id bigint GENERATED ALWAYS AS IDENTITY,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    unit text,
    valid_from date,
    valid_to date,
    geom geometry(MultiPolygon, 4490) NOT NULL,
    area_m2 double precision GENERATED ALWAYS AS (st_area((geom)::geography)) STORED NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT area_pkey PRIMARY KEY (id),
    CONSTRAINT area_code_key UNIQUE (code),
    CONSTRAINT area_unit_fkey FOREIGN KEY (unit) REFERENCES unit(code),
    CONSTRAINT area_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT area_code_check CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$'),
    CONSTRAINT area_name_check CHECK (length(btrim(name)) > 0),
    CONSTRAINT area_geom_check CHECK (st_isvalid(geom) AND NOT st_isempty(geom)),
    CONSTRAINT area_valid_check CHECK (valid_to >= valid_from)
);
CREATE INDEX area_geom_idx ON area USING gist (geom);
COMMENT ON TABLE area IS
    '统计片区：开发区、流域、林带、山系 …: ground that is no district and gets figures.';
COMMENT ON COLUMN area.id IS 'Number of the area';
COMMENT ON COLUMN area.code IS '片区代码';
COMMENT ON COLUMN area.name IS '名称';
COMMENT ON COLUMN area.kind IS '片区类别: list area_kind';
COMMENT ON COLUMN area.unit IS '责任单位';
COMMENT ON COLUMN area.valid_from IS '启用日; empty: since ever';
COMMENT ON COLUMN area.valid_to IS '停用日: last day on which it has figures';
COMMENT ON COLUMN area.geom IS '范围, degrees of CGCS2000';
COMMENT ON COLUMN area.area_m2 IS '面积, m² on the ellipsoid';
COMMENT ON COLUMN area.version IS 'Grows with every change of this row';
COMMENT ON COLUMN area.demo IS '虚构示例：came with the demo';
COMMENT ON COLUMN area.changed_by IS 'Who changed it last';
COMMENT ON COLUMN area.changed_at IS 'When';

CREATE TABLE office_change (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    what text NOT NULL,
    code text NOT NULL,
    operation text NOT NULL,
    account_id bigint,
    actor text NOT NULL,
    reason text,
    before jsonb,
    after jsonb,
    demo boolean DEFAULT false NOT NULL,
    CONSTRAINT office_change_pkey PRIMARY KEY (id)
);
CREATE INDEX office_change_code_idx ON office_change (what, code);
COMMENT ON TABLE office_change IS
    'Changes of units and areas and of what hangs on them, written by triggers.';
COMMENT ON COLUMN office_change.id IS 'Number of the change';
COMMENT ON COLUMN office_change.at IS 'When';
COMMENT ON COLUMN office_change.what IS 'Table that was changed';
COMMENT ON COLUMN office_change.code IS 'Code of the row, or its number';
COMMENT ON COLUMN office_change.operation IS 'INSERT, UPDATE or DELETE';
COMMENT ON COLUMN office_change.account_id IS 'Account; empty for changes by SQL';
COMMENT ON COLUMN office_change.actor IS
    'Name of the account, or sql: and the user of the database';
COMMENT ON COLUMN office_change.reason IS 'Why, when somebody said so';
COMMENT ON COLUMN office_change.before IS 'The row as it was, without names and phones of people';
COMMENT ON COLUMN office_change.after IS 'The row as it is, without names and phones of people';
COMMENT ON COLUMN office_change.demo IS '虚构示例：came with the demo';
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TABLES)


def downgrade() -> None:
    """Back."""
    op.execute("DROP TRIGGER IF EXISTS unit_changed ON unit")
    # A function of the library that gives rows of the table.
    op.execute("DROP FUNCTION IF EXISTS areas_at(timestamptz)")
    op.execute("DROP TABLE area, office_change")
