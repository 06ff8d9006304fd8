"""Which nightly backups stay."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from service.backup.kept import backups_in, drop_old_backups, folder_name, to_be_dropped
from service.backup.manifest import NAME

DAY = timedelta(days=1)
FIRST = datetime(2026, 1, 1, 18, tzinfo=UTC)  # 02:00 of 2 January in Beijing


def made(folder: Path, moment: datetime, *, whole: bool = True) -> Path:
    path = folder / folder_name(moment)
    path.mkdir()
    if whole:
        (path / NAME).write_text("{}")
    return path


def test_a_year_of_nights_leaves_two_weeks_and_the_first_of_each_month() -> None:
    nights = [FIRST + n * DAY for n in range(365)]
    dropped = set(to_be_dropped(nights, days=14, months=12))
    kept = [night for night in nights if night not in dropped]
    assert len(kept) == 15 + 11  # the first of December is among the last nights or counted once
    assert kept[-15:] == nights[-15:]


@given(st.sets(st.integers(0, 900)), st.integers(1, 40), st.integers(0, 24))
def test_the_newest_always_stays_and_so_do_all_younger_than_the_days(
    nights: set[int], days: int, months: int
) -> None:
    moments = [FIRST + n * DAY for n in nights]
    dropped = to_be_dropped(moments, days=days, months=months)
    if moments:
        assert max(moments) not in dropped
        assert all(max(moments) - moment > days * DAY for moment in dropped)
    else:
        assert dropped == []


def test_only_whole_backups_are_counted_and_deleted(tmp_path: Path) -> None:
    old = made(tmp_path, FIRST)
    half = made(tmp_path, FIRST + DAY, whole=False)
    other = tmp_path / "luotu-photos"
    other.mkdir()
    new = made(tmp_path, FIRST + 400 * DAY)
    assert drop_old_backups(tmp_path, days=14, months=0) == [old]
    assert [*backups_in(tmp_path).values()] == [new]
    assert half.exists()
    assert other.exists()


def test_a_folder_that_is_not_there_has_no_backups(tmp_path: Path) -> None:
    assert backups_in(tmp_path / "none") == {}
