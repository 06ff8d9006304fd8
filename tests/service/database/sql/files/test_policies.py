"""Who sees which links of files without a predicate in the query."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql


def test_links_are_seen_with_their_plot_or_record(sql: Sql) -> None:
    plot = sql.plot()
    record = sql.value(
        "INSERT INTO record (register, name, state, county) "
        "VALUES ('order', 'x', 'drafted', :county) RETURNING id",
        county=EAST,
    )
    for column, number in (("plot_id", plot), ("record_id", record)):
        sql.run(
            "WITH made AS (INSERT INTO file (sha256, name, media_type, content) "
            "VALUES (repeat('0', 64), 'x', 'image/png', 'x') RETURNING id) "
            f"INSERT INTO file_link (file_id, {column}) SELECT id, :number FROM made",
            number=number,
        )
    seen = "SELECT plot_id IS NOT NULL FROM file_link"
    for county, plots in ((WEST, [True]), (EAST, [False])):
        sql.session(county)
        assert sql.column(seen) == plots
