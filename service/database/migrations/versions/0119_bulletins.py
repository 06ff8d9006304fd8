"""Bulletins: figures of a plan as they stood, frozen with a checksum."""

from alembic import op

revision = "0119"
down_revision = "0118"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE bulletin (
    id bigint GENERATED ALWAYS AS IDENTITY,
    plan text NOT NULL,
    number integer NOT NULL,
    title text NOT NULL,
    as_of timestamp with time zone NOT NULL,
    since timestamp with time zone,
    content jsonb NOT NULL,
    sha256 text NOT NULL,
    counties text[] NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    made_by bigint,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT bulletin_pkey PRIMARY KEY (id),
    CONSTRAINT bulletin_plan_fkey FOREIGN KEY (plan) REFERENCES plan(code),
    CONSTRAINT bulletin_made_by_fkey FOREIGN KEY (made_by) REFERENCES account(id),
    CONSTRAINT bulletin_number_check CHECK (number > 0),
    CONSTRAINT bulletin_since_check CHECK (since < as_of),
    CONSTRAINT bulletin_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
CREATE UNIQUE INDEX bulletin_number_idx ON bulletin (plan, counties, number);
COMMENT ON TABLE bulletin IS '通报：the figures of a plan as they stood, frozen; never changed.';
COMMENT ON COLUMN bulletin.id IS 'Number of the row';
COMMENT ON COLUMN bulletin.plan IS '计划';
COMMENT ON COLUMN bulletin.number IS '期号, of the plan and the same counties';
COMMENT ON COLUMN bulletin.title IS '标题';
COMMENT ON COLUMN bulletin.as_of IS 'The moment of its figures';
COMMENT ON COLUMN bulletin.since IS 'The moment of the one before, from which moves are told';
COMMENT ON COLUMN bulletin.content IS 'Rows and moves as they were issued';
COMMENT ON COLUMN bulletin.sha256 IS '校验和: SHA-256 of the content as JSON with sorted keys';
COMMENT ON COLUMN bulletin.counties IS 'Counties of its account; empty: the whole tree';
COMMENT ON COLUMN bulletin.demo IS '示例任务：came with the demo';
COMMENT ON COLUMN bulletin.made_by IS 'Account that issued it';
COMMENT ON COLUMN bulletin.made_at IS 'When';
ALTER TABLE bulletin ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TABLE)


def downgrade() -> None:
    """Back."""
    op.execute("DROP TABLE bulletin")
