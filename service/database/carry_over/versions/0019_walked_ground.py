"""The walked ground of each zone, merged by month, quarter and year while patrols are written.

The duty meter asks for the union of all that was walked in a zone: made anew for each answer it
took half a minute for a quarter of forty rangers.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE zone_walked (
    zone_id   bigint NOT NULL,
    period    text   NOT NULL,
    county    text   NOT NULL,
    counties  text[] NOT NULL,
    after     date   NOT NULL,
    merged_m2 double precision,
    ground    geometry(MultiPolygon, 4490),
    CONSTRAINT zone_walked_pkey PRIMARY KEY (zone_id, period, county),
    CONSTRAINT zone_walked_zone_id_fkey FOREIGN KEY (zone_id) REFERENCES zone (id)
        ON DELETE CASCADE,
    CONSTRAINT zone_walked_period_check
        CHECK (period ~ '^[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$'),
    CONSTRAINT zone_walked_merged_m2_check CHECK (merged_m2 >= 0 AND merged_m2 < 'infinity')
);
COMMENT ON TABLE zone_walked IS '责任区已巡面积：what was walked in a zone in a month, a quarter, a year, ground walked twice counted once. Kept by whoever writes patrols; without names, days and ways.';
COMMENT ON COLUMN zone_walked.zone_id IS 'Zone';
COMMENT ON COLUMN zone_walked.period IS '时段: 2026-09, 2026-Q3 or 2026';
COMMENT ON COLUMN zone_walked.county IS 'County of the patrols';
COMMENT ON COLUMN zone_walked.counties IS 'Counties of the zone';
COMMENT ON COLUMN zone_walked.after IS 'The first day after the period';
COMMENT ON COLUMN zone_walked.merged_m2 IS '已巡面积（合并），平方米; empty when some of it was forgotten before more was walked';
COMMENT ON COLUMN zone_walked.ground IS 'The merged ground; empty when forgotten';
"""

FILL = """
INSERT INTO zone_walked (zone_id, period, county, counties, after, merged_m2, ground)
SELECT zone_id, period, county, max(counties), max(after),
       CASE WHEN NOT bool_or(ground IS NULL)
            THEN coalesce(ST_Area(ST_Union(ground)::geography), 0) END,
       CASE WHEN NOT bool_or(ground IS NULL)
            THEN ST_Multi(ST_CollectionExtract(ST_Union(ground), 3)) END
FROM (
    SELECT pz.*, stretch.period, CAST(stretch.after AS date) AS after
    FROM patrol_zone pz JOIN patrol p ON p.id = pz.patrol_id AND p.apart = '{}',
         LATERAL (VALUES
            (to_char(pz.day, 'YYYY-MM'), date_trunc('month', pz.day) + interval '1 month'),
            (to_char(pz.day, 'YYYY-"Q"Q'), date_trunc('quarter', pz.day) + interval '3 months'),
            (to_char(pz.day, 'YYYY'), date_trunc('year', pz.day) + interval '1 year')
         ) AS stretch(period, after)
) one
GROUP BY zone_id, period, county
"""

# As of patrol_zone: a patrol in one county also walks the zones of the levels above.
SEEN = (
    "(SELECT current_scope()) = '{*}' OR county = ANY ((SELECT current_scope())::text[])"
    " OR counties <@ (SELECT current_scope())::text[]"
)


def upgrade() -> None:
    """Forward."""
    op.execute(TABLE)
    op.execute(FILL)
    op.execute("ALTER TABLE zone_walked ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY ground ON zone_walked USING ({SEEN}) WITH CHECK ({SEEN})")


def downgrade() -> None:
    """Back: the ground is merged for each answer again."""
    op.execute("DROP TABLE zone_walked")
