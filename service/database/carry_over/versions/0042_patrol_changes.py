"""A patrol can be changed: its version, who and when; how its zone was found, fixes without time."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE patrol
    ADD COLUMN zone_by text,
    ADD COLUMN timeless integer NOT NULL DEFAULT 0,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN changed_by bigint,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT patrol_zone_by_check CHECK (zone_by IN ('named', 'walker', 'place')),
    ADD CONSTRAINT patrol_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account (id);
UPDATE patrol SET
    changed_at = created_at,
    timeless = (SELECT count(*) FROM unnest(seconds) AS one(second) WHERE second = 'NaN');
COMMENT ON COLUMN patrol.zone_by IS '责任区由谁确定: named (given), walker (found by the walker), place (found by the track); empty: no zone, or older than this column';
COMMENT ON COLUMN patrol.timeless IS '没有时刻的定位点数: left out of all figures';
COMMENT ON COLUMN patrol.version IS 'Grows with every change';
COMMENT ON COLUMN patrol.changed_by IS 'Who changed it last; empty: nobody since it was stored';
COMMENT ON COLUMN patrol.changed_at IS 'When';
"""

DOWN = """
ALTER TABLE patrol DROP COLUMN zone_by, DROP COLUMN timeless, DROP COLUMN version,
    DROP COLUMN changed_by, DROP COLUMN changed_at;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
