"""Row security: the second lock under the scope that every query carries.

A transaction shows which ground it may see by a sealed text in ``luotu.scope``. The seal is made by
a key that only the owner can read and names the backend and the start of the transaction, so that
``set_config`` alone, or a seal seen before, opens nothing.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCOPE = """
CREATE SCHEMA sealed;
COMMENT ON SCHEMA sealed IS 'What the plain role never reads.';
CREATE TABLE sealed.scope_key (
    id  boolean NOT NULL DEFAULT true,
    key bytea   NOT NULL,
    CONSTRAINT scope_key_pkey PRIMARY KEY (id),
    CONSTRAINT scope_key_id_check CHECK (id)
);
COMMENT ON TABLE sealed.scope_key IS 'The key of all scopes; one row.';
COMMENT ON COLUMN sealed.scope_key.id IS 'Always true: there is one row';
COMMENT ON COLUMN sealed.scope_key.key IS '244 random bits, hashed to 32 bytes';
INSERT INTO sealed.scope_key (key)
VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

CREATE FUNCTION sealed.seal(words text) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
    -- The hash of a hash: no words can be added to what is sealed. now() is the transaction's start.
    SELECT encode(sha256(key || sha256(key || convert_to(
        concat_ws('|', pg_backend_pid(), extract(epoch FROM now()), words), 'UTF8'))), 'hex')
    FROM sealed.scope_key
$$;
COMMENT ON FUNCTION sealed.seal IS 'What only this transaction, and only who knows the key, can say';
REVOKE ALL ON FUNCTION sealed.seal FROM PUBLIC;

CREATE FUNCTION sealed.show(words text) RETURNS void
LANGUAGE sql VOLATILE STRICT SET search_path = pg_catalog, pg_temp
AS $$ SELECT set_config('luotu.scope', sealed.seal(words) || ':' || words, true) $$;
REVOKE ALL ON FUNCTION sealed.show FROM PUBLIC;

CREATE FUNCTION current_scope() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    shown text := current_setting('luotu.scope', true);
    words text := substr(shown, 66);
BEGIN
    IF shown IS NULL OR left(shown, 65) IS DISTINCT FROM sealed.seal(words) || ':' THEN
        RETURN '{}';
    END IF;
    RETURN string_to_array(words, ',');
END
$$;
COMMENT ON FUNCTION current_scope IS
    'Counties that this transaction may see; {*} is the whole tree, {} nothing';

