"""Plots are found by a part of their name, in Chinese or pinyin, out of an index."""

from importlib.resources import files

from alembic import op

revision = "0114"
down_revision = "0113"
branch_labels = None
depends_on = None

INDEX = """
CREATE INDEX plot_version_name_idx ON plot_version USING gin (name_grams(district, unit, name))
    WHERE name IS NOT NULL;
COMMENT ON INDEX plot_version_name_idx IS 'What names of plots have in them, for the search';
"""
BACK = """
DROP INDEX plot_version_name_idx;
DROP FUNCTION name_grams(text, text, text);
"""


def upgrade() -> None:
    """Forward."""
    # An index wants its function now; the library keeps that in force from then on.
    library = files("service.database").joinpath("sql", "plots", "name_grams.sql")
    op.get_bind().exec_driver_sql(library.read_text("utf-8"))
    op.execute(INDEX)


def downgrade() -> None:
    """Back."""
    op.execute(BACK)
