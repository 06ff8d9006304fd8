"""Comments on plots, who read what was submitted or returned, and the levels that it passed."""

from alembic import op

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE plot_comment (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    plot_id bigint NOT NULL,
    plot_version integer NOT NULL,
    text text NOT NULL,
    longitude double precision,
    latitude double precision,
    of_return boolean DEFAULT false NOT NULL,
    made_by bigint,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    resolved_by bigint,
    resolved_at timestamp with time zone,
    CONSTRAINT plot_comment_pkey PRIMARY KEY (id),
    CONSTRAINT plot_comment_plot_id_fkey FOREIGN KEY (plot_id) REFERENCES plot(id)
        ON DELETE CASCADE,
    CONSTRAINT plot_comment_text_check CHECK (char_length(text) <= 5000),
    CONSTRAINT plot_comment_says_check CHECK (text <> '' OR longitude IS NOT NULL),
    CONSTRAINT plot_comment_at_check CHECK ((longitude IS NULL) = (latitude IS NULL)
        AND longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90),
    CONSTRAINT plot_comment_resolved_check CHECK
        ((resolved_at IS NULL) = (resolved_by IS NULL))
);
COMMENT ON TABLE plot_comment IS
    '图斑批注：what people say of a plot, with a pin on the map or without. Rows are added and '
    'resolved, never changed, so they are their own history; no foreign keys to accounts.';
COMMENT ON COLUMN plot_comment.id IS 'Grows with time';
COMMENT ON COLUMN plot_comment.plot_id IS 'Plot';
COMMENT ON COLUMN plot_comment.plot_version IS 'Version of the plot that it was said of';
COMMENT ON COLUMN plot_comment.text IS '内容；empty for a pin that says nothing more';
COMMENT ON COLUMN plot_comment.longitude IS 'Of the pin, degrees; empty without one';
COMMENT ON COLUMN plot_comment.latitude IS 'Of the pin, degrees; empty without one';
COMMENT ON COLUMN plot_comment.of_return IS '随退回一起：said by a return';
COMMENT ON COLUMN plot_comment.made_by IS 'Account';
COMMENT ON COLUMN plot_comment.made_at IS 'When';
COMMENT ON COLUMN plot_comment.resolved_by IS 'Account that called it settled; empty while open';
COMMENT ON COLUMN plot_comment.resolved_at IS 'When it was settled; empty while open';
CREATE INDEX plot_comment_plot_idx ON plot_comment (plot_id, id);

CREATE TABLE plot_reading (
    plot_id bigint NOT NULL,
    plot_version integer NOT NULL,
    account_id bigint NOT NULL,
    read_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT plot_reading_pkey PRIMARY KEY (plot_id, plot_version, account_id),
    CONSTRAINT plot_reading_plot_id_fkey FOREIGN KEY (plot_id) REFERENCES plot(id)
        ON DELETE CASCADE
);
COMMENT ON TABLE plot_reading IS
    '已阅：who opened the comments of a version that was handed in or returned; only added';
COMMENT ON COLUMN plot_reading.plot_id IS 'Plot';
COMMENT ON COLUMN plot_reading.plot_version IS 'Version that was opened';
COMMENT ON COLUMN plot_reading.account_id IS 'Account that opened it';
COMMENT ON COLUMN plot_reading.read_at IS 'When for the first time';

CREATE TABLE plot_pass (
    plot_id bigint NOT NULL,
    plot_version integer NOT NULL,
    level text NOT NULL,
    passed_by bigint,
    passed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT plot_pass_pkey PRIMARY KEY (plot_id, plot_version, level),
    CONSTRAINT plot_pass_plot_id_fkey FOREIGN KEY (plot_id) REFERENCES plot(id)
        ON DELETE CASCADE,
    CONSTRAINT plot_pass_level_check CHECK (level IN ('county', 'city', 'province'))
);
COMMENT ON TABLE plot_pass IS
    '分级审核：levels before the last that approved a submitted version; rows are only added. '
    'Whatever changes the plot gives it another version, of which none has passed.';
COMMENT ON COLUMN plot_pass.plot_id IS 'Plot';
COMMENT ON COLUMN plot_pass.plot_version IS 'Submitted version';
COMMENT ON COLUMN plot_pass.level IS 'county 县级, city 市级, province 省级';
COMMENT ON COLUMN plot_pass.passed_by IS 'Account';
COMMENT ON COLUMN plot_pass.passed_at IS 'When';

ALTER TABLE plot_comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE plot_reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE plot_pass ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Forward."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(TABLES.encode())


def downgrade() -> None:
    """Back."""
    op.execute("DROP TABLE plot_comment, plot_reading, plot_pass")