CREATE FUNCTION enter_scope(secret text, kinds text[])
RETURNS TABLE (id bigint, name text, role text, scope text[], counties text[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    found record;
BEGIN
    WITH RECURSIVE who AS (
        SELECT a.id, a.name, a.role
        FROM credential c JOIN account a ON a.id = c.account_id
        WHERE c.hash = sha256(convert_to(secret, 'UTF8')) AND c.kind = ANY(kinds)
          AND c.ended_at IS NULL AND c.expires_at > now() AND a.disabled_at IS NULL
    ), given AS (
        SELECT s.district FROM account_scope s JOIN who ON who.id = s.account_id
    ), tree AS (
        SELECT d.code, d.level FROM district d JOIN given ON given.district = d.code
        UNION
        SELECT d.code, d.level FROM district d JOIN tree ON d.parent = tree.code
    )
    SELECT who.id, who.name, who.role,
           ARRAY(SELECT district FROM given ORDER BY district) AS scope,
           ARRAY(SELECT code FROM tree WHERE level = 'county' ORDER BY code) AS counties
    INTO found FROM who;
    IF found.id IS NULL THEN
        RETURN;
    END IF;
    PERFORM sealed.show(
        CASE WHEN found.scope = '{}' THEN '*' ELSE array_to_string(found.counties, ',') END);
    RETURN QUERY SELECT found.id, found.name, found.role, found.scope, found.counties;
END
$$;
COMMENT ON FUNCTION enter_scope IS
    'Whose secret it is; from here on the transaction sees the ground of that account';

CREATE FUNCTION enter_whole(key bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM sealed.scope_key k WHERE k.key = enter_whole.key) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this is not the key of the scopes';
    END IF;
    PERFORM sealed.show('*');
END
$$;
COMMENT ON FUNCTION enter_whole IS
    'From here on the transaction sees everything: for processes that the owner lets read the key';
"""

# Asked once a statement, not once a row: each (SELECT …) is an InitPlan. Ground without a seal is
# nobody's.
_HERE = (
    "((SELECT current_scope()) = '{{*}}' OR {district} = ANY ((SELECT current_scope())::text[]))"
)
_OF_PLOT = """
    (SELECT current_scope()) = '{{*}}'
    OR EXISTS (SELECT 1 FROM plot_version v WHERE v.plot_id = {plot})
    OR EXISTS (SELECT 1 FROM plot_history h WHERE h.plot_id = {plot})
"""
_BY_DISTRICT = ("plot_version", "plot_history", "plot_number", "plot_counter")


def _policies() -> str:
    statements = []
    for table in _BY_DISTRICT:
        statements.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;")
        seen = _HERE.format(district=f"{table}.district")
        statements.append(f"CREATE POLICY ground ON {table} USING ({seen}) WITH CHECK ({seen});")
    return "\n".join(statements)


# A deleted plot has no version any more, but a history, and can come back.
# An INSERT into plot comes before its version, so there any seal is enough.
_PLOT = f"""
ALTER TABLE plot ENABLE ROW LEVEL SECURITY;
CREATE POLICY ground ON plot USING ({_OF_PLOT.format(plot="plot.id")})
    WITH CHECK ((SELECT current_scope()) <> '{{}}');
ALTER TABLE acceptance ENABLE ROW LEVEL SECURITY;
CREATE POLICY ground ON acceptance USING ({_OF_PLOT.format(plot="acceptance.plot_id")});
"""

# Doors: what must look at ground beyond the scope runs as the owner and hands out ground, not plots.
DOORS = """
CREATE FUNCTION ground_of(
    at_level text, of_codes text[], of_year integer, of_stages text[]
) RETURNS TABLE (
    code text, cell bigint, plot_id bigint, kind text, geom geometry, area_m2 double precision
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    seen text[] := current_scope();
    codes text[];
BEGIN
    WITH RECURSIVE mine AS (
        SELECT d.code FROM district d WHERE seen = '{*}' OR d.code = ANY(seen)
        UNION
        SELECT d.code FROM district d JOIN mine ON d.parent = mine.code
    )
    SELECT array_agg(d.code) INTO codes
    FROM district d JOIN mine ON mine.code = d.code
    WHERE d.level = at_level AND (of_codes IS NULL OR d.code = ANY(of_codes));
    RETURN QUERY
    -- The join is on ST_Intersects, which the GiST indexes serve; only what crosses a cell's edge
    -- is cut: most plots keep the shape and the area that they were stored with.
    WITH part AS MATERIALIZED (
        SELECT cell.code, cell.id AS cell, plot.plot_id, plot.kind, plot.area_m2,
               CASE WHEN NOT ST_CoveredBy(plot.geom, cell.geom)
                    THEN ST_CollectionExtract(ST_Intersection(plot.geom, cell.geom), 3) END AS cut,
               plot.geom AS whole
        FROM district_cell cell
        JOIN district_boundary boundary
          ON boundary.id = cell.boundary_id AND boundary.valid_to IS NULL
        JOIN plot_version plot ON plot.slot = 'approved' AND ST_Intersects(plot.geom, cell.geom)
        WHERE cell.code = ANY(codes) AND plot.stage = ANY(of_stages)
          AND (of_year IS NULL OR plot.year = of_year)
    )
    SELECT part.code, part.cell, part.plot_id, part.kind, coalesce(part.cut, part.whole),
           CASE WHEN part.cut IS NULL THEN part.area_m2 ELSE ST_Area(part.cut::geography) END
    FROM part
    WHERE part.cut IS NULL OR NOT ST_IsEmpty(part.cut);
END
$$;
COMMENT ON FUNCTION ground_of IS
    'Approved ground of districts in the scope, cut at their cells; the plots may be a neighbour''s';

CREATE FUNCTION foreign_overlaps(shape geometry, leave_out bigint[] DEFAULT '{}')
RETURNS TABLE (district text, area_m2 double precision, at geometry)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    seen text[] := current_scope();
BEGIN
    -- Only beside one's own ground: this is no way to feel for plots elsewhere.
    IF seen = '{*}' OR NOT EXISTS (
        SELECT 1 FROM district_cell c
        WHERE c.code = ANY(seen) AND ST_Intersects(c.geom, shape)
    ) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT met.district, ST_Area(met.cut::geography), ST_PointOnSurface(met.cut)
    FROM (
        SELECT v.district, ST_CollectionExtract(ST_Intersection(v.geom, shape), 3) AS cut
        FROM plot_version v
        WHERE NOT v.district = ANY(seen) AND NOT v.plot_id = ANY(leave_out)
          AND (v.slot = 'working' AND v.geom && shape
               OR v.slot = 'approved' AND v.geom && shape AND NOT EXISTS (
                   SELECT 1 FROM plot_version w WHERE w.plot_id = v.plot_id AND w.slot = 'working'))
          AND ST_Intersects(v.geom, shape)
    ) met
    WHERE NOT ST_IsEmpty(met.cut)
    ORDER BY ST_Area(met.cut) DESC;
END
$$;
COMMENT ON FUNCTION foreign_overlaps IS
    'County, m² and place where plots beyond the scope overlap a shape that meets the scope';

CREATE FUNCTION snapping_shapes(box geometry) RETURNS TABLE (geom geometry)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    seen text[] := current_scope();
BEGIN
    RETURN QUERY
    SELECT v.geom FROM plot_version v
    WHERE v.slot = 'approved' AND v.geom && box AND NOT v.district = ANY(seen) AND seen <> '{*}'
      -- 0.02° are more than 200 m of longitude up to 84° north.
      AND EXISTS (
          SELECT 1 FROM district_cell c
          WHERE c.code = ANY(seen) AND c.geom && ST_Expand(v.geom, 0.02)
            AND ST_DWithin(c.geom::geography, v.geom::geography, 200));
END
$$;
COMMENT ON FUNCTION snapping_shapes IS
    'Approved shapes beyond the scope within 200 m of it, without attributes: to snap to';

CREATE FUNCTION analyze_table(name text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF name IN ('district', 'district_boundary', 'district_cell', 'plot', 'plot_version') THEN
        EXECUTE format('ANALYZE public.%I', name);
    END IF;
END
$$;
COMMENT ON FUNCTION analyze_table IS
    'Statistics after a bulk load: PostgreSQL passes over an ANALYZE by who does not own the table';
"""

# Under a policy an index serves only operators that cannot tell of rows that they pass over. &&
# compares two boxes of floats and cannot fail; PostGIS does not say so. Where the owner may not
# either, everything works, but looking for places takes longer (`luotu db migrate` tells).
LEAKPROOF = """
DO $$ BEGIN
    ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$;
"""

# A scope that vanished with its district left an account without one: it saw the whole tree.
SCOPE_STAYS = """
ALTER TABLE account_scope DROP CONSTRAINT account_scope_district_fkey;
ALTER TABLE account_scope ADD CONSTRAINT account_scope_district_fkey
    FOREIGN KEY (district) REFERENCES district (code);
"""

DOWN = """
ALTER TABLE account_scope DROP CONSTRAINT account_scope_district_fkey;
ALTER TABLE account_scope ADD CONSTRAINT account_scope_district_fkey
    FOREIGN KEY (district) REFERENCES district (code) ON DELETE CASCADE;
DROP FUNCTION analyze_table(text);
DROP FUNCTION snapping_shapes(geometry);
DROP FUNCTION foreign_overlaps(geometry, bigint[]);
DROP FUNCTION ground_of(text, text[], integer, text[]);
DROP FUNCTION enter_whole(bytea);
DROP FUNCTION enter_scope(text, text[]);
DROP FUNCTION current_scope();
DROP SCHEMA sealed CASCADE;
"""


def upgrade() -> None:
    """Forward."""
    for statement in (SCOPE, _policies(), _PLOT, DOORS, LEAKPROOF, SCOPE_STAYS):
        op.execute(statement)


def downgrade() -> None:
    """Back."""
    for table in ("plot", "acceptance", *_BY_DISTRICT):
        op.execute(f"DROP POLICY ground ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(DOWN)
