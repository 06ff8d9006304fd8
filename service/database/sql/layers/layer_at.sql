-- A layer as it stood at a moment: its role and its rule, out of the log of layers.
--
-- code:   of the layer.
-- moment: not NULL. Before the layer was written it is as it was written first; what a deleted
--         layer of the same code was does not matter.
-- Returns the row of layer as JSON; NULL where there is no such layer.
-- Every role may call it: layers are read by every account.
CREATE OR REPLACE FUNCTION layer_at(code text, moment timestamp with time zone)
RETURNS jsonb
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT coalesce(
    (SELECT coalesce(c.before, c.after) FROM layer_change c
     WHERE c.what = 'layer' AND c.layer = layer_at.code AND c.at > moment
       AND c.id > coalesce((
           SELECT max(d.id) FROM layer_change d
           WHERE d.what = 'layer' AND d.layer = layer_at.code AND d.operation = 'DELETE'), 0)
     ORDER BY c.at, c.id LIMIT 1),
    (SELECT to_jsonb(l) FROM layer l WHERE l.code = layer_at.code))
$$;
COMMENT ON FUNCTION layer_at(text, timestamp with time zone) IS
    'A layer as it stood at a moment, as JSON';
