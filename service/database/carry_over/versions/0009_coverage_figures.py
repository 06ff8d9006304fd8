"""Figures out of cells: one way to compute a cell, for the drainer, for a read and for a proof."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The plots that count, as they are and as they stood at a moment.
NOW = "plot_version {p} ON {p}.slot = 'approved'"
THEN = (
    "plot_history {p} ON {p}.slot = 'approved' AND {p}.valid_from <= moment"
    " AND ({p}.valid_to IS NULL OR {p}.valid_to > moment)"
)
GREEN = "{p}.stage IN ('planted', 'accepted', 'existing')"

# A plot keeps the area that it was stored with, or that its part in the cell has. Where two overlap
# both lose once what they share; where three meet there is a crowd, and its union is measured. Who
# overlaps whom is told once for all plots of the cell: a figure of some of them takes what pairs of
# them share, and unites those of a crowd that are among them.
# A crowd is a cluster of plots that touch, some of which overlap, three of them each other.
# A cell's plots are found by ST_Intersects, by the GiST index; plots that only touch have no ground
# in it. ST_Relate asks each pair once (the difference keeps the planner from the primary key).
PIECES = """
    RETURN QUERY
    WITH met AS MATERIALIZED (
        SELECT c.id AS cell_id, c.boundary_id, p.plot_id, p.stage, p.kind, p.year, p.programme,
               p.geom AS shape, p.area_m2 AS shape_m2, c.geom AS cell,
               ST_CoveredBy(p.geom, c.geom) AS whole
        FROM district_cell c
        JOIN {source_p} AND ST_Intersects(p.geom, c.geom) AND {green_p}
        WHERE c.id = ANY(cells)
    ), piece AS MATERIALIZED (
        SELECT met.*, met.shape AS part, met.shape_m2 AS part_m2, true AS counted
        FROM met WHERE met.whole
        UNION ALL
        SELECT met.*, cut.part, ST_Area(cut.part::geography), NOT EXISTS (
                   SELECT 1 FROM district_cell s
                   WHERE s.boundary_id = met.boundary_id AND s.id < met.cell_id
                     AND s.geom && met.shape AND ST_Relate(s.geom, met.shape, 'T********'))
        FROM met CROSS JOIN LATERAL (
            SELECT ST_CollectionExtract(ST_Intersection(met.shape, met.cell), 3) AS part OFFSET 0
        ) cut
        WHERE NOT met.whole AND ST_Relate(met.shape, met.cell, 'T********')
    ), pair AS MATERIALIZED (
        SELECT a.cell_id, a.plot_id AS one, other.plot_id AS other
        FROM piece a CROSS JOIN LATERAL (
            SELECT q.plot_id FROM (SELECT 1) any_row
            JOIN {source_q} AND {green_q}
            WHERE q.geom && a.shape AND q.plot_id - a.plot_id > 0
              AND ST_Intersects(q.geom, a.shape)
              AND ST_Relate(q.geom, a.shape, 'T********') OFFSET 0
        ) other
    ), pair_here AS MATERIALIZED (
        SELECT pair.* FROM pair
        JOIN piece b ON b.cell_id = pair.cell_id AND b.plot_id = pair.other
    ), clustered AS MATERIALIZED (
        SELECT piece.cell_id, piece.plot_id, piece.part, piece.part_m2,
               ST_ClusterDBSCAN(piece.part, 0, 1)
                   OVER (PARTITION BY piece.cell_id ORDER BY piece.plot_id) AS cluster
        FROM piece
        JOIN (SELECT pair_here.cell_id, pair_here.one AS plot_id FROM pair_here
              UNION SELECT pair_here.cell_id, pair_here.other FROM pair_here) member
          ON member.cell_id = piece.cell_id AND member.plot_id = piece.plot_id
    ), triple AS MATERIALIZED (
        SELECT DISTINCT clustered.cell_id, clustered.cluster
        FROM pair_here ab
        JOIN pair_here bc ON bc.cell_id = ab.cell_id AND bc.one = ab.other
        JOIN pair_here ac
          ON ac.cell_id = ab.cell_id AND ac.one = ab.one AND ac.other = bc.other
        JOIN clustered ON clustered.cell_id = ab.cell_id AND clustered.plot_id = ab.one
    ), crowded AS MATERIALIZED (
        SELECT clustered.* FROM clustered
        JOIN triple ON triple.cell_id = clustered.cell_id AND triple.cluster = clustered.cluster
    ), united AS MATERIALIZED (
        SELECT crowded.cell_id, crowded.cluster, count(*) AS plots,
               least(sum(crowded.part_m2 ORDER BY crowded.plot_id),
                     ST_Area(ST_Union(crowded.part ORDER BY crowded.plot_id)::geography)) AS m2
        FROM crowded GROUP BY crowded.cell_id, crowded.cluster
    ), lost AS MATERIALIZED (
        SELECT pair_here.cell_id, pair_here.one,
               array_agg(pair_here.other ORDER BY pair_here.other) AS mates,
               array_agg(ST_Area(ST_CollectionExtract(
                   ST_Intersection(a.part, b.part), 3)::geography)
                   ORDER BY pair_here.other) AS m2
        FROM pair_here
        JOIN clustered a ON a.cell_id = pair_here.cell_id AND a.plot_id = pair_here.one
        JOIN clustered b ON b.cell_id = pair_here.cell_id AND b.plot_id = pair_here.other
        WHERE NOT EXISTS (SELECT 1 FROM triple
                          WHERE triple.cell_id = a.cell_id AND triple.cluster = a.cluster)
        GROUP BY pair_here.cell_id, pair_here.one
    )
    SELECT piece.cell_id, piece.plot_id, piece.boundary_id, piece.part_m2, piece.whole,
           piece.counted, lost.mates, lost.m2, united.cluster, united.m2, united.plots::integer,
           piece.stage, piece.kind, piece.year, piece.programme
    FROM piece
    LEFT JOIN crowded ON crowded.cell_id = piece.cell_id AND crowded.plot_id = piece.plot_id
    LEFT JOIN united ON united.cell_id = crowded.cell_id AND united.cluster = crowded.cluster
    LEFT JOIN lost ON lost.cell_id = piece.cell_id AND lost.one = piece.plot_id;
