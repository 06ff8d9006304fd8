"""``luotu worker``: works on jobs beside the worker of ``luotu run``."""

from service.cli.context import opened
from service.cli.language import described
from service.web.access_log import configure_logs


@described("执行后台任务（导出、上报包），直到停止。")
def worker() -> None:
    """Work on jobs until a signal comes."""
    # Procrastinate and the kinds of jobs take seconds to import.
    from service.jobs.worker import work  # noqa: PLC0415
    from service.run.job_kinds import KINDS  # noqa: PLC0415

    configure_logs()
    with opened() as db:
        work(db.place.owner, db.place.service, db.settings, KINDS)
