-- The ground of a shape that does not count as green, by the rules of the layers.
--
-- shape:    a polygon or multipolygon in EPSG:4490.
-- stage, kind: of its plot; a kind of NULL is any kind.
-- versions: as blocking_versions() gives them; NULL refuses nothing.
-- moment:   by the rules that layers had at this moment; NULL means by those of now.
-- Returns the part of the shape that lies on these versions, as far as their rules hold for the
-- stage and the kind, and for the class of the feature; without stages a rule holds for planned,
-- planted and accepted plots. NULL when there is none.
-- Every role may call it: layers are read by every account.
CREATE OR REPLACE FUNCTION refused_ground(
    shape geometry,
    stage text,
    kind text,
    versions bigint[],
    moment timestamp with time zone DEFAULT NULL
)
RETURNS geometry
LANGUAGE plpgsql STABLE
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
DECLARE
    ground geometry;
BEGIN
    IF versions IS NULL THEN
        RETURN NULL;
    END IF;
    -- Cut first, united then: fields that meet make a union with holes narrower than a double can
    -- tell, with which GEOS finds nothing in common (beyond_cells).
    SELECT ST_Union(ST_CollectionExtract(ST_Intersection(shape, c.geom), 3) ORDER BY c.id)
    INTO ground
    FROM (
        SELECT cell.id, cell.feature_id, cell.version_id, cell.geom FROM layer_cell cell
        WHERE cell.geom && shape AND cell.version_id = ANY (versions)
          AND ST_Intersects(cell.geom, shape) OFFSET 0
    ) c
    JOIN layer_version v ON v.id = c.version_id
    JOIN layer l ON l.code = v.layer
    JOIN layer_feature f ON f.id = c.feature_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN moment IS NULL THEN l.rule
                    ELSE layer_at(l.code, moment) -> 'rule' END AS rule OFFSET 0
    ) its
    WHERE coalesce(its.rule -> 'stages', '["planned", "planted", "accepted"]') ? stage
      AND (kind IS NULL OR NOT its.rule ? 'kinds' OR its.rule -> 'kinds' ? kind)
      AND (NOT its.rule ? 'classes' OR its.rule -> 'classes' ? f.class);
    -- Cuts move the area by rounding: what lacks no more of the whole is the whole.
    RETURN CASE WHEN ST_IsEmpty(ground) THEN NULL
                WHEN ST_Area(ground) >= ST_Area(shape) * (1 - 1e-12) THEN shape
                ELSE ground END;
END
$$;
COMMENT ON FUNCTION refused_ground(geometry, text, text, bigint[], timestamp with time zone) IS
    'The part of a shape that lies on versions of layers whose rules refuse a plot of the stage '
    'and kind; null when there is none';
