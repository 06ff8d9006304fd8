"""``make drill-wal``: back to a moment by PostgreSQL's archive, as the runbook says."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.drills.running import Service, plot, service, stored, tell
from tests.drills.server import OWNER, Server, require_root, server
from tests.trials.stranger import free_port


def main() -> None:
    """Write, remember a moment, write on, lose the server, and come back to the moment."""
    require_root()
    with server("127.0.0.1", free_port()) as outside:
        wal, base = outside.folder / "wal", outside.folder / "base"
        wal.mkdir()
        shutil.chown(wal, OWNER, OWNER)
        outside.sql("ALTER SYSTEM SET archive_mode = on")
        outside.sql(f"ALTER SYSTEM SET archive_command = 'test ! -f {wal}/%f && cp %p {wal}/%f'")
        outside.sql("ALTER SYSTEM SET archive_timeout = '5min'")
        outside.stop()
        outside.start()
        extra = {"LUOTU_DATABASE_URL": outside.url()}
        with tempfile.TemporaryDirectory() as folder:
            Service(Path(folder), extra).luotu("db", "migrate")
        with service(extra) as one:
            _write(one, 0, 20)
            outside.run(
                "pg_basebackup",
                f"--pgdata={base}",
                "--checkpoint=fast",
                "--wal-method=none",
                "-h",
                outside.folder,
                "-p",
                str(outside.port),
            )
            _write(one, 20, 40)
            time.sleep(1)
            moment = outside.sql("SELECT clock_timestamp()")
            time.sleep(1)
            _write(one, 40, 60)
            outside.sql("SELECT pg_switch_wal()")
            time.sleep(2)
            one.stop()
            outside.stop()
            _back(outside, base, wal, moment)
            one.start()
            there = stored(one)
            verified = one.luotu("db", "verify").splitlines()[-1]
    wanted = {f"n{number}" for number in range(40)}
    tell("drill-wal", f"60 plots written, the moment after 40: {len(there)} there; {verified}")
    if set(there) != wanted:
        raise SystemExit(1)


def _write(one: Service, first: int, after: int) -> None:
    for number in range(first, after):
        answer = one.ask("POST", "/api/plots", plot(number))
        if answer.status != 201:
            raise AssertionError(answer)


def _back(outside: Server, base: Path, wal: Path, moment: str) -> None:
    outside.data.rename(outside.folder / "broken")
    outside.run("cp", "-a", base, outside.data)
    outside.run("touch", outside.data / "recovery.signal")
    with (outside.data / "postgresql.auto.conf").open("a") as settings:
        settings.write(
            f"restore_command = 'cp {wal}/%f %p'\n"
            f"recovery_target_time = '{moment}'\n"
            "recovery_target_action = 'promote'\n"
        )
    began = time.monotonic()
    outside.start()
    while outside.sql("SELECT pg_is_in_recovery()") != "f":
        time.sleep(0.2)
    tell("drill-wal", f"back at {moment} after {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
    sys.exit(0)
