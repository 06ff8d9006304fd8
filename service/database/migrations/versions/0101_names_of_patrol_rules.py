"""Limits of patrol rules are named as limits are named elsewhere: max and min."""

from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

NAMES = {
    "least_length_m": "min_length_m",
    "least_minutes": "min_minutes",
    "most_repeated": "max_repeated",
    "most_silent_min": "max_silent_min",
    "most_m_s": "max_speed_m_s",
    "most_gap_s": "max_gap_s",
}
# Those of them that a constraint is named after.
CHECKED = ("most_repeated", "most_m_s", "most_gap_s")


def _rename(old: str, new: str, *, checked: bool) -> None:
    op.execute(f"ALTER TABLE patrol_rule RENAME COLUMN {old} TO {new}")
    if checked:
        op.execute(
            f"ALTER TABLE patrol_rule RENAME CONSTRAINT patrol_rule_{old}_check"
            f" TO patrol_rule_{new}_check"
        )


def upgrade() -> None:
    """Forward."""
    for old, new in NAMES.items():
        _rename(old, new, checked=old in CHECKED)


def downgrade() -> None:
    """Back."""
    for old, new in NAMES.items():
        _rename(new, old, checked=old in CHECKED)
