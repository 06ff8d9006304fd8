-- Cuts new features of a layer into polygons of at most 64 vertices, which overlays ask.
--
-- Trigger of layer_feature, once a statement. `fresh` are the new rows. A feature is never changed:
-- a version is replaced whole.
CREATE OR REPLACE FUNCTION cut_layer_features()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
BEGIN
    INSERT INTO layer_cell (feature_id, version_id, geom)
    SELECT feature.id, feature.version_id, part.geom
    FROM fresh feature
    CROSS JOIN LATERAL ST_Subdivide(feature.geom, 64) AS piece
    CROSS JOIN LATERAL ST_Dump(ST_CollectionExtract(piece, 3)) part;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION cut_layer_features() IS
    'Keeps layer_cell: features cut into polygons of at most 64 vertices';
REVOKE ALL ON FUNCTION cut_layer_features() FROM PUBLIC;

CREATE OR REPLACE TRIGGER layer_feature_cut
    AFTER INSERT ON layer_feature
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT
    EXECUTE FUNCTION cut_layer_features();
