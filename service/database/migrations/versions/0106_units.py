"""Units: bodies that carry work out, their accounts, and the unit of a plot."""

from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE unit (
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    parent text,
    district text,
    valid_from date,
    valid_to date,
    version integer DEFAULT 1 NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT unit_pkey PRIMARY KEY (code),
    CONSTRAINT unit_parent_fkey FOREIGN KEY (parent) REFERENCES unit(code)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT unit_district_fkey FOREIGN KEY (district) REFERENCES district(code),
    CONSTRAINT unit_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT unit_code_check CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$'),
    CONSTRAINT unit_name_check CHECK (length(btrim(name)) > 0),
    CONSTRAINT unit_kind_check
        CHECK (kind IN ('bureau', 'committee_member', 'town_office', 'third_party', 'other')),
    CONSTRAINT unit_parent_check CHECK (parent <> code),
    CONSTRAINT unit_valid_check CHECK (valid_to >= valid_from)
);
COMMENT ON TABLE unit IS '单位：局、绿委成员单位、乡镇办、第三方 …: who carries work out.';
COMMENT ON COLUMN unit.code IS '单位代码';
COMMENT ON COLUMN unit.name IS '名称';
COMMENT ON COLUMN unit.kind IS
    '类别: bureau, committee_member, town_office, third_party or other';
COMMENT ON COLUMN unit.parent IS '上级单位';
COMMENT ON COLUMN unit.district IS '所在行政区; empty where it works in several';
COMMENT ON COLUMN unit.valid_from IS '启用日';
COMMENT ON COLUMN unit.valid_to IS '停用日: last day on which it may be named';
COMMENT ON COLUMN unit.version IS 'Grows with every change of this row';
COMMENT ON COLUMN unit.demo IS '虚构示例：came with the demo';
COMMENT ON COLUMN unit.changed_by IS 'Who changed it last';
COMMENT ON COLUMN unit.changed_at IS 'When';

CREATE TABLE account_unit (
    account_id bigint NOT NULL,
    unit text NOT NULL,
    CONSTRAINT account_unit_pkey PRIMARY KEY (account_id, unit),
    CONSTRAINT account_unit_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id)
        ON DELETE CASCADE,
    CONSTRAINT account_unit_unit_fkey FOREIGN KEY (unit) REFERENCES unit(code)
);
COMMENT ON TABLE account_unit IS
    '账号所属单位：it sees the rows of these units in every district.';
COMMENT ON COLUMN account_unit.account_id IS 'Account';
COMMENT ON COLUMN account_unit.unit IS 'Unit whose rows it sees';

ALTER TABLE plot_version ADD COLUMN unit text
    CONSTRAINT plot_version_unit_fkey REFERENCES unit(code);
ALTER TABLE plot_history ADD COLUMN unit text;
COMMENT ON COLUMN plot_version.unit IS '实施单位: who carries it out';
COMMENT ON COLUMN plot_history.unit IS '实施单位: who carries it out';
CREATE INDEX plot_version_unit_idx ON plot_version (unit) WHERE unit IS NOT NULL;
"""


GROUND = """
USING (
    (SELECT current_scope()) = '{*}'::text[] OR district = ANY ((SELECT current_scope())::text[])
)
WITH CHECK (
    (SELECT current_scope()) = '{*}'::text[] OR district = ANY ((SELECT current_scope())::text[])
)
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TABLES)


def downgrade() -> None:
    """Back; the policies of the SQL library ask for units, those of before do not."""
    for table in ("plot_version", "plot_history", "layer_affected"):
        op.execute(f"DROP POLICY ground ON {table}")
        op.execute(f"CREATE POLICY ground ON {table} {GROUND}")
    op.execute("ALTER TABLE plot_version DROP COLUMN unit")
    op.execute("ALTER TABLE plot_history DROP COLUMN unit")
    op.execute("DROP TABLE account_unit, unit")
