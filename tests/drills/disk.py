"""``make drill-disk``: the disk of the database fills while people write, and is freed again."""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.drills.running import Service, plot, service, stored, tell
from tests.small_disk import fill

SIZE_MB = 260


def main(times: int) -> None:
    """Fill the disk so often, at first with the last kilobytes, and free it."""
    with tempfile.TemporaryDirectory(prefix="luotu-disk-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", folder], check=True
        )
        try:
            folder.chmod(0o777)
            with service({"LUOTU_HOME": str(folder / "home")}) as one:
                _fill_and_free(one, folder, times)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def _fill_and_free(one: Service, folder: Path, times: int) -> None:
    answered: set[str] = set()
    refused: Counter[int] = Counter()
    number = 0
    for _ in range(times):
        rest = fill(folder, but_bytes=200_000)
        end = time.monotonic() + 20
        while time.monotonic() < end and sum(refused.values()) < 20 * times:
            drawn = plot(number)
            answer = one.ask("POST", "/api/plots", drawn)
            if answer.status == 201:
                answered.add(drawn["properties"]["name"])
            else:
                refused[answer.status] += 1
            number += 1
        healthy = one.ask("GET", "/healthz").status
        rest.unlink()
        back = one.wait_until_ready()
        began = time.monotonic()
        while one.ask("POST", "/api/plots", plot(number)).status != 201:
            time.sleep(0.2)
            if time.monotonic() - began > 60:
                raise AssertionError(one.log.read_text()[-3000:])
        answered.add(f"n{number}")
        number += 1
        tell(
            "drill-disk",
            f"full: refused {dict(refused)}, /healthz {healthy}; freed: ready after {back:.1f} s, "
            f"written again after {time.monotonic() - began:.1f} s",
        )
    there = stored(one)
    lost = answered - set(there)
    verified = one.luotu("db", "verify").splitlines()[-1]
    tell("drill-disk", f"{len(answered)} plots answered, {len(lost)} lost; {verified}")
    if lost or not refused or set(refused) - {0, 503, 507}:
        raise SystemExit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
