"""In which square a plot lies is computed in place, and series of blocks are made once for many.

A STRICT function whose body is not is called, row after row; nearly all plots lie in one block, and
a hundred thousand of them in some hundred.
"""

import re
from importlib import import_module

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_FUNCTIONS: str = import_module("service.database.carry_over.versions.0013_plot_squares").FUNCTIONS


def _function(name: str) -> str:
    words = _FUNCTIONS[_FUNCTIONS.index(f"CREATE FUNCTION {name}(") :]
    end = re.search(r"\$\$;|\$\$ .* \$\$;", words[words.index("AS $$") + 5 :])
    assert end is not None
    whole = words[: words.index("AS $$") + 5 + end.end()]
    return whole.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


OLD = _function("square_step") + _function("count_plot_squares")

_STEP = "SELECT least(sides - 1, greatest(0, floor(degrees * sides / 360)::integer))"
_CASE = f"""SELECT CASE WHEN degrees * sides IS NOT NULL THEN
    {_STEP.removeprefix("SELECT ")} END"""

_SERIES = """
        FROM stood
        CROSS JOIN LATERAL generate_series(
            square_step(west + 180, 1024), square_step(east + 180, 1024)) column_
        CROSS JOIN LATERAL generate_series(
            square_step(south + 90, 1024), square_step(north + 90, 1024)) row_"""
_ONCE = """
        FROM (
            SELECT DISTINCT district,
                   square_step(west + 180, 1024) AS first_column,
                   square_step(east + 180, 1024) AS last_column,
                   square_step(south + 90, 1024) AS first_row,
                   square_step(north + 90, 1024) AS last_row
            FROM stood
        ) box
        CROSS JOIN LATERAL generate_series(first_column, last_column) column_
        CROSS JOIN LATERAL generate_series(first_row, last_row) row_"""
_CALLED = """CROSS JOIN LATERAL square_step((west + east) / 2 + 180, size.sides) x
            CROSS JOIN LATERAL square_step((south + north) / 2 + 90, size.sides) y"""
_IN_PLACE = """CROSS JOIN LATERAL (
                SELECT square_step((west + east) / 2 + 180, size.sides) AS x,
                       square_step((south + north) / 2 + 90, size.sides) AS y
            ) place"""

NEW = OLD.replace("IMMUTABLE STRICT", "IMMUTABLE").replace(_STEP, _CASE)
assert OLD.count(_SERIES) == OLD.count(_CALLED) == 3
NEW = NEW.replace(_SERIES, _ONCE).replace(_CALLED, _IN_PLACE)


def upgrade() -> None:
    """Forward."""
    op.execute(NEW)


def downgrade() -> None:
    """Back."""
    op.execute(OLD)
