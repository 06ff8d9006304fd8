"""Members of a body, and posts: who does what for a unit or a zone, and since when."""

from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE unit_member (
    unit text NOT NULL,
    body text NOT NULL,
    role text NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    CONSTRAINT unit_member_pkey PRIMARY KEY (unit, body),
    CONSTRAINT unit_member_unit_fkey FOREIGN KEY (unit) REFERENCES unit(code) ON DELETE CASCADE,
    CONSTRAINT unit_member_body_fkey FOREIGN KEY (body) REFERENCES unit(code),
    CONSTRAINT unit_member_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT unit_member_body_check CHECK (body <> unit)
);
CREATE INDEX unit_member_body_idx ON unit_member (body);
COMMENT ON TABLE unit_member IS
    '成员单位：the bodies that a committee or a joint task unites, each with its role.';
COMMENT ON COLUMN unit_member.unit IS 'The unit that unites them';
COMMENT ON COLUMN unit_member.body IS 'The unit that is a member of it';
COMMENT ON COLUMN unit_member.role IS '角色: list unit_role: 牵头, 配合, 成员 …';
COMMENT ON COLUMN unit_member.changed_by IS 'Who changed it last';
COMMENT ON COLUMN unit_member.changed_at IS 'When';
COMMENT ON COLUMN unit_member.demo IS '虚构示例：came with the demo';

CREATE TABLE post (
    id bigint GENERATED ALWAYS AS IDENTITY,
    unit text,
    zone text,
    function text NOT NULL,
    person text,
    phone text,
    valid_from date,
    valid_to date,
    forgotten_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    changed_by bigint,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT post_pkey PRIMARY KEY (id),
    CONSTRAINT post_unit_fkey FOREIGN KEY (unit) REFERENCES unit(code),
    CONSTRAINT post_zone_fkey FOREIGN KEY (zone) REFERENCES zone(code)
        ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT post_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id),
    CONSTRAINT post_holder_check CHECK ((unit IS NULL) <> (zone IS NULL)),
    CONSTRAINT post_function_check CHECK (length(btrim(function)) > 0),
    CONSTRAINT post_valid_check CHECK (valid_to >= valid_from),
    CONSTRAINT post_forgotten_check
        CHECK (forgotten_at IS NULL OR (person IS NULL AND phone IS NULL))
);
CREATE INDEX post_unit_idx ON post (unit) WHERE unit IS NOT NULL;
CREATE INDEX post_zone_idx ON post (zone) WHERE zone IS NOT NULL;
COMMENT ON TABLE post IS
    '岗位：a function of a unit or zone with the person who has it for a term.';
COMMENT ON COLUMN post.id IS 'Number of the post';
COMMENT ON COLUMN post.unit IS '单位; empty for a post of a zone';
COMMENT ON COLUMN post.zone IS '责任区 by code; empty for a post of a unit';
COMMENT ON COLUMN post.function IS '职务: 林长, 副林长, 监管员, 护林员, 联络员 …';
COMMENT ON COLUMN post.person IS '姓名: personal data';
COMMENT ON COLUMN post.phone IS '电话: personal data';
COMMENT ON COLUMN post.valid_from IS '任职日';
COMMENT ON COLUMN post.valid_to IS '离任日: last day';
COMMENT ON COLUMN post.forgotten_at IS 'When person and phone were deleted after their time';
COMMENT ON COLUMN post.version IS 'Grows with every change of this row';
COMMENT ON COLUMN post.demo IS '虚构示例：came with the demo';
COMMENT ON COLUMN post.changed_by IS 'Who changed it last';
COMMENT ON COLUMN post.changed_at IS 'When';
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TABLES)


def downgrade() -> None:
    """Back."""
    op.execute("DROP TABLE post, unit_member")
