-- Versions of layers on which no ground counts as green on a day.
--
-- day:    a day in Beijing; NULL means today.
-- moment: by the roles that layers had at this moment; NULL means by those of now.
-- Returns the numbers of the versions of layers of role block that hold on that day; NULL when
-- there is none, so that whoever asks can leave everything about layers aside.
-- Every role may call it: layers are read by every account.
CREATE OR REPLACE FUNCTION blocking_versions(
    day date,
    moment timestamp with time zone DEFAULT NULL
)
RETURNS bigint[]
LANGUAGE sql STABLE
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
SELECT array_agg(v.id ORDER BY v.id)
FROM layer_version v JOIN layer l ON l.code = v.layer
    AND CASE WHEN moment IS NULL THEN l.role ELSE layer_at(l.code, moment) ->> 'role' END = 'block'
WHERE v.valid_from <= coalesce(day, beijing_today())
  AND (v.valid_to IS NULL OR v.valid_to > coalesce(day, beijing_today()))
$$;
COMMENT ON FUNCTION blocking_versions(date, timestamp with time zone) IS
    'Versions of layers on which no ground counts as green on a day; null when there is none';
