"""Only plots of which three lie on each other are united; whoever overlaps one of them is a pair."""

from importlib import import_module

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OLD = import_module("service.database.carry_over.versions.0009_coverage_figures").CELLS
OLD = OLD[: OLD.index("COMMENT ON FUNCTION coverage_pieces")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)

# Three that share ground are in one crowd, for they touch. So all that a crowd shares with others
# it shares pair by pair, and its union need not hold them: it is of a few plots, not of all that
# hang together in a cell.
CROWDS = """triple AS MATERIALIZED (
        SELECT DISTINCT ab.cell_id, member.plot_id
        FROM pair_here ab
        JOIN pair_here bc ON bc.cell_id = ab.cell_id AND bc.one = ab.other
        JOIN pair_here ac
          ON ac.cell_id = ab.cell_id AND ac.one = ab.one AND ac.other = bc.other
        CROSS JOIN LATERAL (VALUES (ab.one), (ab.other), (bc.other)) member(plot_id)
    ), crowded AS MATERIALIZED (
        SELECT piece.cell_id, piece.plot_id, piece.part, piece.part_m2,
               ST_ClusterDBSCAN(piece.part, 0, 1)
                   OVER (PARTITION BY piece.cell_id ORDER BY piece.plot_id) AS cluster
        FROM piece JOIN triple USING (cell_id, plot_id)
    ), """
LOST = """
        JOIN piece a ON a.cell_id = pair_here.cell_id AND a.plot_id = pair_here.one
        JOIN piece b ON b.cell_id = pair_here.cell_id AND b.plot_id = pair_here.other
        WHERE NOT EXISTS (
            SELECT 1 FROM crowded one
            JOIN crowded other ON other.cell_id = one.cell_id AND other.cluster = one.cluster
            WHERE one.cell_id = pair_here.cell_id AND one.plot_id = pair_here.one
              AND other.plot_id = pair_here.other)
        GROUP BY pair_here.cell_id, pair_here.one
    )
    SELECT """


def _between(words: str, first: str, last: str, fresh: str) -> str:
    """Each stretch from ``first`` up to ``last`` replaced: of plots as they are, and as they were."""
    head, *rest = words.split(first)
    assert len(rest) == 2
    return head + "".join(fresh + one[one.index(last) :] for one in rest)


NEW = _between(OLD, "clustered AS MATERIALIZED (", "united AS MATERIALIZED (", CROWDS)
NEW = _between(NEW, "\n        JOIN clustered a ON", "piece.cell_id, piece.plot_id, pi", LOST)

# Kept pieces are of the old kind.
AGAIN = """
INSERT INTO coverage_dirty (boundary_id, cell_id)
SELECT c.boundary_id, c.id FROM district_cell c
JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL;
COMMENT ON COLUMN coverage_piece.mates IS '{mates}';
COMMENT ON COLUMN coverage_piece.crowd IS '{crowd}';
"""


def upgrade() -> None:
    """Forward."""
    op.execute(NEW)
    op.execute(
        AGAIN.format(
            mates="Plots of greater number that share ground with this one in the cell,"
            " and are not of its crowd",
            crowd="Plots of one number touch in the cell, and each shares ground with two that"
            " share ground; else empty",
        )
    )


def downgrade() -> None:
    """Back."""
    op.execute(OLD)
    op.execute(
        AGAIN.format(
            mates="Plots of greater number that share ground with this one in the cell,"
            " where no three do",
            crowd="Plots of one number share ground in the cell, three or more of them the same;"
            " else empty",
        )
    )
