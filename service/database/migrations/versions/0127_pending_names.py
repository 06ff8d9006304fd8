"""Few names wait to be put into the indexes of names: each search goes through all that wait.

After a file or a step of thousands of plots four megabytes of them waited, and a search over a city
took half a second of the processor, until the next vacuum.
"""

from alembic import op

revision = "0127"
down_revision = "0126"
branch_labels = None
depends_on = None

INDEXES = ("plot_version_name_idx", "record_name_idx", "zone_version_name_idx")
MOST_KB = 128


def upgrade() -> None:
    """Forward."""
    for name in INDEXES:
        op.execute(f"ALTER INDEX {name} SET (gin_pending_list_limit = {MOST_KB})")


def downgrade() -> None:
    """Back."""
    for name in INDEXES:
        op.execute(f"ALTER INDEX {name} RESET (gin_pending_list_limit)")
