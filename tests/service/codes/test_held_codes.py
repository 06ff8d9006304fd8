"""A code is deleted while somebody takes it: it stays, or whoever takes it is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy import text

from service.accounts.db.accounts import Account
from service.codes.edit import remove_code
from tests.service.conftest import WEST, Database, SignIn, feature, ring
from tests.service.imports.conftest import committed, rows, staged
from tests.service.web.test_one_moment import PLAN, POINT, REGISTER, TARGET, ZONE, drawn
from tests.waiting import until

SPECIES = [{"code": "OWN", "share": 1}]
FIELD = {"name": "size", "label_zh": "大小", "type": "number", "measured_in": "OWN"}
AREA = {"of": "plots", "what": "area"}
INDICATOR = {"label_zh": "指标", "dimension": "area", "unit": "mu", "measure": AREA}
LAYER = {"label_zh": "农田", "role": "block"}
ROWS: dict[str, dict[str, Any]] = {
    "kind": {"green_class": "forest"},
    "unit_of_measure": {"dimension": "area", "factor": "1"},
    "indicator": {"dimension": "area", "unit": "mu", "measure": {"of": "reported"}},
}


class Taking(NamedTuple):
    """A list, who takes its code OWN by which request, and into which table it is written."""

    name: str
    method: str
    address: str
    body: dict[str, Any]
    table: str = "plot_version"

    def by(self, client: httpx.Client) -> httpx.Response:
        """The request."""
        upon = {"If-Match": '"1"'} if self.method == "patch" else {}
        return client.request(self.method, self.address, json=self.body, headers=upon)


PLOT_LISTS = (
    "kind",
    "category",
    "programme",
    "theme",
    "work_type",
    "method",
    "land_ownership",
    "tree_ownership",
)
TAKING = [
    *(Taking(name, "post", "/api/plots", feature(None, **{name: "OWN"})) for name in PLOT_LISTS),
    Taking("species", "post", "/api/plots", feature(species=SPECIES)),
    Taking("theme", "patch", "/api/plots/1", {"properties": {"theme": "OWN"}}),
    Taking("theme", "post", "/api/plots/changes", {"ids": [1], "patch": {"theme": "OWN"}}),
    Taking("finding_kind", "post", "/api/findings", drawn(POINT, kind="OWN"), "record"),
    Taking(
        "work_type",
        "post",
        "/api/registers/pocket_park",
        drawn(POINT, name="园", work_type="OWN"),
        "record",
    ),
    Taking(
        "area_kind",
        "put",
        "/api/areas/A",
        drawn(ring(125.05, 43.05), name="片", kind="OWN"),
        "area",
    ),
    Taking(
        "unit_role",
        "put",
        "/api/units/U/members",
        {"members": [{"body": "V", "role": "OWN"}]},
        "unit_member",
    ),
    Taking(
        "unit_of_measure",
        "post",
        "/api/plans/P/targets",
        {**TARGET, "measured_in": "OWN"},
        "target",
    ),
    Taking("indicator", "post", "/api/plans/P/targets", {**TARGET, "indicator": "OWN"}, "target"),
    Taking(
        "unit_of_measure",
        "post",
        "/api/registers",
        {**REGISTER, "fields": [FIELD]},
        "register_field",
    ),
    *(
        Taking(name, "put", "/api/codes/indicator/I", {**INDICATOR, **cells}, "code")
        for name, cells in (
            ("kind", {"measure": {**AREA, "kinds": ["OWN"]}}),
            ("theme", {"measure": {**AREA, "themes": ["OWN"]}}),
            ("unit_of_measure", {"unit": "OWN"}),
        )
    ),
    Taking(
        "province", "put", "/api/codes/species/S", {"label_zh": "甲树", "native_in": "OWN"}, "code"
    ),
    Taking("kind", "put", "/api/layers/L", {**LAYER, "rule": {"kinds": ["OWN"]}}, "layer"),
]


def own(admin: httpx.Client, name: str) -> None:
    """The bureau's code OWN in a list."""
    row = {"label_zh": "自有", "label_en": "Own", **ROWS.get(name, {})}
    answer = admin.put(f"/api/codes/{name}/OWN", json=row)
    assert answer.status_code == 201, answer.text


