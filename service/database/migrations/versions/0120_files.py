"""Files of plots and records: photos with their time and place, and papers."""

from alembic import op

revision = "0120"
down_revision = "0119"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE file (
    id bigint GENERATED ALWAYS AS IDENTITY,
    sha256 text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    bytes bigint GENERATED ALWAYS AS (octet_length(content)) STORED NOT NULL,
    content bytea NOT NULL,
    taken_at timestamp with time zone,
    place geometry(Point, 4490),
    made_by bigint,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    demo boolean DEFAULT false NOT NULL,
    CONSTRAINT file_pkey PRIMARY KEY (id),
    CONSTRAINT file_made_by_fkey FOREIGN KEY (made_by) REFERENCES account(id),
    CONSTRAINT file_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE file IS '附件：photos and papers, never changed.';
COMMENT ON COLUMN file.id IS 'Number of the file';
COMMENT ON COLUMN file.sha256 IS 'Hash of the content';
COMMENT ON COLUMN file.name IS '文件名, as the sender called it';
COMMENT ON COLUMN file.media_type IS 'As its content says, not its name';
COMMENT ON COLUMN file.bytes IS 'Size';
COMMENT ON COLUMN file.content IS 'The file as it came';
COMMENT ON COLUMN file.taken_at IS '拍摄时间, by the camera (EXIF)';
COMMENT ON COLUMN file.place IS '拍摄位置, by the camera (EXIF), degrees';
COMMENT ON COLUMN file.made_by IS 'Who sent it';
COMMENT ON COLUMN file.made_at IS 'When it came';
COMMENT ON COLUMN file.demo IS '虚构示例：came with the demo';

CREATE TABLE file_link (
    id bigint GENERATED ALWAYS AS IDENTITY,
    file_id bigint NOT NULL,
    plot_id bigint,
    record_id bigint,
    CONSTRAINT file_link_pkey PRIMARY KEY (id),
    CONSTRAINT file_link_file_id_fkey FOREIGN KEY (file_id) REFERENCES file(id) ON DELETE CASCADE,
    CONSTRAINT file_link_plot_id_fkey FOREIGN KEY (plot_id) REFERENCES plot(id) ON DELETE CASCADE,
    CONSTRAINT file_link_record_id_fkey FOREIGN KEY (record_id) REFERENCES record(id)
        ON DELETE CASCADE,
    CONSTRAINT file_link_to_check CHECK (num_nonnulls(plot_id, record_id) = 1)
);
CREATE INDEX file_link_file_idx ON file_link (file_id);
CREATE INDEX file_link_plot_idx ON file_link (plot_id) WHERE plot_id IS NOT NULL;
CREATE INDEX file_link_record_idx ON file_link (record_id) WHERE record_id IS NOT NULL;
COMMENT ON TABLE file_link IS 'What a file belongs to.';
COMMENT ON COLUMN file_link.id IS 'Number of the link';
COMMENT ON COLUMN file_link.file_id IS 'The file';
COMMENT ON COLUMN file_link.plot_id IS '图斑';
COMMENT ON COLUMN file_link.record_id IS '台账记录';

ALTER TABLE file_link ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TABLES)


def downgrade() -> None:
    """Back."""
    op.execute("DROP TABLE file_link, file")
