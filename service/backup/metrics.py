"""What ``/metrics`` tells of backups."""

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge

from service.backup.kept import newest_backup


def tell_backups(registry: CollectorRegistry, folder: Path | None) -> None:
    """Add a gauge of the newest backup below ``folder``; none where no folder is set."""
    if folder is None:
        return
    gauge = Gauge(
        "luotu_backup_newest_timestamp_seconds",
        "When the newest whole backup was made; 0 where there is none.",
        registry=registry,
    )

    def newest() -> float:
        moment = newest_backup(folder)
        return 0.0 if moment is None else moment.timestamp()

    gauge.set_function(newest)
