"""Failed sign-ins, counted for a quarter of an hour."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE sign_in_failure (
    id      bigint GENERATED ALWAYS AS IDENTITY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    name    bytea NOT NULL,
    address text  NOT NULL,
    CONSTRAINT sign_in_failure_pkey PRIMARY KEY (id)
);
CREATE INDEX sign_in_failure_name_idx ON sign_in_failure (name, at);
CREATE INDEX sign_in_failure_address_idx ON sign_in_failure (address, at);
CREATE INDEX sign_in_failure_at_idx ON sign_in_failure (at);
COMMENT ON TABLE sign_in_failure IS '登录失败。Kept for as long as they slow further tries down.';
COMMENT ON COLUMN sign_in_failure.id IS 'Number of the try';
COMMENT ON COLUMN sign_in_failure.at IS 'When';
COMMENT ON COLUMN sign_in_failure.name IS 'SHA-256 of the name as typed: it may be a password in the wrong field';
COMMENT ON COLUMN sign_in_failure.address IS 'Network address that it came from';
CREATE INDEX audit_at_idx ON audit (at);
"""

DOWN = """
DROP INDEX audit_at_idx;
DROP TABLE sign_in_failure;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
