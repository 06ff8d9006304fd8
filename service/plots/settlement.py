"""What was decided about the verdicts on a file, and why it cannot be stored so."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from data.import_result import ImportRefused, Rejection
from gis.messages import Message, counted
from service.plots.row_checks import CheckedRows
from service.plots.validate import Reported

__all__ = [
    "NOTHING_CHANGES",
    "Changed",
    "Settlement",
    "file_refusals",
    "refusals",
    "refuse",
    "refuses",
]

Changed = Literal["refuse", "leave", "replace"]


@dataclass(frozen=True)
class Settlement:
    """What was decided about the verdicts on a file."""

    acknowledged: Collection[str] = ()
    """Codes of warnings that somebody has seen."""
    skip_blocked: bool = False
    """Leave out the rows that cannot be stored; else they refuse the file."""
    changed: Changed = "leave"
    """Rows that differ from the plot under their number: refuse the file, leave the plots as they
    are, or give them working versions."""
    review: Literal["draft", "approved"] = "draft"
    """Approved without a review is for inventory that was checked elsewhere."""


NOTHING_CHANGES = Settlement(changed="refuse")
"""No warning was seen, and plots that are there stay as they are."""


def refuse(checked: CheckedRows, settlement: Settlement, file: str) -> None:
    """Refuse a file that cannot be stored as it was settled.

    Raises
    ------
    ImportRefused
        With every reason.
    """
    refused = refusals(checked, settlement)
    if refused:
        raise ImportRefused(file, _summary(refused), refused)


def refusals(checked: CheckedRows, settlement: Settlement) -> list[Rejection]:
    """Why a file cannot be stored as it was settled, by row; empty when it can."""
    acknowledged = settlement.acknowledged
    rejections = [
        _rejection(None, entry) for entry in checked.of_file if refuses(entry, acknowledged)
    ]
    for n, verdicts in enumerate(checked.reported):
        if checked.blocked(n):
            blocks = [entry for entry in verdicts if entry.verdict.severity == "block"]
            if not settlement.skip_blocked:
                rejections += [_rejection(n + 1, entry) for entry in blocks]
        elif checked.matches.rows[n].state != "changed" or settlement.changed == "replace":
            rejections += [
                _rejection(n + 1, entry) for entry in verdicts if refuses(entry, acknowledged)
            ]
    return sorted([*rejections, *_changed(checked, settlement)], key=lambda entry: entry.row or 0)


def file_refusals(checked: CheckedRows) -> list[Rejection]:
    """Why nothing of a file can be stored, whatever is done about its rows."""
    return [
        _rejection(None, entry) for entry in checked.of_file if entry.verdict.severity == "block"
    ]


def refuses(entry: Reported, acknowledged: Collection[str]) -> bool:
    """Whether a verdict keeps its row out, after the warnings of these codes were seen."""
    severity = entry.verdict.severity
    return severity == "block" or (severity == "warn" and entry.verdict.code not in acknowledged)


def _rejection(row: int | None, entry: Reported) -> Rejection:
    verdict = entry.verdict
    warns = verdict.severity == "warn"
    return Rejection(row, verdict.code, verdict.message, verdict.at, may_be_acknowledged=warns)


def _changed(checked: CheckedRows, settlement: Settlement) -> Iterator[Rejection]:
    """Rows that bear the number of a plot that differs from them, or that is under review."""
    for n, match in enumerate(checked.matches.rows):
        if match.state != "changed" or match.plot_id is None or checked.blocked(n):
            continue
        live = checked.matches.live[match.plot_id]
        if settlement.changed == "refuse":
            words = Message(
                f"图斑号 {live['plot_no']} 在 {live['district']} {live['year']} 年已有图斑，"
                f"与本行不同（{'、'.join(match.fields)}）；用 --replace changed 更新，或 --replace "
                "none 保留原样。",
                f"there is a plot {live['plot_no']} of {live['year']} in {live['district']}, "
                f"unlike this row ({', '.join(match.fields)}): bring it up to date by --replace "
                "changed, or leave it by --replace none.",
            )
            yield Rejection(n + 1, "number_taken", words)
        elif settlement.changed == "replace" and live["review"] == "submitted":
            words = Message(
                f"图斑 {live['plot_no']} 正在审核，退回之前不能改动。",
                f"plot {live['plot_no']} waits for its review and cannot be changed until an "
                "inspector returns it.",
            )
            yield Rejection(n + 1, "submitted", words)


def _summary(refused: Sequence[Rejection]) -> Message:
    codes = list(dict.fromkeys(entry.code for entry in refused))
    if all(entry.may_be_acknowledged for entry in refused):
        named = ",".join(codes)
        return Message(
            f"{len(refused)} 处警告，未导入任何图斑；核对所列各行，确认无误后加 "
            f"--acknowledge {named} 重新导入",
            f"{counted(len(refused), 'warning')}, nothing was stored: look at the rows named here; "
            f"to store them all the same import again with --acknowledge {named}",
        )
    return Message(
        f"{len(refused)} 处错误，未导入任何图斑，请修改所列各行后重新导入",
        f"{counted(len(refused), 'fault')}, "
        "nothing was stored: mend the rows named here and import again",
    )
