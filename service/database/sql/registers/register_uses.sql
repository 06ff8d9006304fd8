-- How many records of a register are in each state and have each field, in all districts.
--
-- register: its code. Returns a row for each state that a record is in (what "state"), for each
-- field that a record has a value of ("field") and for each kind of shape ("geometry": none, point,
-- line, polygon). Bare numbers, so it counts beyond the scope: a state that a record somewhere is
-- in must not be taken out. Every role may call it.
CREATE OR REPLACE FUNCTION register_uses(register text)
RETURNS TABLE(what text, word text, records bigint)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT 'state', r.state, count(*) FROM record r
WHERE r.register = register_uses.register GROUP BY r.state
UNION ALL
SELECT 'field', held.name, count(*) FROM record r, jsonb_object_keys(r.field_values) AS held(name)
WHERE r.register = register_uses.register GROUP BY held.name
UNION ALL
SELECT 'geometry',
       coalesce((ARRAY['point', 'line', 'polygon'])[ST_Dimension(r.geom) + 1], 'none'), count(*)
FROM record r WHERE r.register = register_uses.register GROUP BY 2
$$;
COMMENT ON FUNCTION register_uses(text) IS
    'How many records are in each state, have each field and shape, beyond every scope';
REVOKE ALL ON FUNCTION register_uses(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION register_uses(text) TO :service_role;
