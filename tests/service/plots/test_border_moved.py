"""A border that moves takes plots along: by their largest part, numbers kept, the reason told."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import geopandas
import pytest
from shapely import box
from shapely.geometry import shape
from sqlalchemy import Connection, text

from data.districts.districts import DistrictTree
from data.import_result import Imported, ImportRefused
from gis.polygons import as_multipolygon
from service.accounts.db.accounts import Account
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.district_import import import_districts
from tests.service.conftest import EAST, SQUARES, WEST, Database, district_frame, ring


def counties_with_border_at(lon: float) -> geopandas.GeoDataFrame:
    """Both counties with the border between them at a meridian."""
    frame = district_frame()
    frame = frame[frame["code"].isin((WEST, EAST))].reset_index(drop=True)
    for code, ends in ((WEST, (125.0, lon)), (EAST, (lon, 125.2))):
        frame.loc[frame["code"] == code, "geometry"] = as_multipolygon(
            box(ends[0], 43.0, ends[1], 43.1)
        )
    return frame


class Office:
    """One transaction on a database of three counties, taken back at the end."""

    def __init__(self, connection: Connection, account: Account) -> None:
        self.connection = connection
        self.account = account

    def plot(
        self, west: float, county: str = WEST, *, review: str = "approved", **more: Any
    ) -> int:
        """A planted square of 0.002° at 43.05."""
        attributes = {"stage": "planted", "kind": "RGZL", "year": 2026, **more}
        geometry = as_multipolygon(shape(ring(west, 43.05)))
        new = NewPlot(geometry, county, attributes, review=review)
        return insert_plots(self.connection, self.account, [new])[0]

    def border(self, lon: float, **more: Any) -> Imported:
        """Import both counties with the border between them at a meridian."""
        tree = DistrictTree(counties_with_border_at(lon), valid_from=more.pop("of_file", None))
        return import_districts(self.connection, self.account, tree, "new.geojson", **more)

    def row(self, plot_id: int) -> Any:
        """The version of a plot."""
        return self.connection.execute(
            text("SELECT * FROM plot_version WHERE plot_id = :id ORDER BY slot"), {"id": plot_id}
        ).one()


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    database.account("surveyor", "admin")
    with database.service.connect() as connection:
        number = connection.scalar(text("SELECT id FROM account WHERE name = 'surveyor'"))
        yield Office(connection, Account(number, "surveyor", "admin", (), None))
        connection.rollback()


def test_plots_change_county_with_their_numbers(office: Office) -> None:
    assert SQUARES[WEST].bounds[2] == 125.1
    moving = office.plot(125.09, plot_no="A7")
    staying = office.plot(125.03, plot_no="A8")
    draft = office.plot(125.092, review="draft", plot_no="A9")
    imported = office.border(125.08)
    assert [(office.row(n).district, office.row(n).plot_no) for n in (moving, staying, draft)] == [
        (EAST, "A7"),
        (WEST, "A8"),
        (EAST, "A9"),
    ]
    assert "2 个图斑由 西县 划归 东县" in [note.zh for note in imported.notes]


def test_the_largest_part_decides(office: Office) -> None:
    mostly_west, mostly_east = office.plot(125.0787), office.plot(125.0793)
    office.border(125.08)
    assert [office.row(n).district for n in (mostly_west, mostly_east)] == [WEST, EAST]


def test_where_two_counties_have_the_ground_a_plot_stays_in_its_own(office: Office) -> None:
    both, east_alone = office.plot(125.09), office.plot(125.15, EAST)
    frame = counties_with_border_at(125.08)
    tree = DistrictTree(frame[frame["code"] == EAST].reset_index(drop=True))
    import_districts(office.connection, office.account, tree, "new.geojson")
    assert [office.row(n).district for n in (both, east_alone)] == [WEST, EAST]


def test_a_border_that_comes_half_back_takes_the_plots_between_back(office: Office) -> None:
    kept, first, second = office.plot(125.01), office.plot(125.03), office.plot(125.09)
    office.border(125.02)
    assert [office.row(n).district for n in (kept, first, second)] == [WEST, EAST, EAST]
    office.border(125.06)
    assert [office.row(n).district for n in (kept, first, second)] == [WEST, WEST, EAST]


def test_the_history_says_why_and_the_version_grows(office: Office) -> None:
    number = office.plot(125.09)
    office.border(125.08)
    assert office.row(number).version == 2
    reason = office.connection.scalar(
        text("SELECT reason FROM plot_history WHERE plot_id = :id AND valid_to IS NULL"),
        {"id": number},
    )
    assert "new.geojson" in reason
    assert "按最大部分重新归属" in reason


def test_a_number_that_is_taken_there_becomes_the_next_free_one(office: Office) -> None:
    there = office.plot(125.15, EAST, plot_no="00001")
    moving = office.plot(125.09, plot_no="00001")
    imported = office.border(125.08)
    assert office.row(there).plot_no == "00001"
    assert (office.row(moving).district, office.row(moving).plot_no) == (EAST, "00002")
    assert any("图斑号已被占用" in note.zh for note in imported.notes)


def test_a_border_that_comes_back_gives_the_old_number_back(office: Office) -> None:
    moving = office.plot(125.09, plot_no="A7")
    office.border(125.08)
    office.border(125.1)
    assert (office.row(moving).district, office.row(moving).plot_no) == (WEST, "A7")


def test_a_border_that_stays_changes_no_plot(office: Office) -> None:
    number = office.plot(125.09)
    office.border(125.1)
    assert office.row(number).version == 1


def test_what_was_acknowledged_is_not_asked_about_when_the_border_moves_elsewhere(
    office: Office,
) -> None:
    office.plot(125.001)
    for lon, acknowledged in ((125.1, ["plots_outside"]), (125.08, [])):
        counties = counties_with_border_at(lon)
        west = as_multipolygon(box(125.01, 43.0, lon, 43.1))
        counties.loc[counties["code"] == WEST, "geometry"] = west
        tree = DistrictTree(counties)
        imported = import_districts(
            office.connection, office.account, tree, "cut.geojson", acknowledged=acknowledged
        )
        assert any("大半不在任何区县内" in note.zh for note in imported.notes) is bool(acknowledged)


READ = "SELECT coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = :name"


def test_plots_far_from_ground_that_changed_its_county_are_not_read(office: Office) -> None:
    for number in range(40):
        office.plot(125.01 + number % 20 * 0.003, plot_no=f"B{number}")
    named = {"name": "plot_version"}
    before = office.connection.scalar(text(READ), named)
    office.border(125.08)
    assert office.connection.scalar(text(READ), named) - before < 40


def test_claims_go_along_with_the_plot_that_made_them(office: Office) -> None:
    holder, claimant, other = (office.plot(lon) for lon in (125.09, 125.092, 125.03))
    office.connection.execute(
        text(
            "INSERT INTO plot_claim (plot_id, holder_id, district, claimed_as, area_m2) VALUES "
            "(:claimant, :holder, :west, 'renewal', 1), (:other, :holder, :west, 'renewal', 1)"
        ),
        {"claimant": claimant, "holder": holder, "other": other, "west": WEST},
    )
    office.border(125.08)
    claims = text("SELECT district FROM plot_claim ORDER BY plot_id")
    assert office.connection.scalars(claims).all() == [EAST, WEST]


def begins(office: Office) -> date:
    day = office.connection.scalar(
        text("SELECT valid_from FROM district_boundary WHERE code = :west AND valid_to IS NULL"),
        {"west": WEST},
    )
    assert isinstance(day, date)
    return day


def test_the_border_begins_on_the_day_that_the_file_says(office: Office) -> None:
    office.border(125.08, of_file=date(2026, 2, 1))
    assert begins(office) == date(2026, 2, 1)


def test_the_day_of_the_file_goes_before_the_day_of_today(office: Office) -> None:
    office.border(125.08, of_file=date(2026, 2, 1), valid_from=date(2026, 2, 1))
    with pytest.raises(ImportRefused) as refused:
        office.border(125.07, of_file=date(2026, 3, 1), valid_from=date(2026, 3, 2))
    (why,) = refused.value.rejections
    assert (why.code, "2026-03-01" in why.message.en) == ("bad_valid_from", True)


def test_a_border_that_begins_before_the_last_one_is_refused(office: Office) -> None:
    office.border(125.08, of_file=date(2026, 2, 1))
    with pytest.raises(ImportRefused) as refused:
        office.border(125.07, of_file=date(2026, 1, 1))
    assert "2026-02-01" in refused.value.rejections[0].message.en
    assert begins(office) == date(2026, 2, 1)
