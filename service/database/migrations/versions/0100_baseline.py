"""All tables as they were when the migrations before were put together.

A database that those made is carried over (`service/database/carry_over`), not made anew. What has
no rows of its own, functions, triggers and policies, is in the SQL library, not here.
"""

from importlib.resources import files

from alembic import op

from service.database.sql_library import functions_alone

revision = "0100"
down_revision = None
branch_labels = None
depends_on = None

# In the order that foreign keys allow.
SUBJECTS = ("codes", "districts", "accounts", "plots", "coverage", "patrol", "tiles", "web")
# Defaults of columns call them.
CALLED_BY_DEFAULTS = (
    "database/beijing_day",
    "database/beijing_today",
    "accounts/current_scope",
)
# Under a policy an index serves only operators that cannot tell of rows that they pass over. &&
# compares two boxes of floats and cannot fail; PostGIS does not say so. Where the owner may not
# either, everything works, but looking for places takes longer (`luotu db migrate` tells).
LEAKPROOF = """
DO $$ BEGIN
    ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$;
"""


def upgrade() -> None:
    """Make every table."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    folder = files("service.database").joinpath("migrations", "baseline")
    for statements in functions_alone(CALLED_BY_DEFAULTS):
        driver.execute(statements.encode())
    for subject in SUBJECTS:
        driver.execute(folder.joinpath(f"{subject}.sql").read_bytes())
    driver.execute(LEAKPROOF.encode())


def downgrade() -> None:
    """Refuse: below this there is no database of ours, only an empty one."""
    raise NotImplementedError("the first migration is not taken back: drop the database instead")
