"""``make drill-network``: the service and its database on two hosts, the line between them is cut.

The hosts are network namespaces of this machine, joined by a pair of virtual cards.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.drills.running import Service, Writers, service, tell, verdict
from tests.drills.server import require_root, server

HOST = "luotu-drill-db"
CARD = "luotu-drill0"
NEAR, FAR = "10.213.7.1", "10.213.7.2"


def main(times: int, seconds: float) -> None:
    """Cut the line so often for so long while people write."""
    require_root()
    with _two_hosts(), server(FAR, 5439, ("ip", "netns", "exec", HOST)) as far:
        extra = {"LUOTU_DATABASE_URL": far.url()}
        with tempfile.TemporaryDirectory() as folder:
            Service(Path(folder), extra).luotu("db", "migrate")
        with service(extra) as one, Writers(one) as writers:
            for _ in range(times):
                time.sleep(2)
                _ip("link", "set", CARD, "down")
                slow = 0.0
                end = time.monotonic() + seconds
                while time.monotonic() < end:
                    answer = one.ask("GET", "/healthz")
                    slow = max(slow, answer.seconds)
                    time.sleep(0.1)
                _ip("link", "set", CARD, "up")
                back = one.wait_until_ready()
                tell(
                    "drill-network",
                    f"cut for {seconds:.0f} s: /healthz within {slow:.2f} s, "
                    f"ready {back:.1f} s after the line was back",
                )
            writers.__exit__()
            verdict("drill-network", one, writers, f"{times} cuts of {seconds:.0f} s")


@contextmanager
def _two_hosts() -> Iterator[None]:
    _ip("netns", "add", HOST)
    try:
        _ip("link", "add", CARD, "type", "veth", "peer", "name", "eth0", "netns", HOST)
        _ip("addr", "add", f"{NEAR}/24", "dev", CARD)
        _ip("link", "set", CARD, "up")
        for command in (
            ("addr", "add", f"{FAR}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-n", HOST, *command)
        yield
    finally:
        _ip("netns", "delete", HOST)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2, 10.0)
