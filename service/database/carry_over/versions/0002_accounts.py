"""Accounts, their scopes, what they sign in with, and the audit log."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE account (
    id            bigint GENERATED ALWAYS AS IDENTITY,
    name          text NOT NULL,
    role          text NOT NULL,
    password_hash text,
    demo          boolean NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz,
    CONSTRAINT account_pkey PRIMARY KEY (id),
    CONSTRAINT account_name_key UNIQUE (name),
    CONSTRAINT account_name_check CHECK (name ~ '^[^[:space:][:cntrl:]:]{1,64}$'),
    CONSTRAINT account_role_check
        CHECK (role IN ('viewer', 'planner', 'inspector', 'gis', 'admin'))
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
    district   text   NOT NULL,
    CONSTRAINT account_scope_pkey PRIMARY KEY (account_id, district),
    CONSTRAINT account_scope_account_id_fkey FOREIGN KEY (account_id)
        REFERENCES account (id) ON DELETE CASCADE,
    CONSTRAINT account_scope_district_fkey FOREIGN KEY (district)
        REFERENCES district (code) ON DELETE CASCADE
);
COMMENT ON TABLE account_scope IS '管辖范围：账号可见的行政区。No row means the whole tree.';
COMMENT ON COLUMN account_scope.account_id IS 'Account';
COMMENT ON COLUMN account_scope.district IS 'District whose ground, all below it included, is theirs';

CREATE TABLE credential (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL,
    kind       text   NOT NULL,
    hash       bytea  NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    CONSTRAINT credential_pkey PRIMARY KEY (id),
    CONSTRAINT credential_hash_key UNIQUE (hash),
    CONSTRAINT credential_account_id_fkey FOREIGN KEY (account_id)
        REFERENCES account (id) ON DELETE CASCADE,
    CONSTRAINT credential_kind_check CHECK (kind IN ('token', 'session', 'link')),
    CONSTRAINT credential_hash_check CHECK (octet_length(hash) = 32)
);
CREATE INDEX credential_account_id_idx ON credential (account_id);
COMMENT ON TABLE credential IS 'Secrets that stand for an account; only their SHA-256 is kept.';
COMMENT ON COLUMN credential.id IS 'Number of the secret';
COMMENT ON COLUMN credential.account_id IS 'Account';
COMMENT ON COLUMN credential.kind IS 'token (API), session (cookie), link (one use)';
COMMENT ON COLUMN credential.hash IS 'SHA-256 of a secret of 256 random bits';
COMMENT ON COLUMN credential.created_at IS 'When it was given';
COMMENT ON COLUMN credential.expires_at IS 'Until when it can be used';
COMMENT ON COLUMN credential.ended_at IS 'When it was used up or revoked';

CREATE TABLE audit (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id bigint,
    action     text  NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT audit_pkey PRIMARY KEY (id),
    CONSTRAINT audit_account_id_fkey FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT audit_detail_check CHECK (jsonb_typeof(detail) = 'object')
);
COMMENT ON TABLE audit IS '审计日志。Only ever added to: the plain role may neither change nor delete it.';
COMMENT ON COLUMN audit.id IS 'Number of the entry';
COMMENT ON COLUMN audit.at IS 'When';
COMMENT ON COLUMN audit.account_id IS 'Who; empty before anybody signed in';
COMMENT ON COLUMN audit.action IS 'What was done, in one stable word';
COMMENT ON COLUMN audit.detail IS 'To what, and why';
"""

DOWN = """
DROP TABLE audit;
DROP TABLE credential;
DROP TABLE account_scope;
DROP TABLE account;
"""


def upgrade() -> None:
    """Forward."""
    op.execute(UP)


def downgrade() -> None:
    """Back."""
    op.execute(DOWN)
