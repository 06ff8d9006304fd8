"""Jobs: what people asked for, how far it is and what came of it."""

from alembic import op

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE job (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    account_id bigint NOT NULL,
    scope text[] NOT NULL,
    kind text NOT NULL,
    params jsonb NOT NULL,
    state text DEFAULT 'queued' NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    total bigint,
    attempts integer DEFAULT 0 NOT NULL,
    cancel_asked boolean DEFAULT false NOT NULL,
    result jsonb,
    error jsonb,
    file_name text,
    media_type text,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    heard_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT job_pkey PRIMARY KEY (id),
    CONSTRAINT job_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id)
        ON DELETE CASCADE,
    CONSTRAINT job_kind_check CHECK (kind IN ('export', 'handin')),
    CONSTRAINT job_state_check CHECK
        (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT job_ended_check CHECK
        ((ended_at IS NULL) = (state IN ('queued', 'running')))
);
COMMENT ON TABLE job IS '后台任务：导出、上报包。Long work that somebody asked for.';
COMMENT ON COLUMN job.id IS 'Grows with time';
COMMENT ON COLUMN job.account_id IS 'Who asked for it; nobody else sees it';
COMMENT ON COLUMN job.scope IS 'Ground of the account when it asked; with another one it is hidden';
COMMENT ON COLUMN job.kind IS 'export 导出, handin 上报包';
COMMENT ON COLUMN job.params IS 'What was asked for, as the request said it';
COMMENT ON COLUMN job.state IS 'queued, running, done, failed or cancelled';
COMMENT ON COLUMN job.done IS 'Rows that are done';
COMMENT ON COLUMN job.total IS 'Rows in all, once they are counted';
COMMENT ON COLUMN job.attempts IS 'How often it was begun';
COMMENT ON COLUMN job.cancel_asked IS 'A running job ends at its next batch';
COMMENT ON COLUMN job.result IS 'What the job says when it is done';
COMMENT ON COLUMN job.error IS 'Why it failed: code, zh, en, and the single faults';
COMMENT ON COLUMN job.file_name IS 'Name of its file, while that is kept';
COMMENT ON COLUMN job.media_type IS 'Media type of its file';
COMMENT ON COLUMN job.made_at IS 'When it was asked for';
COMMENT ON COLUMN job.started_at IS 'When its last attempt began';
COMMENT ON COLUMN job.heard_at IS 'When its worker was last heard from';
COMMENT ON COLUMN job.ended_at IS 'When it ended';
CREATE INDEX job_account_idx ON job (account_id, id DESC);
CREATE INDEX job_open_idx ON job (id) WHERE (ended_at IS NULL);
ALTER TABLE job ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Forward."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(TABLE.encode())


def downgrade() -> None:
    """Back."""
    op.execute("DROP TABLE job; DROP SCHEMA IF EXISTS procrastinate CASCADE")
