"""Duties: what is due from whom, what was done, and the calendar of it all."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from icalendar import Calendar

from service.accounts.db.accounts import command_line_account
from service.duties.reminders import remind
from service.web.timestamps import today
from tests.service.conftest import EAST, WEST, Database, SignIn


def signed_order(client: httpx.Client, county: str, day: date) -> None:
    """An order of a county's head chief, signed on a day."""
    values = {"order_no": "1"}
    said = {"name": "第1号令", "district": county, "state": "signed", "on_day": str(day)}
    body = {"type": "Feature", "properties": {**said, "values": values}}
    answer = client.post("/api/registers/order", json=body)
    assert answer.status_code == 201, answer.text


def orders(client: httpx.Client, period: str) -> dict[str, dict[str, object]]:
    """The duty of signing orders, by county."""
    answer = client.get("/api/duties", params={"period": period, "what": "register"})
    assert answer.status_code == 200, answer.text
    return {row["code"]: row for row in answer.json()["rows"] if row["rule"] == "ORDER"}


def test_an_order_a_half_year_is_due_from_each_county_and_done_by_a_record(
    sign_in: SignIn,
) -> None:
    admin = sign_in("admin")
    rows = orders(admin, "2025-H1")
    assert (rows[WEST]["due"], rows[WEST]["done"], rows[WEST]["state"]) == (1, 0, "overdue")
    assert (rows[WEST]["due_on"], rows[WEST]["name"]) == ("2025-06-30", "西县")
    signed_order(admin, WEST, date(2025, 5, 6))
    rows = orders(admin, "2025-H1")
    assert (rows[WEST]["state"], rows[EAST]["state"]) == ("met", "overdue")
    assert orders(sign_in("viewer", EAST), "2025").keys() == {EAST}
    assert orders(admin, "2025")[WEST]["due"] == 2


def test_nothing_is_overdue_by_a_rule_that_did_not_hold_yet(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    for period in ("1999", "2020-H2"):
        asked = {"period": period, "what": "register"}
        assert admin.get("/api/duties", params=asked).json()["rows"] == []
    assert orders(admin, "2021-H1").keys() >= {WEST, EAST}
    rule = {"label_zh": "月表", "what": "report", "register": "report", "level": "county"}
    rule |= {"every": "month", "due": "+5", "valid_from": "2026-02-10"}
    assert admin.put("/api/codes/duty_rule/LATE", json=rule).status_code == 201
    asked = {"period": "2026", "what": "report"}
    rows = admin.get("/api/duties", params=asked).json()["rows"]
    # The first deadline is that of February, on 5 March.
    assert {row["due"] for row in rows if row["rule"] == "LATE"} == {10}
    wrong = admin.put("/api/codes/duty_rule/LATE", json={**rule, "valid_from": "spring"})
    assert [error["field"] for error in wrong.json()["errors"]] == ["valid_from"]
    assert admin.delete("/api/codes/duty_rule/LATE").status_code == 204


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [("2026-W40", "2026-09-28", "2026-10-04"), ("2026-H2", "2026-07-01", "2026-12-31")],
)
def test_periods_may_be_weeks_and_halves(
    sign_in: SignIn, period: str, first: str, last: str
) -> None:
    answer = sign_in("viewer").get("/api/duties", params={"period": period}).json()
    assert (answer["period"], answer["first"], answer["last"]) == (period, first, last)


def test_a_period_that_there_is_not_is_told(sign_in: SignIn) -> None:
    viewer = sign_in("viewer")
    for period in ("2026-W54", "2025-W53", "now", "2026-13"):
        answer = viewer.get("/api/duties", params={"period": period})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "period")


