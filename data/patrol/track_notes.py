"""What is told of the tracks of a file besides problems: what was cut, and how times were read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timezone

from data.errors import printable_message
from data.text_cleaning import row_list
from gis.messages import Message


def _of_rows(rows: Sequence[int], zh: str, en: str) -> list[Message]:
    """What is told of some rows; nothing of none."""
    if not rows:
        return []
    where = row_list(rows)
    return [printable_message(Message(f"{where.zh}{zh}", f"{where.en}: {en}"))]


def left_out(rows: Sequence[int]) -> list[Message]:
    """Fixes of a table that have no position."""
    return _of_rows(rows, "的定位点没有位置，不计入。", "fixes without a position are left out.")


def cut_note(track: int, first: int, count: int, lost: int) -> Message:
    """A track of the file that became ``count`` rows from ``first`` on, and its stray fixes."""
    left_zh = f"；另有 {lost} 个零散的定位点未读取" if lost else ""
    left_en = f"; {lost} stray fixes were left out" if lost else ""
    if count == 1:
        return Message(
            f"第 {track} 条轨迹有 {lost} 个零散的定位点（时刻相差过大），未读取。",
            f"track {track}: {lost} stray fixes, at quite another time, were left out.",
        )
    return Message(
        f"第 {track} 条轨迹含 {count} 次巡护，已在长时间无定位处或按日切开，为第 {first}–"
        f"{first + count - 1} 行{left_zh}。",
        f"track {track} holds {count} patrols and was cut at long silences or by the day, into "
        f"rows {first} to {first + count - 1}{left_en}.",
    )


def timeless_note(track: int, count: int, why: Message) -> Message:
    """Fixes of a row whose times cannot be read, and why the first cannot."""
    return printable_message(
        Message(
            f"第 {track} 行有 {count} 个定位点的时刻无法读取（{why.zh}），这些点只计位置。",
            f"row {track}: {count} fixes have a time that cannot be read ({why.en}); their "
            "positions alone count.",
        )
    )


def compact_notes(rows: Sequence[int]) -> list[Message]:
    """Rows whose times are 10, 12 or 14 digits."""
    return _of_rows(
        rows,
        "的时刻写成 10、12 或 14 位数字，按 年月日时（分秒）读取。",
        "times of 10, 12 or 14 digits were read as year, month, day, hour (minute and second).",
    )


def shared_notes(rows: Sequence[int]) -> list[Message]:
    """Rows whose times are cut to the minute."""
    return _of_rows(
        rows,
        "的时刻只到分钟，同一分钟的定位点已均分到该分钟内。",
        "times are cut to the minute; fixes of one stamp share its minute out.",
    )


def zone_notes(rows: Sequence[int], zone: timezone) -> list[Message]:
    """Rows whose times name no zone, and the zone that they were read in."""
    zh, en = ("UTC", "UTC") if zone is UTC else ("北京时间", "Beijing time")
    return _of_rows(
        rows,
        f"的时刻没有写时区，按{zh}读取。",
        f"times name no zone and were read as {en}.",
    )
