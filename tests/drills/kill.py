"""``make drill-kill``: kill -9 of the service, its worker and the postmaster while people write."""

import os
import random
import signal
import sys
import time
from pathlib import Path

from service.embedded import Cluster
from tests.drills.running import Service, Writers, service, tell, verdict


def main(times: int) -> None:
    """Kill each of the three so often, in an order of chance (seed 7)."""
    victims = ["service", "worker", "postmaster"] * times
    random.Random(7).shuffle(victims)  # noqa: S311
    slowest = 0.0
    with service() as one, Writers(one) as writers:
        for victim in victims:
            time.sleep(2)
            began = time.monotonic()
            if victim == "service":
                one.kill()
                one.start()
            elif victim == "worker":
                _kill_worker(one)
            else:
                status = Cluster(one.home).status()
                assert status.pid is not None
                os.kill(status.pid, signal.SIGKILL)
                time.sleep(0.2)
            ready = time.monotonic() - began + one.wait_until_ready()
            slowest = max(slowest, ready)
            tell("drill-kill", f"{victim} killed, ready after {ready:.1f} s")
        writers.__exit__()
        verdict(
            "drill-kill", one, writers, f"{len(victims)} kills, ready after {slowest:.1f} s at most"
        )


def _kill_worker(one: Service) -> None:
    assert one.process is not None
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = status.with_name("cmdline").read_bytes().split(b"\0")
            parent = f"\nPPid:\t{one.process.pid}\n" in status.read_text()
        except OSError:
            continue
        if parent and b"worker" in command:
            os.kill(int(status.parent.name), signal.SIGKILL)
            return
    raise AssertionError("there is no worker")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
