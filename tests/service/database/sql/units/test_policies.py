"""Who sees which posts without a predicate in the query."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

SEEN = "SELECT function FROM post ORDER BY id"


def test_posts_of_zones_are_seen_by_whoever_sees_the_zone(sql: Sql) -> None:
    sql.zone("z1")
    sql.run("INSERT INTO unit (code, name, kind) VALUES ('LYJ', '林业局', 'bureau')")
    sql.run("INSERT INTO post (unit, function) VALUES ('LYJ', 'of unit')")
    sql.run("INSERT INTO post (zone, function) VALUES ('z1', 'of zone')")
    sql.session(WEST)
    assert sql.column(SEEN) == ["of unit", "of zone"]
    sql.session(EAST)
    assert sql.column(SEEN) == ["of unit"]
