"""Imports: files on their way in, their rows with verdicts, and the plots that they became."""

from alembic import op

revision = "0110"
down_revision = "0109"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE credential DROP CONSTRAINT credential_kind_check;
ALTER TABLE credential ADD CONSTRAINT credential_kind_check
    CHECK (kind IN ('token', 'session', 'link', 'work'));
COMMENT ON COLUMN credential.kind IS
    'token (API), session (cookie), link (one use), work (a request goes on in the background)';

CREATE TABLE import (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    what text DEFAULT 'plots' NOT NULL,
    state text DEFAULT 'reading' NOT NULL,
    file text NOT NULL,
    bytes bigint NOT NULL,
    settings jsonb DEFAULT '{}' NOT NULL,
    attempt integer DEFAULT 1 NOT NULL,
    seems jsonb DEFAULT '{}' NOT NULL,
    counts jsonb DEFAULT '{}' NOT NULL,
    codes jsonb DEFAULT '{}' NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    total integer DEFAULT 0 NOT NULL,
    begun_at timestamp with time zone,
    settlement jsonb,
    error jsonb,
    account_id bigint NOT NULL,
    committed_by bigint,
    scope text[] DEFAULT current_scope() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    staged_at timestamp with time zone,
    ended_at timestamp with time zone,
    undone_at timestamp with time zone,
    CONSTRAINT import_pkey PRIMARY KEY (id),
    CONSTRAINT import_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    CONSTRAINT import_committed_by_fkey FOREIGN KEY (committed_by) REFERENCES account(id),
    CONSTRAINT import_what_check CHECK (what = 'plots'),
    CONSTRAINT import_state_check CHECK (state IN
        ('reading', 'staged', 'committing', 'live', 'refused', 'cancelled', 'failed')),
    CONSTRAINT import_ended_check CHECK ((ended_at IS NOT NULL) = (state IN ('live', 'cancelled')))
);
COMMENT ON TABLE import IS
    '导入：正在进入系统的文件。A file on its way in: staged, settled, committed or left.';
COMMENT ON COLUMN import.id IS 'Number of the import';
COMMENT ON COLUMN import.what IS 'What its rows become: plots';
COMMENT ON COLUMN import.state IS 'reading, staged, committing, live, refused, cancelled, failed';
COMMENT ON COLUMN import.file IS 'Name of the file, without a folder';
COMMENT ON COLUMN import.bytes IS 'Size of the file';
COMMENT ON COLUMN import.settings IS
    'layer, crs, encoding, fields, ignore, set, as the sender says';
COMMENT ON COLUMN import.attempt IS 'Grows whenever it is read anew';
COMMENT ON COLUMN import.seems IS
    'What the file seems to be: layers, encoding, crs, fields, notes';
COMMENT ON COLUMN import.counts IS
    'Rows by severity and by match, and plots that the file leaves out';
COMMENT ON COLUMN import.codes IS 'Rows by code of their verdicts, with the severity';
COMMENT ON COLUMN import.done IS 'Rows that are done in this state';
COMMENT ON COLUMN import.total IS 'Rows of the file; 0 while they are not known';
COMMENT ON COLUMN import.begun_at IS 'When the work of this state began';
COMMENT ON COLUMN import.settlement IS 'How it was committed: acknowledge, skip_blocked, replace';
COMMENT ON COLUMN import.error IS 'Why it was refused or failed, with rows and places';
COMMENT ON COLUMN import.account_id IS 'Account that sent the file';
COMMENT ON COLUMN import.committed_by IS 'Account whose drafts the plots are';
COMMENT ON COLUMN import.scope IS 'Counties of the sender; who sees all of them may see the import';
COMMENT ON COLUMN import.created_at IS 'When the file came';
COMMENT ON COLUMN import.staged_at IS 'When its rows were checked';
COMMENT ON COLUMN import.ended_at IS 'When it went live or was cancelled';
COMMENT ON COLUMN import.undone_at IS 'When the batch was taken out again';
CREATE INDEX import_account_id_idx ON import (account_id, id);
ALTER TABLE import ENABLE ROW LEVEL SECURITY;

CREATE TABLE import_file (
    import_id bigint NOT NULL,
    part integer NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT import_file_pkey PRIMARY KEY (import_id, part),
    CONSTRAINT import_file_import_id_fkey FOREIGN KEY (import_id) REFERENCES import(id)
        ON DELETE CASCADE
);
COMMENT ON TABLE import_file IS 'The file of an import in parts, until it is live or cancelled.';
COMMENT ON COLUMN import_file.import_id IS 'Import';
COMMENT ON COLUMN import_file.part IS 'Number of the part, from 0';
COMMENT ON COLUMN import_file.content IS 'Bytes of the part';
ALTER TABLE import_file ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE import_file ENABLE ROW LEVEL SECURITY;