@pytest.fixture
def admin(sign_in: SignIn) -> httpx.Client:
    """Who may do everything, beside a plot, two units, a plan and a zone."""
    admin = sign_in("admin", name="admin")
    plot = feature(ring(125.02, 43.02))
    for method, address, body in (
        ("post", "/api/plots", plot),
        ("put", "/api/units/U", {"name": "林业局"}),
        ("put", "/api/units/V", {"name": "林场"}),
        ("post", "/api/plans", PLAN),
        ("post", "/api/zones", ZONE),
    ):
        assert admin.request(method, address, json=body).status_code == 201, address
    return admin


def waits(database: Database) -> bool:
    """Whether somebody waits for a lock."""
    return bool(database.scalar("SELECT count(*) FROM pg_locks WHERE NOT granted"))


@contextmanager
def held_up(database: Database, table: str) -> Iterator[Any]:
    """A table that is read and not written; what is given lets the writers go on."""
    with database.owner.connect() as connection, connection.begin() as transaction:
        connection.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
        yield transaction.commit


@pytest.mark.parametrize("taking", TAKING, ids=lambda t: f"{t.name} {t.method} {t.address}")
def test_a_code_that_is_being_taken_is_not_deleted(
    admin: httpx.Client, sign_in: SignIn, database: Database, taking: Taking
) -> None:
    own(admin, taking.name)
    other = sign_in("admin")
    with held_up(database, taking.table) as go_on, ThreadPoolExecutor(2) as threads:
        taken = threads.submit(taking.by, admin)
        until(lambda: taken.done() or waits(database))
        assert not taken.done(), taken.result().text
        gone = threads.submit(other.delete, f"/api/codes/{taking.name}/OWN")
        until(lambda: gone.done() or _waiting(database) == 2)
        go_on()
    assert taken.result().status_code in (200, 201), taken.result().text
    assert (gone.result().status_code, gone.result().json()["code"]) == (409, "code_in_use")


def _waiting(database: Database) -> int:
    count = database.scalar("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
    return int(count)


@pytest.mark.parametrize("taking", TAKING, ids=lambda t: f"{t.name} {t.method} {t.address}")
def test_who_takes_a_code_that_is_being_deleted_is_told(
    admin: httpx.Client, database: Database, taking: Taking
) -> None:
    own(admin, taking.name)
    number = database.scalar("SELECT id FROM account WHERE name = 'admin'")
    account = Account(number, "admin", "admin", (), None)
    with database.service.connect() as connection, ThreadPoolExecutor(1) as threads:
        with connection.begin():
            remove_code(connection, account, taking.name, "OWN", None)
            taken = threads.submit(taking.by, admin)
            until(lambda: taken.done() or waits(database))
        answer = taken.result()
    if taking.address.endswith("changes"):
        assert answer.json()["done"] == [], answer.text
    else:
        assert answer.status_code == 422, answer.text
    assert "OWN" in answer.text


def test_a_code_deleted_after_a_file_was_read_refuses_its_rows(
    admin: httpx.Client, sign_in: SignIn
) -> None:
    own(admin, "theme")
    own(admin, "species")
    planner = sign_in("planner")
    plots = (feature(theme="OWN"), feature(ring(125.06, 43.06), species=SPECIES))
    number = staged(planner, *plots, feature(ring(125.07, 43.07)))["id"]
    for name in ("theme", "species"):
        assert admin.delete(f"/api/codes/{name}/OWN").status_code == 204
    answer = committed(planner, number)
    assert answer["state"] == "staged", answer
    assert [entry["row"] for entry in answer["error"]["errors"]] == [1, 2]
    blocked = rows(planner, number, severity="block")
    said = [row["properties"]["problems"][0]["code"] for row in blocked]
    assert said == ["unknown_code", "unknown_code"]
    assert planner.get("/api/plots", params={"district": WEST}).json()["numberMatched"] == 1
