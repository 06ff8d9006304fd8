"""Plots counted in squares of degrees, and how often the ground of a tile has changed."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE plot_square (
    block     integer NOT NULL,
    square    integer NOT NULL,
    district  text    NOT NULL,
    shown     text    NOT NULL,
    stage     text    NOT NULL,
    kind      text    NOT NULL,
    year      integer NOT NULL,
    review    text    NOT NULL,
    programme text,
    plots     integer NOT NULL,
    area_cm2  bigint  NOT NULL,
    CONSTRAINT plot_square_shown_check CHECK (shown IN ('approved', 'working', 'both'))
);
CREATE INDEX plot_square_block_idx ON plot_square (block, square);
COMMENT ON TABLE plot_square IS '图斑方格统计。Plots by the square of degrees in which their middle lies, for tiles far out. Only added to, minus and plus, so that writers never wait for each other; now and then the rows of a square are put together. The sum is exact.';
COMMENT ON COLUMN plot_square.block IS '32 by 32 squares: of 360/2^15 degrees from 0 up, of 360/2^11 degrees below 0';
COMMENT ON COLUMN plot_square.square IS 'x * 2^14 + y, both counted in sides of the square from 180 W, 90 S';
COMMENT ON COLUMN plot_square.district IS 'County';
COMMENT ON COLUMN plot_square.shown IS 'Who counts it: approved (a newer version exists), working, both (approved and the newest)';
COMMENT ON COLUMN plot_square.stage IS 'As in plot_version, like all that follows';
COMMENT ON COLUMN plot_square.kind IS 'As in plot_version';
COMMENT ON COLUMN plot_square.year IS 'As in plot_version';
COMMENT ON COLUMN plot_square.review IS 'As in plot_version';
COMMENT ON COLUMN plot_square.programme IS 'As in plot_version';
COMMENT ON COLUMN plot_square.plots IS 'How many more, or fewer';
COMMENT ON COLUMN plot_square.area_cm2 IS 'How much more, or less; whole square centimetres, so that sums are exact';

CREATE TABLE plot_change (
    block    integer NOT NULL,
    district text    NOT NULL,
    changes  bigint  NOT NULL
);
CREATE INDEX plot_change_block_idx ON plot_change (block);
COMMENT ON TABLE plot_change IS '图斑变更计数。How often the plots of a county changed in a block; grows with every change that is committed, so that whoever has a tile can tell whether it still holds.';
COMMENT ON COLUMN plot_change.block IS 'As in plot_square, from 0 up';
COMMENT ON COLUMN plot_change.district IS 'County';
COMMENT ON COLUMN plot_change.changes IS 'How often; the sum of all rows counts';

ALTER TABLE plot_square ENABLE ROW LEVEL SECURITY;
CREATE POLICY ground ON plot_square USING (
    (SELECT current_scope()) = '{*}' OR district = ANY ((SELECT current_scope())::text[]));
ALTER TABLE plot_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY ground ON plot_change USING (
    (SELECT current_scope()) = '{*}' OR district = ANY ((SELECT current_scope())::text[]));
"""

# Half a pixel of a tile of 256 is what nobody sees: 180/256/2^z degrees. Neighbours are thinned each
# for themselves, so their borders part by less than that.
SHAPES = """
CREATE TABLE district_shape (
    boundary_id bigint   NOT NULL,
    scale       smallint NOT NULL,
    geom        geometry(Geometry, 4490) NOT NULL,
    CONSTRAINT district_shape_pkey PRIMARY KEY (boundary_id, scale),
    CONSTRAINT district_shape_boundary_id_fkey FOREIGN KEY (boundary_id)
        REFERENCES district_boundary (id) ON DELETE CASCADE
);
COMMENT ON TABLE district_shape IS '行政区简化界线。Boundaries thinned for the eye; for looking only.';
COMMENT ON COLUMN district_shape.boundary_id IS 'Boundary';
COMMENT ON COLUMN district_shape.scale IS 'z of WebMercatorQuad up to which nobody sees the difference';
COMMENT ON COLUMN district_shape.geom IS 'CGCS2000 longitude, latitude';

CREATE FUNCTION thin_district_boundary() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    DELETE FROM district_shape WHERE boundary_id = NEW.id;
    INSERT INTO district_shape (boundary_id, scale, geom)
    SELECT NEW.id, scale, ST_SimplifyPreserveTopology(NEW.geom, 180 / 256.0 / 2 ^ scale)
    FROM unnest(ARRAY[4, 7, 10]) scale;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION thin_district_boundary IS 'Keeps district_shape';
REVOKE ALL ON FUNCTION thin_district_boundary FROM PUBLIC;
CREATE TRIGGER district_boundary_thinned AFTER INSERT OR UPDATE OF geom ON district_boundary
    FOR EACH ROW EXECUTE FUNCTION thin_district_boundary();
INSERT INTO district_shape (boundary_id, scale, geom)
SELECT b.id, scale, ST_SimplifyPreserveTopology(b.geom, 180 / 256.0 / 2 ^ scale)
FROM district_boundary b, unnest(ARRAY[4, 7, 10]) scale;
"""