CREATE TABLE import_row (
    import_id bigint NOT NULL,
    row integer NOT NULL,
    geom geometry(MultiPolygon, 4490),
    properties jsonb NOT NULL,
    district text,
    severity text,
    codes text[] DEFAULT '{}' NOT NULL,
    problems jsonb DEFAULT '[]' NOT NULL,
    match text NOT NULL,
    plot_id bigint,
    version integer,
    fields text[] DEFAULT '{}' NOT NULL,
    CONSTRAINT import_row_pkey PRIMARY KEY (import_id, row),
    CONSTRAINT import_row_import_id_fkey FOREIGN KEY (import_id) REFERENCES import(id)
        ON DELETE CASCADE,
    CONSTRAINT import_row_severity_check CHECK (severity IN ('block', 'warn', 'info')),
    CONSTRAINT import_row_match_check CHECK (match IN ('new', 'same', 'changed'))
);
COMMENT ON TABLE import_row IS 'Rows of an import with all that is said of them; nothing is live.';
COMMENT ON COLUMN import_row.import_id IS 'Import';
COMMENT ON COLUMN import_row.row IS 'Row of the file, from 1';
COMMENT ON COLUMN import_row.geom IS 'Shape in CGCS2000; empty where it cannot be read';
COMMENT ON COLUMN import_row.properties IS 'Attributes of a plot, as the file says them';
COMMENT ON COLUMN import_row.district IS 'County of the sender that holds the largest part of it';
COMMENT ON COLUMN import_row.severity IS 'The worst of its verdicts; empty where there is none';
COMMENT ON COLUMN import_row.codes IS 'Codes of its verdicts';
COMMENT ON COLUMN import_row.problems IS 'Verdicts, in both languages';
COMMENT ON COLUMN import_row.match IS 'new, same, changed: against the plot under its number';
COMMENT ON COLUMN import_row.plot_id IS 'Plot under its number';
COMMENT ON COLUMN import_row.version IS 'Version of that plot, when it was compared';
COMMENT ON COLUMN import_row.fields IS 'Properties in which it differs';
CREATE INDEX import_row_codes_idx ON import_row USING gin (codes);
ALTER TABLE import_row ENABLE ROW LEVEL SECURITY;

CREATE TABLE import_plot (
    import_id bigint NOT NULL,
    plot_id bigint NOT NULL,
    row integer NOT NULL,
    version integer NOT NULL,
    before integer,
    had_working boolean NOT NULL,
    CONSTRAINT import_plot_pkey PRIMARY KEY (import_id, plot_id),
    CONSTRAINT import_plot_import_id_fkey FOREIGN KEY (import_id) REFERENCES import(id)
        ON DELETE CASCADE,
    CONSTRAINT import_plot_plot_id_fkey FOREIGN KEY (plot_id) REFERENCES plot(id) ON DELETE CASCADE
);
COMMENT ON TABLE import_plot IS '批次：一次导入的图斑。The plots of a batch.';
COMMENT ON COLUMN import_plot.import_id IS 'Import';
COMMENT ON COLUMN import_plot.plot_id IS 'Plot';
COMMENT ON COLUMN import_plot.row IS 'Row of the file, from 1';
COMMENT ON COLUMN import_plot.version IS 'Version that the import wrote';
COMMENT ON COLUMN import_plot.before IS 'Version before it; empty for a new plot';
COMMENT ON COLUMN import_plot.had_working IS 'Whether that was a working version';
CREATE INDEX import_plot_plot_id_idx ON import_plot (plot_id);
ALTER TABLE import_plot ENABLE ROW LEVEL SECURITY;

CREATE TABLE import_mapping (
    account_id bigint NOT NULL,
    heading text NOT NULL,
    property text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT import_mapping_pkey PRIMARY KEY (account_id, heading),
    CONSTRAINT import_mapping_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id)
        ON DELETE CASCADE
);
COMMENT ON TABLE import_mapping IS 'What an account said that a heading of its files means.';
COMMENT ON COLUMN import_mapping.account_id IS 'Account';
COMMENT ON COLUMN import_mapping.heading IS 'Heading, without blanks and case';
COMMENT ON COLUMN import_mapping.property IS 'Property of a plot, or an official field';
COMMENT ON COLUMN import_mapping.changed_at IS 'When it was said last';
"""
DROPPED = """
DROP TABLE import_mapping, import_plot, import_row, import_file, import;
DELETE FROM credential WHERE kind = 'work';
ALTER TABLE credential DROP CONSTRAINT credential_kind_check;
ALTER TABLE credential ADD CONSTRAINT credential_kind_check
    CHECK (kind IN ('token', 'session', 'link'));
COMMENT ON COLUMN credential.kind IS 'token (API), session (cookie), link (one use)';
"""


def _run(statements: str) -> None:
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(statements.encode())


def upgrade() -> None:
    """Forward."""
    _run(TABLES)


def downgrade() -> None:
    """Back."""
    _run(DROPPED)
