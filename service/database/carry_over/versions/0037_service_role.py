"""Where the plain role of the service is kept: a database has a role of its own on its server.

Roles belong to a whole server. The row says for which database and for which role it holds, since
a copy of the database brings it along.
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE sealed.service_role (
    id           boolean NOT NULL DEFAULT true,
    name         text    NOT NULL,
    password     text    NOT NULL,
    role_oid     oid     NOT NULL,
    database_oid oid     NOT NULL,
    CONSTRAINT service_role_pkey PRIMARY KEY (id),
    CONSTRAINT service_role_id_check CHECK (id)
);
COMMENT ON TABLE sealed.service_role IS
    'The role that the service works as, where Luotu made it; one row, or none';
COMMENT ON COLUMN sealed.service_role.id IS 'Always true: there is one row';
COMMENT ON COLUMN sealed.service_role.name IS 'Name of the role, luotu_service_ and a number';
COMMENT ON COLUMN sealed.service_role.password IS 'Its password, for commands of the owner';
COMMENT ON COLUMN sealed.service_role.role_oid IS
    'The role that has this password: on another server a role of this name is another one';
COMMENT ON COLUMN sealed.service_role.database_oid IS
    'The database that it is for: a copy of the database gets a role of its own';
"""


def upgrade() -> None:
    """Forward."""
    op.execute(TABLE)


def downgrade() -> None:
    """Back."""
    op.execute("DROP TABLE sealed.service_role")