"""

# The parts of some plots of a crowd, united.
UNITED = """
        SELECT ST_Area(ST_Union(
                   CASE WHEN ST_CoveredBy(p.geom, c.geom) THEN p.geom
                        ELSE ST_CollectionExtract(ST_Intersection(p.geom, c.geom), 3) END
                   ORDER BY p.plot_id)::geography)
        INTO m2
        FROM district_cell c JOIN {source} WHERE c.id = cell AND p.plot_id = ANY(members);
"""


def _both(words: str) -> str:
    """The same for the plots as they are and as they stood."""
    now, then = (
        words.format(
            source=one.format(p="p"),
            source_p=one.format(p="p"),
            source_q=one.format(p="q"),
            green_p=GREEN.format(p="p"),
            green_q=GREEN.format(p="q"),
        )
        for one in (NOW, THEN)
    )
    return f"    IF moment IS NULL THEN\n{now}    ELSE\n{then}    END IF;"


CELLS = f"""
CREATE FUNCTION coverage_pieces(cells bigint[], moment timestamptz DEFAULT NULL)
RETURNS TABLE (
    cell_id bigint, plot_id bigint, boundary_id bigint, area_m2 double precision, whole boolean,
    counted boolean, mates bigint[], lost_m2 double precision[],
    crowd integer, crowd_m2 double precision, crowd_plots integer,
    stage text, kind text, year integer, programme text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
{_both(PIECES)}
END
$$;
COMMENT ON FUNCTION coverage_pieces IS
    'What the green plots have in cells, computed anew; at a moment from the history';
REVOKE ALL ON FUNCTION coverage_pieces FROM PUBLIC;

CREATE FUNCTION united_m2(cell bigint, members bigint[], moment timestamptz DEFAULT NULL)
RETURNS double precision
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
DECLARE
    m2 double precision;
BEGIN
{_both(UNITED)}
    RETURN m2;
END
$$;
COMMENT ON FUNCTION united_m2 IS 'Area of the union of what some plots have in a cell';
REVOKE ALL ON FUNCTION united_m2 FROM PUBLIC;
"""

# From pieces to figures. {{pieces}} has the columns of coverage_pieces, and `grouping` and `grp`.
SUMS = """
    taken AS (
        SELECT piece.boundary_id, piece.cell_id, piece.grouping, piece.grp,
               sum(pair.m2 ORDER BY piece.plot_id, pair.mate) AS m2
        FROM piece
        CROSS JOIN LATERAL unnest(piece.mates, piece.lost_m2) AS pair(mate, m2)
        JOIN piece other ON other.cell_id = piece.cell_id AND other.plot_id = pair.mate
            AND other.grouping = piece.grouping AND other.grp = piece.grp
        WHERE piece.mates IS NOT NULL
        GROUP BY piece.boundary_id, piece.cell_id, piece.grouping, piece.grp
    ),
    lone AS (
        SELECT piece.boundary_id, piece.cell_id, piece.grouping, piece.grp,
               sum(piece.area_m2 ORDER BY piece.plot_id) AS green_m2,
               sum(piece.area_m2 ORDER BY piece.plot_id) AS sum_m2,
               count(*) FILTER (WHERE piece.counted) AS plots
        FROM piece WHERE piece.crowd IS NULL
        GROUP BY piece.boundary_id, piece.cell_id, piece.grouping, piece.grp
    ), together AS (
        SELECT piece.boundary_id, piece.cell_id, piece.grouping, piece.grp, piece.crowd,
               sum(piece.area_m2 ORDER BY piece.plot_id) AS sum_m2,
               count(*) FILTER (WHERE piece.counted) AS plots,
               count(*) AS number, min(piece.crowd_plots) AS crowd_plots,
               min(piece.crowd_m2) AS crowd_m2,
               array_agg(piece.plot_id ORDER BY piece.plot_id) AS members
        FROM piece WHERE piece.crowd IS NOT NULL
        GROUP BY piece.boundary_id, piece.cell_id, piece.grouping, piece.grp, piece.crowd
    ), crowds AS (
        SELECT boundary_id, cell_id, grouping, grp,
               CASE WHEN number = 1 THEN sum_m2
                    WHEN number = crowd_plots THEN crowd_m2
                    ELSE least(sum_m2, united_m2(cell_id, members, {moment})) END AS green_m2,
               sum_m2, plots
        FROM together
    ), figure AS (
        SELECT boundary_id, cell_id, grouping, grp, sum(green_m2) AS green_m2,
               sum(sum_m2) AS sum_m2, sum(plots)::bigint AS plot_count
        FROM (SELECT * FROM lone UNION ALL SELECT * FROM crowds
              UNION ALL SELECT boundary_id, cell_id, grouping, grp, -m2, 0, 0 FROM taken) every
        GROUP BY boundary_id, cell_id, grouping, grp
    )
"""

GROUPS = """
    CROSS JOIN LATERAL (VALUES
        ('all', ''), ('green_class', k.green_class), ('stage', p.stage)
    ) g(grouping, grp)
"""

KEEP = f"""
CREATE FUNCTION refresh_coverage(boundary bigint, cells bigint[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
BEGIN
    WITH fresh AS MATERIALIZED (
        SELECT * FROM coverage_pieces(cells) WHERE boundary_id = boundary
    ), gone AS (
        DELETE FROM coverage_piece kept WHERE kept.cell_id = ANY(cells) AND NOT EXISTS (
            SELECT 1 FROM fresh
            WHERE fresh.cell_id = kept.cell_id AND fresh.plot_id = kept.plot_id)
    )
    INSERT INTO coverage_piece AS kept (cell_id, plot_id, boundary_id, area_m2, whole, counted,
                                        mates, lost_m2, crowd, crowd_m2, crowd_plots)
    SELECT cell_id, plot_id, boundary_id, area_m2, whole, counted, mates, lost_m2, crowd,
           crowd_m2, crowd_plots
    FROM fresh
    ON CONFLICT (cell_id, plot_id) DO UPDATE SET
        boundary_id = excluded.boundary_id, area_m2 = excluded.area_m2, whole = excluded.whole,
        counted = excluded.counted, mates = excluded.mates, lost_m2 = excluded.lost_m2,
        crowd = excluded.crowd, crowd_m2 = excluded.crowd_m2,
        crowd_plots = excluded.crowd_plots
    WHERE (kept.boundary_id, kept.area_m2, kept.whole, kept.counted, kept.mates, kept.lost_m2,
           kept.crowd, kept.crowd_m2, kept.crowd_plots) IS DISTINCT FROM
          (excluded.boundary_id, excluded.area_m2, excluded.whole, excluded.counted,
           excluded.mates, excluded.lost_m2, excluded.crowd, excluded.crowd_m2, excluded.crowd_plots);

    DELETE FROM coverage_cell WHERE cell_id = ANY(cells);
    WITH piece AS MATERIALIZED (
        SELECT kept.*, g.grouping, g.grp
        FROM coverage_piece kept
        JOIN plot_version p ON p.plot_id = kept.plot_id AND p.slot = 'approved'
        JOIN kind k ON k.code = p.kind
        {GROUPS}
        WHERE kept.cell_id = ANY(cells)
    ), {SUMS.format(moment="NULL")}
    INSERT INTO coverage_cell
        (cell_id, boundary_id, grouping, grp, green_m2, sum_m2, plot_count)
    SELECT cell_id, boundary_id, grouping, grp, green_m2, sum_m2, plot_count FROM figure;

    DELETE FROM coverage_district WHERE boundary_id = boundary;
    INSERT INTO coverage_district
        (boundary_id, grouping, grp, code, green_m2, sum_m2, plot_count)
    SELECT b.id, c.grouping, c.grp, b.code, sum(c.green_m2 ORDER BY c.cell_id),
           sum(c.sum_m2 ORDER BY c.cell_id), sum(c.plot_count)::bigint
    FROM district_boundary b JOIN coverage_cell c ON c.boundary_id = b.id
    WHERE b.id = boundary
    GROUP BY b.id, c.grouping, c.grp, b.code;
END
$$;
COMMENT ON FUNCTION refresh_coverage IS
    'Computes cells of a boundary anew and adds them up; the caller holds the boundary';
REVOKE ALL ON FUNCTION refresh_coverage FROM PUBLIC;

CREATE FUNCTION drain_coverage(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
DECLARE
    held  bigint;
    holds boolean;
    cells bigint[];
BEGIN
    -- The boundary is held until the commit: of one district there is one drainer at a time.
    SELECT b.id, b.valid_to IS NULL INTO held, holds
    FROM coverage_dirty d JOIN district_boundary b ON b.id = d.boundary_id
    ORDER BY d.id LIMIT 1
    FOR NO KEY UPDATE OF b SKIP LOCKED;
    IF held IS NULL THEN
        -- Marked by a writer while the boundary went.
        DELETE FROM coverage_dirty d
        WHERE NOT EXISTS (SELECT 1 FROM district_boundary b WHERE b.id = d.boundary_id);
        RETURN 0;
    END IF;
    -- Marks that this statement sees were committed with what they mark: the statements after it
    -- see that too. Whatever is committed later brings a mark that stays.
    WITH chosen AS (
        SELECT d.cell_id FROM coverage_dirty d WHERE d.boundary_id = held
        GROUP BY d.cell_id ORDER BY min(d.id) LIMIT most
    ), gone AS (
        DELETE FROM coverage_dirty d USING chosen
        WHERE d.boundary_id = held AND d.cell_id = chosen.cell_id RETURNING d.cell_id
    )
    SELECT array_agg(DISTINCT gone.cell_id) INTO cells FROM gone;
    IF cells IS NULL THEN
        RETURN 0;
    END IF;
    IF holds THEN
        PERFORM refresh_coverage(held, cells);
    END IF;
    RETURN cardinality(cells);
END
$$;
COMMENT ON FUNCTION drain_coverage IS
    'Takes up to so many marked cells of one district and computes them; 0 when nothing is free';
REVOKE ALL ON FUNCTION drain_coverage FROM PUBLIC;

CREATE FUNCTION coverage_waiting() RETURNS TABLE (cells bigint, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT count(DISTINCT cell_id), min(since) FROM coverage_dirty
$$;
COMMENT ON FUNCTION coverage_waiting IS 'How many cells are marked, and since when';
REVOKE ALL ON FUNCTION coverage_waiting FROM PUBLIC;
"""  # noqa: S608 - the parts are constants of ours

# Read with what the caller's one statement sees, so that marks and figures are of one moment.
READ = f"""
CREATE FUNCTION coverage_boundaries(codes text[])
RETURNS TABLE (boundary_id bigint, code text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    seen text[] := current_scope();
BEGIN
    IF seen = '{{*}}' AND codes IS NULL THEN
        RETURN QUERY SELECT b.id, b.code FROM district_boundary b WHERE b.valid_to IS NULL;
    ELSIF seen = '{{*}}' THEN
        RETURN QUERY SELECT b.id, b.code FROM unnest(codes) AS one(code)
            JOIN district_boundary b ON b.code = one.code AND b.valid_to IS NULL;
    ELSE
        RETURN QUERY
        WITH RECURSIVE mine AS (
            SELECT d.code FROM district d WHERE d.code = ANY(seen)
            UNION
            SELECT d.code FROM district d JOIN mine ON d.parent = mine.code
        )
        SELECT b.id, b.code FROM mine
        JOIN district_boundary b ON b.code = mine.code AND b.valid_to IS NULL
        WHERE codes IS NULL OR b.code = ANY(codes);
    END IF;
END
$$;
COMMENT ON FUNCTION coverage_boundaries IS
    'Boundaries that hold now, of districts in the scope of the transaction';
REVOKE ALL ON FUNCTION coverage_boundaries FROM PUBLIC;

CREATE FUNCTION live_coverage(codes text[], by_grouping text, few integer)
RETURNS TABLE (code text, grp text, green_m2 double precision, sum_m2 double precision,
               plot_count bigint, pending_cells bigint, pending_since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    marked  bigint[];
    stale   bigint[];
    waiting bigint := 0;
    oldest  timestamptz;
BEGIN
    IF EXISTS (SELECT 1 FROM coverage_dirty) THEN
        SELECT array_agg(DISTINCT d.cell_id), array_agg(DISTINCT d.boundary_id), min(d.since)
        INTO marked, stale, oldest
        FROM coverage_dirty d JOIN coverage_boundaries(codes) these USING (boundary_id);
        IF cardinality(marked) > few THEN
            waiting := cardinality(marked);
            marked := NULL;
        ELSE
            oldest := NULL;
        END IF;
    END IF;
    -- The first row tells what is not in the figures.
    RETURN QUERY SELECT NULL::text, NULL::text, NULL::double precision, NULL::double precision,
                        NULL::bigint, waiting, oldest;
    IF marked IS NULL THEN
        RETURN QUERY
        SELECT f.code, f.grp, f.green_m2, f.sum_m2, f.plot_count, NULL::bigint, NULL::timestamptz
        FROM coverage_district f JOIN coverage_boundaries(codes) these USING (boundary_id)
        WHERE f.grouping = by_grouping;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT f.code, f.grp, f.green_m2, f.sum_m2, f.plot_count, NULL::bigint, NULL::timestamptz
    FROM coverage_district f JOIN coverage_boundaries(codes) these USING (boundary_id)
    WHERE f.grouping = by_grouping AND NOT f.boundary_id = ANY(stale);
    RETURN QUERY
    WITH piece AS MATERIALIZED (
        SELECT p.*, g.grouping, g.grp FROM coverage_pieces(marked) p JOIN kind k ON k.code = p.kind
        {GROUPS}
        WHERE g.grouping = by_grouping
    ), {SUMS.format(moment="NULL")}, cell AS (
        SELECT boundary_id, cell_id, grp, green_m2, sum_m2, plot_count FROM figure
        UNION ALL
        SELECT kept.boundary_id, kept.cell_id, kept.grp, kept.green_m2, kept.sum_m2,
               kept.plot_count
        FROM coverage_cell kept
        WHERE kept.boundary_id = ANY(stale) AND kept.grouping = by_grouping
          AND NOT kept.cell_id = ANY(marked)
    )
    SELECT b.code, cell.grp, sum(cell.green_m2 ORDER BY cell.cell_id),
           sum(cell.sum_m2 ORDER BY cell.cell_id), sum(cell.plot_count)::bigint,
           NULL::bigint, NULL::timestamptz
    FROM cell JOIN district_boundary b ON b.id = cell.boundary_id
    GROUP BY b.code, cell.grp;
END
$$;
COMMENT ON FUNCTION live_coverage IS
    'Figures of districts in the scope at this moment; the first row has no code and tells how many marked cells are left out (more than few) and since when';
REVOKE ALL ON FUNCTION live_coverage FROM PUBLIC;
"""  # noqa: S608 - the parts are constants of ours

DOWN = """
DROP FUNCTION live_coverage(text[], text, integer);
DROP FUNCTION coverage_boundaries(text[]);
DROP FUNCTION coverage_waiting();
DROP FUNCTION drain_coverage(integer);
DROP FUNCTION refresh_coverage(bigint, bigint[]);
DROP FUNCTION united_m2(bigint, bigint[], timestamptz);
DROP FUNCTION coverage_pieces(bigint[], timestamptz);
"""


def upgrade() -> None:
    """Forward."""
    for part in (CELLS, KEEP, READ):
        op.execute(part)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
