CREATE OR REPLACE FUNCTION enter_whole(key bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'pg_catalog', 'pg_temp'
AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM sealed.scope_key k WHERE k.key = enter_whole.key) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this is not the key of the scopes';
    END IF;
    PERFORM sealed.show('*');
END
$$;
COMMENT ON FUNCTION enter_whole(bytea) IS
    'From here on the transaction sees everything: for processes that the owner lets read the key';
