"""Who sees which links of files without a predicate in the query."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql
from tests.service.database.sql.plans.test_policies import FIGURE, PLAN, TARGET


def test_links_are_seen_with_their_plot_record_or_figure(sql: Sql) -> None:
    plot = sql.plot()
    record = sql.value(
        "INSERT INTO record (register, name, state, county) "
        "VALUES ('order', 'x', 'drafted', :county) RETURNING id",
        county=EAST,
    )
    sql.run(PLAN, code="P", district=None, counties=[])
    target = sql.value(TARGET, plan="P", district=EAST, lead=None, counties=[EAST])
    figure = sql.value(f"{FIGURE} RETURNING id", id=target)
    for column, number in (("plot_id", plot), ("record_id", record), ("reported_id", figure)):
        sql.run(
            "WITH made AS (INSERT INTO file (sha256, name, media_type, content) "
            "VALUES (repeat('0', 64), 'x', 'image/png', 'x') RETURNING id) "
            f"INSERT INTO file_link (file_id, {column}) SELECT id, :number FROM made",
            number=number,
        )
    seen = (
        "SELECT CASE WHEN plot_id IS NOT NULL THEN 'plot' WHEN record_id IS NOT NULL "
        "THEN 'record' ELSE 'figure' END FROM file_link ORDER BY id"
    )
    for county, links in ((WEST, ["plot"]), (EAST, ["record", "figure"])):
        sql.session(county)
        assert sql.column(seen) == links
