"""Wrong settings stop the start."""

import pytest

from service.settings import Settings, SettingsError, load


def test_defaults_need_no_variable() -> None:
    assert load({}) == Settings()


def test_a_misspelt_variable_is_named() -> None:
    with pytest.raises(SettingsError, match="LUOTU_PROT"):
        load({"LUOTU_PROT": "8001"})


def test_a_value_out_of_bounds_is_named() -> None:
    with pytest.raises(SettingsError, match="LUOTU_PORT"):
        load({"LUOTU_PORT": "70000"})


def test_limits_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(SettingsError, match="page_limit is larger"):
        load({"LUOTU_PAGE_LIMIT": "2000"})


def test_a_password_shows_neither_in_repr_nor_in_an_error() -> None:
    given = {"LUOTU_DATABASE_URL": "postgresql://me:hunter2@localhost/x"}
    assert "hunter2" not in repr(load(given))
    with pytest.raises(SettingsError) as refused:
        load({**given, "LUOTU_PORT": "x"})
    assert "hunter2" not in str(refused.value)


def test_one_body_may_not_be_larger_than_all_together() -> None:
    with pytest.raises(SettingsError, match="bodies_limit_bytes"):
        load({"LUOTU_BODIES_LIMIT_BYTES": "2000000"})


@pytest.mark.parametrize(
    "address",
    [
        "",
        " ",
        "hello",
        "host=127.0.0.1 dbname=luotu password=hunter2",
        "mysql://me:hunter2@127.0.0.1/luotu",
        "postgresql://me:hunter2@127.0.0.1:port/luotu",
        "postgresql:luotu",
        "postgresql://me:hunter2@one:5432,two:5432/luotu",
    ],
)
@pytest.mark.parametrize("name", ["LUOTU_DATABASE_URL", "LUOTU_SERVICE_DATABASE_URL"])
def test_an_address_that_is_none_of_postgresql_is_refused_without_showing_it(
    name: str, address: str
) -> None:
    with pytest.raises(SettingsError, match=f"{name}: .*postgresql://ACCOUNT") as refused:
        load({"LUOTU_DATABASE_URL": "postgresql://me@127.0.0.1/luotu", name: address})
    assert "hunter" not in str(refused.value)
    assert refused.value.__cause__ is None
