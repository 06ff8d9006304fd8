CREATE SCHEMA sealed;
COMMENT ON SCHEMA sealed IS 'What the plain role never reads.';

CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    password_hash text,
    demo boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT account_pkey PRIMARY KEY (id),
    CONSTRAINT account_name_key UNIQUE (name),
    CONSTRAINT account_name_check CHECK (name ~ '^[^[:space:][:cntrl:]:]{1,64}$'),
    CONSTRAINT account_role_check CHECK (role IN ('viewer', 'planner', 'inspector', 'gis', 'admin'))
);
COMMENT ON TABLE account IS '账号。Who may sign in.';
COMMENT ON COLUMN account.id IS 'Number of the account';
COMMENT ON COLUMN account.name IS 'User name; no space and no colon (HTTP Basic)';
COMMENT ON COLUMN account.role IS '角色：viewer, planner, inspector, gis, admin';
COMMENT ON COLUMN account.password_hash IS 'argon2; empty until one is set';
COMMENT ON COLUMN account.demo IS 'Came with the demo';
COMMENT ON COLUMN account.created_at IS 'When it was made';
COMMENT ON COLUMN account.disabled_at IS 'Since when nobody can sign in with it';

CREATE TABLE account_scope (
    account_id bigint NOT NULL,
    district text NOT NULL,
    CONSTRAINT account_scope_pkey PRIMARY KEY (account_id, district),
    CONSTRAINT account_scope_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE
        CASCADE,
    CONSTRAINT account_scope_district_fkey FOREIGN KEY (district) REFERENCES district(code)
);
COMMENT ON TABLE account_scope IS '管辖范围：账号可见的行政区。No row means the whole tree.';
COMMENT ON COLUMN account_scope.account_id IS 'Account';
COMMENT ON COLUMN account_scope.district IS
    'District whose ground, all below it included, is theirs';

CREATE TABLE credential (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    account_id bigint NOT NULL,
    kind text NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    begun text,
    CONSTRAINT credential_pkey PRIMARY KEY (id),
    CONSTRAINT credential_hash_key UNIQUE (hash),
    CONSTRAINT credential_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE
        CASCADE,
    CONSTRAINT credential_begun_check CHECK (begun ~ '^[a-z_]{1,32}$'),
    CONSTRAINT credential_hash_check CHECK (octet_length(hash) = 32),
    CONSTRAINT credential_kind_check CHECK (kind IN ('token', 'session', 'link'))
);
COMMENT ON TABLE credential IS 'Secrets that stand for an account; only their SHA-256 is kept.';
COMMENT ON COLUMN credential.id IS 'Number of the secret';
COMMENT ON COLUMN credential.account_id IS 'Account';
COMMENT ON COLUMN credential.kind IS 'token (API), session (cookie), link (one use)';
COMMENT ON COLUMN credential.hash IS 'SHA-256 of a secret of 256 random bits';
COMMENT ON COLUMN credential.created_at IS 'When it was given';
COMMENT ON COLUMN credential.expires_at IS 'Until when it can be used';
COMMENT ON COLUMN credential.ended_at IS 'When it was used up or revoked';
COMMENT ON COLUMN credential.begun IS
    'How a session was begun: link, password, oidc; empty for tokens and links';
CREATE INDEX credential_account_id_idx ON credential (account_id);

CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    account_id bigint,
    action text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT audit_pkey PRIMARY KEY (id),
    CONSTRAINT audit_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
    CONSTRAINT audit_detail_check CHECK (jsonb_typeof(detail) = 'object')
);
COMMENT ON TABLE audit IS
    '审计日志。Only ever added to: the plain role may neither change nor delete it.';
COMMENT ON COLUMN audit.id IS 'Number of the entry';
COMMENT ON COLUMN audit.at IS 'When';
COMMENT ON COLUMN audit.account_id IS 'Who; empty before anybody signed in';
COMMENT ON COLUMN audit.action IS 'What was done, in one stable word';
COMMENT ON COLUMN audit.detail IS 'To what, and why';
CREATE INDEX audit_at_idx ON audit (at);

CREATE TABLE sealed.scope_key (
    id boolean DEFAULT true NOT NULL,
    key bytea NOT NULL,
    CONSTRAINT scope_key_pkey PRIMARY KEY (id),
    CONSTRAINT scope_key_id_check CHECK (id)
);
COMMENT ON TABLE sealed.scope_key IS 'The key of all scopes; one row.';
COMMENT ON COLUMN sealed.scope_key.id IS 'Always true: there is one row';
COMMENT ON COLUMN sealed.scope_key.key IS '244 random bits, hashed to 32 bytes';

CREATE TABLE sign_in_failure (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    name bytea NOT NULL,
    address text NOT NULL,
    CONSTRAINT sign_in_failure_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE sign_in_failure IS '登录失败。Kept for as long as they slow further tries down.';
COMMENT ON COLUMN sign_in_failure.id IS 'Number of the try';
COMMENT ON COLUMN sign_in_failure.at IS 'When';
COMMENT ON COLUMN sign_in_failure.name IS
    'SHA-256 of the name as typed: it may be a password in the wrong field';
COMMENT ON COLUMN sign_in_failure.address IS 'Network address that it came from';
INSERT INTO sealed.scope_key (key)
VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
CREATE INDEX sign_in_failure_address_idx ON sign_in_failure (address, at);
CREATE INDEX sign_in_failure_at_idx ON sign_in_failure (at);
CREATE INDEX sign_in_failure_name_idx ON sign_in_failure (name, at);

CREATE TABLE sealed.service_role (
    id boolean DEFAULT true NOT NULL,
    name text NOT NULL,
    password text NOT NULL,
    role_oid oid NOT NULL,
    database_oid oid NOT NULL,
    CONSTRAINT service_role_pkey PRIMARY KEY (id),
    CONSTRAINT service_role_id_check CHECK (id)
);
COMMENT ON TABLE sealed.service_role IS
    'The role that the service works as, where Luotu made it; one row, or none';
COMMENT ON COLUMN sealed.service_role.id IS 'Always true: there is one row';
COMMENT ON COLUMN sealed.service_role.name IS
    'Name of the role, luotu_service_ and a number';
COMMENT ON COLUMN sealed.service_role.password IS 'Its password, for commands of the owner';
COMMENT ON COLUMN sealed.service_role.role_oid IS
    'The role that has this password: on another server a role of this name is another one';
COMMENT ON COLUMN sealed.service_role.database_oid IS
    'The database that it is for: a copy of the database gets a role of its own';
