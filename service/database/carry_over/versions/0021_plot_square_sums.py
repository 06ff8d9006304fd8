"""Plots of the large squares by county and stage alone: what a tile of a whole country adds up."""

from importlib import import_module

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_SQUARES = import_module("service.database.carry_over.versions.0013_plot_squares")

TABLE = """
CREATE TABLE plot_square_sum (
    block    integer NOT NULL,
    square   integer NOT NULL,
    district text    NOT NULL,
    shown    text    NOT NULL,
    stage    text    NOT NULL,
    plots    bigint  NOT NULL,
    area_cm2 bigint  NOT NULL
);
CREATE INDEX plot_square_sum_block_idx ON plot_square_sum (block, square);
COMMENT ON TABLE plot_square_sum IS '图斑大方格合计。The large squares of plot_square without kind, year, review and programme: a tenth of the rows, for tiles that filter by none of them. Only added to, like that.';
COMMENT ON COLUMN plot_square_sum.block IS 'As in plot_square, below 0';
COMMENT ON COLUMN plot_square_sum.square IS 'As in plot_square, like all that follows';
COMMENT ON COLUMN plot_square_sum.district IS 'County';
COMMENT ON COLUMN plot_square_sum.shown IS 'Who counts it';
COMMENT ON COLUMN plot_square_sum.stage IS 'Stage';
COMMENT ON COLUMN plot_square_sum.plots IS 'How many more, or fewer';
COMMENT ON COLUMN plot_square_sum.area_cm2 IS 'How much more, or less';
INSERT INTO plot_square_sum
SELECT block, square, district, shown, stage, sum(plots), sum(area_cm2)
FROM plot_square WHERE block < 0 GROUP BY 1, 2, 3, 4, 5;
ALTER TABLE plot_square_sum ENABLE ROW LEVEL SECURITY;
CREATE POLICY ground ON plot_square_sum USING (
    (SELECT current_scope()) = '{*}' OR district = ANY ((SELECT current_scope())::text[]));

CREATE FUNCTION sum_plot_squares() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO plot_square_sum
    SELECT block, square, district, shown, stage, sum(TG_ARGV[0]::integer * plots),
           sum(TG_ARGV[0]::integer * area_cm2)
    FROM changed WHERE block < 0 GROUP BY 1, 2, 3, 4, 5
    HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION sum_plot_squares IS 'Adds to plot_square_sum what was added to plot_square, or takes it away';
REVOKE ALL ON FUNCTION sum_plot_squares FROM PUBLIC;
CREATE TRIGGER plot_square_inserted_sums AFTER INSERT ON plot_square
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION sum_plot_squares('1');
CREATE TRIGGER plot_square_deleted_sums AFTER DELETE ON plot_square
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION sum_plot_squares('-1');
"""

# Putting a square together takes its rows out and puts their sum in: so are its sums put together,
# under the lock that is held already.
PUT_TOGETHER = """            HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
        END IF;"""
SUMS_TOO = """            HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
            WITH old AS (
                DELETE FROM plot_square_sum
                WHERE block = one.block AND square = one.square RETURNING *
            )
            INSERT INTO plot_square_sum
            SELECT block, square, district, shown, stage, sum(plots), sum(area_cm2)
            FROM old GROUP BY block, square, district, shown, stage
            HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0;
        END IF;"""
_FORGET = "DELETE FROM plot_square;"
_FORGET_SUMS = "DELETE FROM plot_square; DELETE FROM plot_square_sum;"


def function_again(name: str, *changed: tuple[str, str]) -> str:
    """A function of migration 0013 again, some words of it changed."""
    start = _SQUARES.FUNCTIONS.index(f"CREATE FUNCTION {name}(")
    found: str = _SQUARES.FUNCTIONS[start:].partition("$$;")[0] + "$$;"
    for old, new in changed:
        assert found.count(old) == 1
        found = found.replace(old, new)
    return found.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def upgrade() -> None:
    """Forward."""
    op.execute(TABLE)
    op.execute(function_again("compact_plot_squares", (PUT_TOGETHER, SUMS_TOO)))
    op.execute(function_again("forget_plot_squares", (_FORGET, _FORGET_SUMS)))


def downgrade() -> None:
    """Back."""
    for name in ("compact_plot_squares", "forget_plot_squares"):
        op.execute(function_again(name))
    for trigger in ("inserted", "deleted"):
        op.execute(f"DROP TRIGGER plot_square_{trigger}_sums ON plot_square")
    op.execute("DROP FUNCTION sum_plot_squares()")
    op.execute("DROP TABLE plot_square_sum")
