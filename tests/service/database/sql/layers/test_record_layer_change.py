"""Every change of a layer or of its versions is logged, whoever writes."""

from tests.service.database.sql.conftest import Sql

LOG = "SELECT what, layer, operation, actor, reason FROM layer_change ORDER BY id"


def test_a_new_layer_and_its_version_are_logged(sql: Sql) -> None:
    sql.layer("JBNT")
    assert {(row.what, row.layer, row.operation) for row in sql.rows(LOG)} == {
        ("layer", "JBNT", "INSERT"),
        ("layer_version", "JBNT", "INSERT"),
    }


def test_a_change_is_logged_with_account_and_reason(sql: Sql) -> None:
    sql.layer("JBNT")
    number = sql.account("li", role="gis")
    sql.run("SELECT set_config('luotu.account', :id, true)", id=str(number))
    sql.run("SELECT set_config('luotu.reason', 'new survey', true)")
    sql.run("UPDATE layer SET role = 'warn'")
    row = sql.rows(LOG)[-1]
    assert (row.operation, row.actor, row.reason) == ("UPDATE", "li", "new survey")


def test_without_an_account_it_is_the_user_of_the_database(sql: Sql) -> None:
    sql.layer("JBNT")
    assert sql.rows(LOG)[0].actor.startswith("sql:")


def test_the_row_before_and_after_is_kept(sql: Sql) -> None:
    sql.layer("JBNT")
    sql.run("UPDATE layer SET role = 'warn'")
    query = (
        "SELECT before ->> 'role', after ->> 'role' FROM layer_change WHERE operation = 'UPDATE'"
    )
    assert tuple(sql.rows(query)[0]) == ("block", "warn")


def test_the_versions_of_an_invented_layer_are_invented(sql: Sql) -> None:
    sql.layer("JBNT", demo=True)
    assert sql.column("SELECT demo FROM layer_change") == [True, True]


def test_the_service_cannot_write_the_log(sql: Sql) -> None:
    assert not sql.value(
        "SELECT has_table_privilege('luotu_service', 'layer_change', 'INSERT, UPDATE, DELETE')"
    )