def test_a_bureau_adds_its_own_duties_and_a_report_names_the_one_that_it_does(
    sign_in: SignIn,
) -> None:
    admin = sign_in("admin")
    admin.put("/api/units/LYJ", json={"name": "林业局", "kind": "bureau"})
    rule = {"label_zh": "月报", "what": "report", "register": "report", "unit_kind": "bureau"}
    answer = admin.put("/api/codes/duty_rule/MONTHLY", json={**rule, "every": "month", "due": "+5"})
    assert answer.status_code == 201, answer.text
    report = {"name": "月报", "unit": "LYJ", "state": "sent", "on_day": "2026-02-04"}
    body = {"type": "Feature", "properties": {**report, "values": {"duty": "MONTHLY"}}}
    assert admin.post("/api/registers/report", json=body).status_code == 201
    asked = {"period": "2026-02", "what": "report", "unit": "林业局"}
    (row,) = admin.get("/api/duties", params=asked).json()["rows"]
    assert (row["rule"], row["code"], row["due_on"], row["done"]) == (
        "MONTHLY",
        "LYJ",
        "2026-02-05",
        1,
    )


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"what": "dance"}, "what"),
        ({"unit_kind": "bureau"}, "level"),
        ({"level": "planet"}, "level"),
        ({"due": "05-32"}, "due"),
        ({"every": "once"}, "due"),
        ({"every": ""}, "every"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_column(
    sign_in: SignIn, cells: dict[str, str], field: str
) -> None:
    rule = {"label_zh": "x", "what": "report", "register": "report", "level": "county"}
    answer = sign_in("admin").put("/api/codes/duty_rule/X", json={**rule, "every": "year", **cells})
    assert answer.status_code == 422
    assert field in [error["field"].split(".")[-1] for error in answer.json()["errors"]]


def test_the_calendar_has_duties_and_deadlines_by_day(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    day = today() + timedelta(days=3)
    point = {"type": "Point", "coordinates": [125.05, 43.05]}
    said = {"name": "x", "deadline": str(day)}
    admin.post(
        "/api/registers/fire_station",
        json={"type": "Feature", "geometry": point, "properties": said},
    )
    asked = {"from": str(today()), "to": str(day)}
    rows = admin.get("/api/calendar", params=asked).json()["rows"]
    (entry,) = [row for row in rows if row["what"] == "record"]
    assert (entry["day"], entry["code"], entry["open"]) == (str(day), "fire_station", 1)
    year = {"from": "2026-01-01", "to": "2026-12-31"}
    rows = admin.get("/api/calendar", params=year).json()["rows"]
    days = {row["day"]: row for row in rows if row["code"] == "APRIL"}
    assert list(days) == ["2026-05-20"]
    # The county in Jiangxi has nothing to report to Jilin.
    assert sorted(days["2026-05-20"]["subjects"]) == ["东县", "西县"]


def test_the_calendar_comes_as_ics_and_as_a_workbook(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    year = {"from": "2026-01-01", "to": "2026-12-31"}
    answer = admin.get("/api/calendar", params={**year, "format": "ics"})
    assert answer.headers["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert date(2026, 5, 20) in [event.decoded("dtstart") for event in events]
    book = admin.get("/api/calendar", params={**year, "format": "xlsx"})
    assert book.content[:2] == b"PK"


@pytest.mark.parametrize(
    "asked",
    [{"from": "2026-02-01", "to": "2026-01-01"}, {"from": "2024-01-01", "to": "2026-01-01"}],
)
def test_a_calendar_of_too_many_days_is_refused(sign_in: SignIn, asked: dict[str, str]) -> None:
    answer = sign_in("viewer").get("/api/calendar", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "out_of_range")


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[bytes]]]:
    """A webhook on this machine, and what arrived there."""
    arrived: list[bytes] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrived.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/hook", arrived
    server.shutdown()
    thread.join()
    server.server_close()


def test_open_duties_are_sent_to_an_address(
    sign_in: SignIn, database: Database, receiver: tuple[str, list[bytes]]
) -> None:
    url, arrived = receiver
    admin = sign_in("admin")
    point = {"type": "Point", "coordinates": [125.05, 43.05]}
    said = {"name": "x", "deadline": str(today())}
    admin.post(
        "/api/registers/fire_station",
        json={"type": "Feature", "geometry": point, "properties": said},
    )
    with database.service.begin() as connection:
        count, sent = remind(connection, command_line_account(connection, "test"), [url])
    assert (count >= 1, sent, len(arrived)) == (True, True, 1)
    assert str(today()).encode() in arrived[0]


def test_an_address_that_does_not_answer_is_told(sign_in: SignIn, database: Database) -> None:
    sign_in("admin").put(
        "/api/codes/duty_rule/NOW",
        json={
            "label_zh": "今日",
            "what": "report",
            "register": "report",
            "level": "county",
            "every": "once",
            "due": str(today()),
        },
    )
    with database.service.begin() as connection:
        account = command_line_account(connection, "test")
        assert remind(connection, account, ["json://127.0.0.1:1/"])[1] is False
