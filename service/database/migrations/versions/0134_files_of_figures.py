"""Files of reported figures: the paper that a figure is taken from."""

from alembic import op

revision = "0134"
down_revision = "0129"
branch_labels = None
depends_on = None

FORWARD = """
ALTER TABLE file_link
    ADD COLUMN reported_id bigint,
    ADD CONSTRAINT file_link_reported_id_fkey FOREIGN KEY (reported_id) REFERENCES reported(id)
        ON DELETE CASCADE,
    DROP CONSTRAINT file_link_to_check,
    ADD CONSTRAINT file_link_to_check
        CHECK (num_nonnulls(plot_id, record_id, reported_id) = 1);
CREATE INDEX file_link_reported_idx ON file_link (reported_id) WHERE reported_id IS NOT NULL;
COMMENT ON COLUMN file_link.reported_id IS '上报数';
"""
# The policy of the links reads the column; it is put back with the library of SQL.
BACK = """
DROP POLICY IF EXISTS ground ON file_link;
DELETE FROM file USING file_link
WHERE file_link.file_id = file.id AND file_link.reported_id IS NOT NULL;
ALTER TABLE file_link
    DROP CONSTRAINT file_link_to_check,
    DROP COLUMN reported_id,
    ADD CONSTRAINT file_link_to_check CHECK (num_nonnulls(plot_id, record_id) = 1);
"""


def upgrade() -> None:
    """Forward."""
    op.execute(FORWARD)


def downgrade() -> None:
    """Back."""
    op.execute(BACK)
