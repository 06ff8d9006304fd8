"""States, fields and shapes that records have, counted beyond every scope."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

RECORD = """
INSERT INTO record (register, name, state, county, field_values, geom)
VALUES ('park', 'x', :state, :county, CAST(:values AS jsonb),
        ST_GeomFromText(:wkt, 4490))
"""


def test_uses_are_counted_whoever_asks(sql: Sql) -> None:
    point, none = "POINT(125.05 43.05)", None
    sql.run(RECORD, state="planned", county=WEST, values='{"progress": 20}', wkt=point)
    sql.run(RECORD, state="done", county=EAST, values='{"progress": 100}', wkt=none)
    sql.session(EAST)
    rows = sql.rows("SELECT what, word, records FROM register_uses('park')")
    assert {tuple(row) for row in rows} == {
        ("state", "planned", 1),
        ("state", "done", 1),
        ("field", "progress", 2),
        ("geometry", "point", 1),
        ("geometry", "none", 1),
    }
