"""A check on the ground has an outcome, and keeps what was proposed and by which rule."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE acceptance
    ADD COLUMN outcome text,
    ADD COLUMN proposed text,
    ADD COLUMN rule text,
    ADD CONSTRAINT acceptance_outcome_check
        CHECK (outcome IN ('qualified', 'replant', 'failed', 'redo')),
    ADD CONSTRAINT acceptance_proposed_check
        CHECK (proposed IN ('qualified', 'replant', 'failed', 'redo'));
-- Every check before this one made its plot accepted.
UPDATE acceptance SET outcome = 'qualified';
COMMENT ON COLUMN acceptance.outcome IS '验收结论, list acceptance_outcome; confirmed by the inspector';
COMMENT ON COLUMN acceptance.proposed IS '按成活率推定的结论, by the rule; empty without a rate';
COMMENT ON COLUMN acceptance.rule IS '推定所依规则, list acceptance_rule';
"""

DOWN = """
ALTER TABLE acceptance DROP COLUMN outcome, DROP COLUMN proposed, DROP COLUMN rule;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
