"""Every change of units, areas, members and posts is logged, whoever writes."""

from tests.service.database.sql.conftest import Sql

LOG = "SELECT what, code, operation, actor, reason, before, after FROM office_change ORDER BY id"
UNIT = "INSERT INTO unit (code, name, kind) VALUES (:code, '林业局', 'bureau')"


def test_a_change_is_logged_with_account_and_reason(sql: Sql) -> None:
    sql.run(UNIT, code="LYJ")
    number = sql.account("li", role="admin")
    sql.run("SELECT set_config('luotu.account', :id, true)", id=str(number))
    sql.run("SELECT set_config('luotu.reason', 'renamed', true)")
    sql.run("UPDATE unit SET name = '林草局'")
    row = sql.rows(LOG)[-1]
    assert (row.what, row.code, row.operation) == ("unit", "LYJ", "UPDATE")
    assert (row.actor, row.reason) == ("li", "renamed")
    assert (row.before["name"], row.after["name"]) == ("林业局", "林草局")


def test_without_an_account_it_is_the_user_of_the_database(sql: Sql) -> None:
    sql.run(UNIT, code="LYJ")
    assert sql.rows(LOG)[0].actor.startswith("sql:")


def test_members_and_posts_are_logged_by_their_unit_without_people(sql: Sql) -> None:
    sql.run(UNIT, code="LW")
    sql.run(UNIT, code="LYJ")
    sql.run("INSERT INTO unit_member (unit, body, role) VALUES ('LW', 'LYJ', 'lead')")
    sql.run("INSERT INTO post (unit, function, person, phone) VALUES ('LYJ', '联络员', '甲', '1')")
    member, post = sql.rows(LOG)[-2:]
    assert (member.what, member.code, member.after["body"]) == ("unit_member", "LW", "LYJ")
    assert (post.what, post.code) == ("post", "LYJ")
    assert post.after.keys().isdisjoint({"person", "phone"})
