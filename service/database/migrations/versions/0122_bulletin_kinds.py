"""Kinds of bulletins: each kind of a plan is numbered by itself."""

from alembic import op

revision = "0122"
down_revision = "0121"
branch_labels = None
depends_on = None

KIND = """
ALTER TABLE bulletin ADD COLUMN kind text DEFAULT 'month' NOT NULL,
    ADD CONSTRAINT bulletin_kind_check
        CHECK (kind IN ('month', 'quarter', 'activity', 'year', 'gap'));
COMMENT ON COLUMN bulletin.kind IS
    '种类: month 月报, quarter 督查通报, activity 活动月, year 年报, gap 差距分析';
DROP INDEX bulletin_number_idx;
CREATE UNIQUE INDEX bulletin_number_idx ON bulletin (plan, kind, counties, number);
COMMENT ON COLUMN bulletin.number IS '期号, of the plan, the kind and the same counties';
COMMENT ON COLUMN bulletin.since IS
    'The moment of the one before of its kind, from which moves are told';
"""
# One number a plan again: those of all kinds in the order in which they were issued.
BACK = """
DROP INDEX bulletin_number_idx;
UPDATE bulletin b SET number = n.number
FROM (SELECT id, row_number() OVER (PARTITION BY plan, counties ORDER BY id) AS number
      FROM bulletin) n
WHERE n.id = b.id;
CREATE UNIQUE INDEX bulletin_number_idx ON bulletin (plan, counties, number);
COMMENT ON COLUMN bulletin.number IS '期号, of the plan and the same counties';
COMMENT ON COLUMN bulletin.since IS 'The moment of the one before, from which moves are told';
ALTER TABLE bulletin DROP COLUMN kind;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(KIND)


def downgrade() -> None:
    """Back."""
    op.execute(BACK)
