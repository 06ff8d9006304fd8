"""Sums of plots by squares of a middle size, too: a tile of a prefecture reads a fifth of the rows."""

from importlib import import_module

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_SUMS = import_module("service.database.carry_over.versions.0021_plot_square_sums")
_TIDY = import_module("service.database.carry_over.versions.0024_tidy_plot_squares")

BLOCK = "COMMENT ON COLUMN plot_square_sum.block IS '{}'"
BLOCKS = "As in plot_square, below 0; from -100000 down 32 by 32 squares of 360/2^13 degrees"

# Four by four of the small squares, numbered like the others.
_MIDDLE = "(square >> 16) * 16384 + ((square & 16383) >> 2)"
_MIDDLE_BLOCK = "-100000 - (square >> 21) * 128 - ((square & 16383) >> 7)"
_EVERY = f"""(
        SELECT block, square, district, shown, stage, plots, area_cm2 FROM {{changed}}
        WHERE block < 0
        UNION ALL
        SELECT {_MIDDLE_BLOCK}, {_MIDDLE}, district, shown, stage, plots, area_cm2 FROM {{changed}}
        WHERE block >= 0
    ) every_size"""  # noqa: S608 - put together from constants of ours

FILL = f"""
INSERT INTO plot_square_sum
SELECT {_MIDDLE_BLOCK}, {_MIDDLE}, district, shown, stage, sum(plots), sum(area_cm2)
FROM plot_square WHERE block >= 0 GROUP BY 1, 2, 3, 4, 5
HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
"""  # noqa: S608 - put together from constants of ours

ADD = f"""
CREATE OR REPLACE FUNCTION sum_plot_squares() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO plot_square_sum
    SELECT block, square, district, shown, stage, sum(TG_ARGV[0]::integer * plots),
           sum(TG_ARGV[0]::integer * area_cm2)
    FROM {_EVERY.format(changed="changed")}
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
    RETURN NULL;
END
$$;
"""  # noqa: S608 - put together from constants of ours

# The middle square of a small one has a lock of its own: sixteen share it.
_OF_SMALL = "block = one.block AND square = one.square"
_COMPACT: str = _SUMS.function_again("compact_plot_squares", (_SUMS.PUT_TOGETHER, _SUMS.SUMS_TOO))
_END = """            HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
        END IF;
"""
_MIDDLE_TOO = """
        IF one.block >= 0 AND pg_try_advisory_xact_lock(746109424, one.middle) THEN
            WITH old AS (
                DELETE FROM plot_square_sum
                WHERE block = one.middle_block AND square = one.middle RETURNING *
            )
            INSERT INTO plot_square_sum
            SELECT block, square, district, shown, stage, sum(plots), sum(area_cm2)
            FROM old GROUP BY block, square, district, shown, stage
            HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
        END IF;
"""
_SQUARES = "SELECT DISTINCT block, square"
COMPACT = _COMPACT.replace(_END, f"{_END}{_MIDDLE_TOO}").replace(
    _SQUARES, f"{_SQUARES}, {_MIDDLE} AS middle, {_MIDDLE_BLOCK} AS middle_block"
)
assert COMPACT.count("one.middle") == 3

_COARSE = """
    WITH old AS (
        DELETE FROM plot_square_sum WHERE block = coarse AND square = ANY(larger) RETURNING *
    )"""
_BOTH = """
    WITH old AS (
        DELETE FROM plot_square_sum
        WHERE block = coarse AND square = ANY(larger)
           OR block = -100000 - (fine / 512 >> 2) * 128 - (fine % 512 >> 2)
              AND square = ANY(middle)
        RETURNING *
    )"""
_LARGER = """                    FROM generate_series(0, 1) x, generate_series(0, 1) y);
"""
_MIDDLES = """    middle := ARRAY(SELECT (fine / 512 * 8 + x) * 16384 + fine % 512 * 8 + y
                    FROM generate_series(0, 7) x, generate_series(0, 7) y);
"""
TIDY = (
    _TIDY.TIDY.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
    .replace("    larger integer[];\n", "    larger integer[];\n    middle integer[];\n")
    .replace(_LARGER, _LARGER + _MIDDLES)
    .replace(_COARSE, _BOTH)
)
assert "middle integer[]" in TIDY
assert "middle := " in TIDY
assert "ANY(middle)" in TIDY


def upgrade() -> None:
    """Forward."""
    op.execute(BLOCK.format(BLOCKS))
    for part in (FILL, ADD, COMPACT, TIDY):
        op.execute(part)


def downgrade() -> None:
    """Back."""
    for part in (
        "CREATE OR REPLACE FUNCTION sum_plot_squares"
        + _SUMS.TABLE.partition("CREATE FUNCTION sum_plot_squares")[2].partition("$$;")[0]
        + "$$;",
        _COMPACT,
        _TIDY.TIDY.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1),
    ):
        op.execute(part)
    op.execute("DELETE FROM plot_square_sum WHERE block <= -100000")
    op.execute(BLOCK.format("As in plot_square, below 0"))
