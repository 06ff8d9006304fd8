"""Row security of squares looks counties up in a hash table: a tile far out adds up thousands."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Not a join, beside an OR: what a row is looked up in is made once a statement. A comparison with
# each county of a province in turn took three quarters of the time.
HASHED = """
ALTER POLICY ground ON {table} USING (
    (SELECT current_scope()) = '{{*}}'
    OR district IN (SELECT unnest((SELECT current_scope())::text[])));
"""
COMPARED = """
ALTER POLICY ground ON {table} USING (
    (SELECT current_scope()) = '{{*}}' OR district = ANY ((SELECT current_scope())::text[]));
"""
TABLES = ("plot_square", "plot_square_sum")


def upgrade() -> None:
    """Forward."""
    for table in TABLES:
        op.execute(HASHED.format(table=table))


def downgrade() -> None:
    """Back."""
    for table in TABLES:
        op.execute(COMPARED.format(table=table))