# The middle is that of the box: which square a plot is counted in must cost nothing to find out.
_ROW = """plot_id, slot, district, stage, kind, year, review, programme, area_m2,
               ST_XMin(geom) AS west, ST_YMin(geom) AS south,
               ST_XMax(geom) AS east, ST_YMax(geom) AS north"""

# Squares of both sizes: sign of their blocks, how many go around the world, blocks from pole to pole.
_SIZES = "(VALUES (1, 32768, 512), (-1, 2048, 32)) size(sign, sides, blocks)"
_PLACE = """CROSS JOIN LATERAL square_step((west + east) / 2 + 180, size.sides) x
            CROSS JOIN LATERAL square_step((south + north) / 2 + 90, size.sides) y"""
_BLOCK = "size.sign * ((x >> 5) * size.blocks + (y >> 5)) + least(size.sign, 0)"
_DIMENSIONS = "district, shown, stage, kind, year, review, programme"


def _counting(operation: str, tables: tuple[str, ...]) -> str:
    """What a statement adds: its rows in `fresh` and `gone`, and the versions beside them."""
    plots = " UNION ".join(f"SELECT plot_id FROM {table}" for table in tables)  # noqa: S608
    rows = "\n        UNION ALL\n        ".join(
        f"SELECT '{table}' AS source, {_ROW} FROM {table}"  # noqa: S608
        for table in tables
    )
    return f"""
    IF TG_OP = '{operation}' THEN
    -- Of two who change the versions of one plot, the second must see what the first did. Whoever
    -- wrote the row of the plot in this transaction holds it already.
    PERFORM 1 FROM (SELECT plot_id FROM ({plots}) p GROUP BY plot_id ORDER BY plot_id) one
    CROSS JOIN LATERAL (
        SELECT p.id FROM plot p
        WHERE p.id = one.plot_id AND p.xmin <> pg_current_xact_id()::xid
        OFFSET 0 FOR NO KEY UPDATE
    ) held;
    WITH here AS MATERIALIZED (
        {rows}
        UNION ALL
        SELECT 'beside', v.* FROM ({plots}) one
        CROSS JOIN LATERAL (
            SELECT {_ROW} FROM plot_version WHERE plot_id = one.plot_id OFFSET 0
        ) v
    ), told AS (
        SELECT here.*, bool_or(source = 'fresh') OVER (PARTITION BY plot_id, slot) AS rewritten
        FROM here
    ), stood AS MATERIALIZED (
        -- A version that was read beside its own new row is that row.
        SELECT * FROM told WHERE source <> 'beside' OR NOT rewritten
    ), marked AS (
        INSERT INTO plot_change (block, district, changes)
        SELECT column_ * 512 + row_, district, 1
        FROM stood
        CROSS JOIN LATERAL generate_series(
            square_step(west + 180, 1024), square_step(east + 180, 1024)) column_
        CROSS JOIN LATERAL generate_series(
            square_step(south + 90, 1024), square_step(north + 90, 1024)) row_
        GROUP BY 1, 2
        RETURNING block
    ), seen AS (
        SELECT step, stood.*,
               CASE WHEN slot = 'working' THEN 'working'
                    WHEN count(*) OVER (PARTITION BY plot_id, step) > 1 THEN 'approved'
                    ELSE 'both' END AS shown
        FROM stood
        CROSS JOIN (VALUES (-1), (1)) before_and_after(step)
        WHERE source = 'beside' OR (source = 'fresh') = (step = 1)
    ), added AS (
        INSERT INTO plot_square (block, square, {_DIMENSIONS}, plots, area_cm2)
        SELECT {_BLOCK}, x * 16384 + y, {_DIMENSIONS},
               sum(step), sum(step * round(area_m2 * 10000)::bigint)
        FROM seen
        CROSS JOIN {_SIZES}
            {_PLACE}
        GROUP BY 1, 2, {_DIMENSIONS}
        HAVING sum(step) <> 0 OR sum(step * round(area_m2 * 10000)::bigint) <> 0
        RETURNING block, square
    )
    SELECT (SELECT array_agg(DISTINCT block) FROM marked),
           (SELECT array_agg(block) FROM added), (SELECT array_agg(square) FROM added)
    INTO changed, blocks, squares;
    END IF;"""  # noqa: S608 - put together from constants of ours


