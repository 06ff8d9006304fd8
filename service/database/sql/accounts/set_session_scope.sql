-- Signs an account in for this transaction and sets the scope that row security reads.
--
-- secret: the secret as the client sent it; its SHA-256 is looked up in credential.
-- kinds:  kinds of credential that may be used here: token, session, link.
-- Returns one row: id, name and role of the account, its districts and, as unit:CODE, its units
-- (scope; empty means the whole tree), and the counties below the districts. An account with units
-- and no districts sees the rows of its units only. Returns no row, and sets nothing, when the
-- secret is unknown, of another kind, expired or revoked, or when the account is disabled.
-- Every role may call it: whoever has a secret may sign in.
CREATE OR REPLACE FUNCTION set_session_scope(secret text, kinds text[])
RETURNS TABLE(id bigint, name text, role text, scope text[], counties text[])
LANGUAGE plpgsql SECURITY DEFINER ROWS 1
SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $$
#variable_conflict use_column
DECLARE
    session record;
BEGIN
    WITH RECURSIVE signed_in AS (
        SELECT a.id, a.name, a.role
        FROM credential c JOIN account a ON a.id = c.account_id
        WHERE c.hash = sha256(convert_to(secret, 'UTF8')) AND c.kind = ANY(kinds)
          AND c.ended_at IS NULL AND c.expires_at > now() AND a.disabled_at IS NULL
    ), given AS (
        SELECT s.district FROM account_scope s JOIN signed_in ON signed_in.id = s.account_id
    ), units AS (
        SELECT 'unit:' || u.unit AS word
        FROM account_unit u JOIN signed_in ON signed_in.id = u.account_id
    ), tree AS (
        SELECT d.code, d.level FROM district d JOIN given ON given.district = d.code
        UNION
        -- Not below the counties: thousands of towns lie there, and no scope ends at one.
        SELECT d.code, d.level FROM district d JOIN tree ON d.parent = tree.code
        WHERE tree.level IN ('province', 'city')
    )
    SELECT signed_in.id, signed_in.name, signed_in.role,
           ARRAY(SELECT district FROM given ORDER BY district)
               || ARRAY(SELECT word FROM units ORDER BY word) AS scope,
           ARRAY(SELECT word FROM units ORDER BY word) AS units,
           ARRAY(SELECT code FROM tree WHERE level = 'county' ORDER BY code) AS counties
    INTO session FROM signed_in;
    IF session.id IS NULL THEN
        RETURN;
    END IF;
    PERFORM sealed.set_scope(
        CASE WHEN session.scope = '{}' THEN '*'
             ELSE array_to_string(session.counties || session.units, ',') END);
    RETURN QUERY
    SELECT session.id, session.name, session.role, session.scope, session.counties;
END
$$;
COMMENT ON FUNCTION set_session_scope(text, text[]) IS
    'The account of a secret; from here on the transaction sees the ground of that account';
