"""Answers that are kept under an `Idempotency-Key`: who sends a request again is answered again."""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE idempotency_key (
    account_id bigint      NOT NULL,
    key        text        NOT NULL,
    request    bytea       NOT NULL,
    status     integer     NOT NULL,
    headers    jsonb       NOT NULL,
    body       bytea       NOT NULL,
    scope      text[]      NOT NULL DEFAULT current_scope(),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_key_pkey PRIMARY KEY (account_id, key),
    CONSTRAINT idempotency_key_account_id_fkey FOREIGN KEY (account_id)
        REFERENCES account (id) ON DELETE CASCADE,
    CONSTRAINT idempotency_key_key_check CHECK (length(key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_key_request_check CHECK (octet_length(request) = 32),
    CONSTRAINT idempotency_key_status_check CHECK (status BETWEEN 200 AND 599),
    CONSTRAINT idempotency_key_headers_check CHECK (jsonb_typeof(headers) = 'object')
);
CREATE INDEX idempotency_key_created_at_idx ON idempotency_key (created_at);
COMMENT ON TABLE idempotency_key IS '幂等键：24 小时内重发的请求得到同一答复。Written in the transaction of the request itself; deleted after a day.';
COMMENT ON COLUMN idempotency_key.account_id IS 'Whose key it is: others may use the same';
COMMENT ON COLUMN idempotency_key.key IS 'Header Idempotency-Key of the request';
COMMENT ON COLUMN idempotency_key.request IS 'SHA-256 of method, address, If-Match and body: another request needs another key';
COMMENT ON COLUMN idempotency_key.status IS 'Status of the answer';
COMMENT ON COLUMN idempotency_key.headers IS 'Headers of the answer that its route gave: Location, ETag, Content-Type …';
COMMENT ON COLUMN idempotency_key.body IS 'Body of the answer';
COMMENT ON COLUMN idempotency_key.scope IS 'Ground that was seen then; who sees other ground by now is not shown the answer';
COMMENT ON COLUMN idempotency_key.created_at IS 'When';
ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY ground ON idempotency_key
    USING (scope = (SELECT current_scope())) WITH CHECK (scope = (SELECT current_scope()));

CREATE FUNCTION forget_answers() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    -- A few at a time, and none that somebody else is just deleting: nobody waits for this.
    WITH gone AS (
        DELETE FROM idempotency_key k USING (
            SELECT account_id, key FROM idempotency_key
            WHERE created_at < now() - interval '24 hours'
            ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED
        ) old
        WHERE k.account_id = old.account_id AND k.key = old.key
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION forget_answers IS 'Deletes answers that were kept for a day, whoever may see them';
REVOKE ALL ON FUNCTION forget_answers FROM PUBLIC;
"""

DOWN = """
DROP FUNCTION forget_answers();
DROP TABLE idempotency_key;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
