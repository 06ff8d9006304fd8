"""``make drill-database``: the database hangs, goes away, and comes back, while people write."""

import os
import signal
import sys
import time
from pathlib import Path

from service.embedded import Cluster
from tests.drills.running import Service, Writers, service, tell, verdict


def main(times: int) -> None:
    """Each so often: hung for five seconds, stopped for five seconds."""
    longest = healthy = 0.0
    with service() as one, Writers(one) as writers:
        for _ in range(times):
            time.sleep(2)
            family = _processes(one)
            for pid in family:
                os.kill(pid, signal.SIGSTOP)
            try:
                waited, alive = _asked(one, 5)
            finally:
                for pid in family:
                    os.kill(pid, signal.SIGCONT)
            longest, healthy = max(longest, waited), max(healthy, alive)
            tell("drill-database", f"hung: back after {one.wait_until_ready():.1f} s")
            time.sleep(2)
            Cluster(one.home).down()
            waited, alive = _asked(one, 5)
            longest, healthy = max(longest, waited), max(healthy, alive)
            Cluster(one.home).up()
            tell("drill-database", f"stopped: back after {one.wait_until_ready():.1f} s")
        writers.__exit__()
        verdict(
            "drill-database",
            one,
            writers,
            f"{times} times hung and {times} times away for 5 s; /readyz answered within "
            f"{longest:.2f} s and /healthz within {healthy:.2f} s meanwhile",
        )
        Cluster(one.home).down()


def _processes(one: Service) -> list[int]:
    """The postmaster and its children."""
    first = Cluster(one.home).status().pid
    assert first is not None
    found = [first]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if f"\nPPid:\t{first}\n" in status.read_text():
                found.append(int(status.parent.name))
        except OSError:
            continue
    return found


def _asked(one: Service, seconds: float) -> tuple[float, float]:
    """Ask whether it is ready and healthy for so long; answers the longest waits."""
    end = time.monotonic() + seconds
    ready = healthy = 0.0
    while time.monotonic() < end:
        answer = one.ask("GET", "/healthz")
        if answer.status != 200:
            raise AssertionError(f"/healthz: {answer.status}")
        healthy = max(healthy, answer.seconds)
        ready = max(ready, one.ask("GET", "/readyz").seconds)
        time.sleep(0.1)
    return ready, healthy


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
