"""A hand-in as a job."""

from typing import Any

from service.accounts.db.audit import note
from service.handins.faults import Fault
from service.handins.package import HandIn, check, write_package
from service.jobs.kinds import Made, Task


def hand_in(task: Task) -> Made:
    """Check the plots of a district and year, and write the package where nothing blocks it."""
    wanted = HandIn(**task.params)
    checked = check(task.connection, task.account, wanted)
    task.count(len(checked.frame))
    told = {
        "blocked": checked.blocked,
        "plots": len(checked.frame),
        "preflight": [fault_out(fault) for fault in checked.faults],
    }
    if checked.blocked:
        return Made(None, "application/zip", told)
    name = f"上报包-{wanted.district}-{wanted.year}.zip"
    manifest = write_package(task.connection, checked, wanted, task.folder / name, task.advance)
    note(task.connection, task.account, "export", {"file": name, "rows": len(checked.frame)})
    return Made(name, "application/zip", {**told, "manifest": dict(manifest)})


def fault_out(fault: Fault) -> dict[str, Any]:
    """A fault as a job keeps it."""
    return {
        "code": fault.code,
        "severity": fault.severity,
        "plot_id": fault.plot_id,
        "plot_no": fault.plot_no,
        "at": fault.at,
        "message": {"zh": fault.message.zh, "en": fault.message.en},
    }
