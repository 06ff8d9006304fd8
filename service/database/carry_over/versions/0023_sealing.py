"""Seals are made by functions whose plans are kept: they are asked for several times a request."""

from importlib import import_module

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# A function in SQL that sets something is planned anew with every statement that calls it.
FAST = """
CREATE OR REPLACE FUNCTION sealed.seal(words text) RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    secret bytea := (SELECT key FROM sealed.scope_key);
BEGIN
    -- The hash of a hash: no words can be added to what is sealed. now() is the transaction's start.
    RETURN encode(sha256(secret || sha256(secret || convert_to(
        concat_ws('|', pg_backend_pid(), extract(epoch FROM now()), words), 'UTF8'))), 'hex');
END
$$;
CREATE OR REPLACE FUNCTION sealed.show(words text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM set_config('luotu.scope', sealed.seal(words) || ':' || words, true);
END
$$;
"""
# The same as migration 0005 has them.
_SCOPE: str = import_module("service.database.carry_over.versions.0005_row_security").SCOPE
SLOW = "".join(
    "CREATE OR REPLACE FUNCTION sealed." + one.partition("$$;")[0] + "$$;\n"
    for one in _SCOPE.split("CREATE FUNCTION sealed.")[1:]
)


def upgrade() -> None:
    """Forward."""
    op.execute(FAST)


def downgrade() -> None:
    """Back."""
    op.execute(SLOW)
