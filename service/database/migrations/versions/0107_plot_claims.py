"""Claims of plots on ground that another plot holds."""

from alembic import op

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE plot_claim (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    plot_id bigint NOT NULL,
    holder_id bigint NOT NULL,
    district text NOT NULL,
    claimed_as text NOT NULL,
    why text,
    area_m2 double precision NOT NULL,
    made_by bigint,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_by bigint,
    ended_at timestamp with time zone,
    ended_because text,
    CONSTRAINT plot_claim_pkey PRIMARY KEY (id),
    CONSTRAINT plot_claim_as_check CHECK (claimed_as IN ('replant', 'renewal', 'dispute')),
    CONSTRAINT plot_claim_own_check CHECK (plot_id <> holder_id),
    CONSTRAINT plot_claim_ended_check CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    CONSTRAINT plot_claim_area_check CHECK ((area_m2 >= 0) AND
        (area_m2 < 'Infinity'::double precision))
);
COMMENT ON TABLE plot_claim IS
    '图斑认领：补植、更新、异议。What a plot says of ground that another one holds; rows are added '
    'and ended, never changed. No foreign keys: claims outlive plots, as the history does.';
COMMENT ON COLUMN plot_claim.id IS 'Grows with time';
COMMENT ON COLUMN plot_claim.plot_id IS 'Plot that claims';
COMMENT ON COLUMN plot_claim.holder_id IS 'Plot that held the ground then';
COMMENT ON COLUMN plot_claim.district IS 'County of both';
COMMENT ON COLUMN plot_claim.claimed_as IS 'replant 补植, renewal 更新, dispute 异议';
COMMENT ON COLUMN plot_claim.why IS '理由';
COMMENT ON COLUMN plot_claim.area_m2 IS 'Ground of the holder under the plot then, square metres';
COMMENT ON COLUMN plot_claim.made_by IS 'Account';
COMMENT ON COLUMN plot_claim.made_at IS 'When';
COMMENT ON COLUMN plot_claim.ended_by IS 'Account that ended it; empty while it stands';
COMMENT ON COLUMN plot_claim.ended_at IS 'When it ended; empty while it stands';
COMMENT ON COLUMN plot_claim.ended_because IS 'Why it ended';
CREATE UNIQUE INDEX plot_claim_standing_key ON plot_claim (plot_id, holder_id)
    WHERE (ended_at IS NULL);
CREATE INDEX plot_claim_holder_idx ON plot_claim (holder_id);
CREATE INDEX plot_claim_district_idx ON plot_claim (district, id) WHERE (ended_at IS NULL);
ALTER TABLE plot_claim ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Forward."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(TABLE.encode())


def downgrade() -> None:
    """Back."""
    op.execute("DROP TABLE plot_claim")
