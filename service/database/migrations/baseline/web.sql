CREATE TABLE idempotency_key (
    account_id bigint NOT NULL,
    key text NOT NULL,
    request bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    scope text[] DEFAULT current_scope() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_key_pkey PRIMARY KEY (account_id, key),
    CONSTRAINT idempotency_key_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE
        CASCADE,
    CONSTRAINT idempotency_key_headers_check CHECK (jsonb_typeof(headers) = 'object'),
    CONSTRAINT idempotency_key_key_check CHECK ((length(key) >= 1) AND (length(key) <= 255)),
    CONSTRAINT idempotency_key_request_check CHECK (octet_length(request) = 32),
    CONSTRAINT idempotency_key_status_check CHECK ((status >= 200) AND (status <= 599))
);
COMMENT ON TABLE idempotency_key IS
    '幂等键：24 小时内重发的请求得到同一答复。Written in the transaction of the request itself; deleted after a day.';
COMMENT ON COLUMN idempotency_key.account_id IS 'Whose key it is: others may use the same';
COMMENT ON COLUMN idempotency_key.key IS 'Header Idempotency-Key of the request';
COMMENT ON COLUMN idempotency_key.request IS
    'SHA-256 of method, address, If-Match and body: another request needs another key';
COMMENT ON COLUMN idempotency_key.status IS 'Status of the answer';
COMMENT ON COLUMN idempotency_key.headers IS
    'Headers of the answer that its route gave: Location, ETag, Content-Type …';
COMMENT ON COLUMN idempotency_key.body IS 'Body of the answer';
COMMENT ON COLUMN idempotency_key.scope IS
    'Ground that was seen then; who sees other ground by now is not shown the answer';
COMMENT ON COLUMN idempotency_key.created_at IS 'When';
CREATE INDEX idempotency_key_created_at_idx ON idempotency_key (created_at);
ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
