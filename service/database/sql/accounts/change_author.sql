-- Who makes the change at hand, and why: what every log of changes writes down.
--
-- Returns one row. account_id is the account of the setting luotu.account, else the given one
-- (changed_by of the row that changes), empty where there is no such account. actor is its name,
-- or "sql:" and the user of the database. reason is the setting luotu.reason, empty without it.
-- For triggers of the owner; no other role may call it.
CREATE OR REPLACE FUNCTION change_author(
    written_by bigint, OUT account_id bigint, OUT actor text, OUT reason text
)
LANGUAGE sql STABLE
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
    SELECT a.id, coalesce(a.name, 'sql:' || session_user),
           nullif(current_setting('luotu.reason', true), '')
    FROM (
        SELECT CASE WHEN current_setting('luotu.account', true) ~ '^[0-9]{1,18}$'
                    THEN current_setting('luotu.account', true)::bigint
                    ELSE written_by END AS id
    ) caller
    LEFT JOIN account a ON a.id = caller.id
$$;
COMMENT ON FUNCTION change_author(bigint) IS
    'Account, name and reason of the change at hand, from luotu.account and luotu.reason';
REVOKE ALL ON FUNCTION change_author(bigint) FROM PUBLIC;