FUNCTIONS = f"""
CREATE FUNCTION square_step(degrees double precision, sides integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT least(sides - 1, greatest(0, floor(degrees * sides / 360)::integer)) $$;
COMMENT ON FUNCTION square_step IS 'In which of so many sides around the world a place lies';

CREATE FUNCTION compact_plot_squares(changed integer[], blocks integer[], squares integer[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    one record;
BEGIN
    -- One at a time puts a square together; who comes meanwhile leaves it to the next.
    FOR one IN SELECT DISTINCT block, square FROM unnest(blocks, squares) AS two(block, square) LOOP
        IF pg_try_advisory_xact_lock(746109421, one.square * sign(one.block + 0.5)::integer) THEN
            WITH old AS (
                DELETE FROM plot_square
                WHERE block = one.block AND square = one.square RETURNING *
            )
            INSERT INTO plot_square (block, square, {_DIMENSIONS}, plots, area_cm2)
            SELECT block, square, {_DIMENSIONS}, sum(plots), sum(area_cm2)
            FROM old GROUP BY block, square, {_DIMENSIONS}
            HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
        END IF;
    END LOOP;
    FOR one IN SELECT DISTINCT block FROM unnest(changed) AS block LOOP
        IF pg_try_advisory_xact_lock(746109422, one.block) THEN
            WITH old AS (DELETE FROM plot_change WHERE block = one.block RETURNING *)
            INSERT INTO plot_change (block, district, changes)
            SELECT block, district, sum(changes) FROM old GROUP BY block, district;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION compact_plot_squares IS 'Puts the rows of some squares, and the counters of some blocks, together';
REVOKE ALL ON FUNCTION compact_plot_squares FROM PUBLIC;

-- No join between the rows of a statement: the plan is kept for the session, and must serve one
-- plot and a hundred thousand.
CREATE FUNCTION count_plot_squares() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    changed integer[];
    blocks  integer[];
    squares integer[];
BEGIN
    {_counting("INSERT", ("fresh",))}
    {_counting("UPDATE", ("gone", "fresh"))}
    {_counting("DELETE", ("gone",))}
    IF cardinality(changed) <= 8 AND random() < 0.03 THEN
        PERFORM compact_plot_squares(changed, blocks, squares);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION count_plot_squares IS 'Adds to plot_square and plot_change what a statement changed';
REVOKE ALL ON FUNCTION count_plot_squares FROM PUBLIC;

CREATE FUNCTION forget_plot_squares() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM plot_square;
    END IF;
    INSERT INTO plot_change (block, district, changes)
    SELECT block, district, 1 FROM plot_change GROUP BY block, district;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION forget_plot_squares IS 'TRUNCATE takes every plot away; a kind that changed its class is in every tile';
REVOKE ALL ON FUNCTION forget_plot_squares FROM PUBLIC;

CREATE TRIGGER plot_version_inserted_squares AFTER INSERT ON plot_version
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION count_plot_squares();
CREATE TRIGGER plot_version_updated_squares AFTER UPDATE ON plot_version
    REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION count_plot_squares();
CREATE TRIGGER plot_version_deleted_squares AFTER DELETE ON plot_version
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION count_plot_squares();
CREATE TRIGGER plot_version_truncated_squares BEFORE TRUNCATE ON plot_version
    FOR EACH STATEMENT EXECUTE FUNCTION forget_plot_squares();
CREATE TRIGGER kind_squares AFTER UPDATE OF green_class ON kind
    FOR EACH ROW WHEN (NEW.green_class IS DISTINCT FROM OLD.green_class)
    EXECUTE FUNCTION forget_plot_squares();
"""  # noqa: S608 - put together from constants of ours

# What plot_square must hold, counted anew: for what there is, for tests and for repairs.
RECOUNT = f"""
CREATE FUNCTION recounted_plot_squares() RETURNS SETOF plot_square
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT {_BLOCK}, x * 16384 + y, {_DIMENSIONS},
           count(*)::integer, sum(round(area_m2 * 10000)::bigint)::bigint
    FROM (
        SELECT {_ROW},
               CASE WHEN slot = 'working' THEN 'working'
                    WHEN count(*) OVER (PARTITION BY plot_id) > 1 THEN 'approved'
                    ELSE 'both' END AS shown
        FROM plot_version
    ) seen
    CROSS JOIN {_SIZES}
            {_PLACE}
    GROUP BY 1, 2, {_DIMENSIONS}
$$;
COMMENT ON FUNCTION recounted_plot_squares IS 'What plot_square adds up to, counted anew from the plots';
INSERT INTO plot_square SELECT * FROM recounted_plot_squares();
INSERT INTO plot_change (block, district, changes)
SELECT DISTINCT block, district, 1 FROM plot_square WHERE block >= 0;
"""  # noqa: S608

DOWN = """
DROP TRIGGER district_boundary_thinned ON district_boundary;
DROP FUNCTION thin_district_boundary();
DROP TABLE district_shape;
DROP TRIGGER kind_squares ON kind;
DROP TRIGGER plot_version_truncated_squares ON plot_version;
DROP TRIGGER plot_version_deleted_squares ON plot_version;
DROP TRIGGER plot_version_updated_squares ON plot_version;
DROP TRIGGER plot_version_inserted_squares ON plot_version;
DROP FUNCTION forget_plot_squares();
DROP FUNCTION count_plot_squares();
DROP FUNCTION compact_plot_squares(integer[], integer[], integer[]);
DROP FUNCTION recounted_plot_squares();
DROP TABLE plot_change;
DROP TABLE plot_square;
DROP FUNCTION square_step(double precision, integer);
"""


def upgrade() -> None:
    """Forward."""
    for part in (TABLES, SHAPES, FUNCTIONS, RECOUNT):
        op.execute(part)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
