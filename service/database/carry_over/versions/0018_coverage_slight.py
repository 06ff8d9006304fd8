"""What of an area hangs on the version of GEOS is nothing wrong."""

from importlib import import_module

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OLD = import_module("service.database.carry_over.versions.0015_coverage_faults").FAULTS
OLD = OLD[: OLD.index("CREATE FUNCTION forget_coverage")]

# Where a plot is cut, another version of GEOS may put a vertex some 1e-14 degrees beside, and the
# geodesic area of a short edge is good to 1e-5 m².
NEW = OLD.replace(
    "boundary bigint, tolerance double precision)",
    "boundary bigint, tolerance double precision, slight_m2 double precision)",
)
for _figure in ("found.area_m2", "found.crowd_m2", "figure.sum_m2"):
    NEW = NEW.replace(f"> tolerance * {_figure}", f"> tolerance * {_figure} + slight_m2")
DROP = "DROP FUNCTION coverage_faults(bigint, double precision{more});\n"


def upgrade() -> None:
    """Forward."""
    op.execute(DROP.format(more="") + NEW)


def downgrade() -> None:
    """Back."""
    op.execute(DROP.format(more=", double precision") + OLD)
