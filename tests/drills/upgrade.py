"""``make drill-upgrade``: people read while the database is migrated from an older version.

The older version is a commit of this checkout. It serves its own database while `luotu db migrate`
of the present version changes that; then the present version takes over.
"""

import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from tests.drills.running import Service, plot, service, stored, tell

ROOT = Path(__file__).parents[2]
PLOTS = 50


def main(commit: str) -> None:
    """Serve as of ``commit``, migrate under readers, and start the present version."""
    with service() as one:
        one.stop()
        tree = one.folder / "older"
        tree.mkdir(mode=0o755)
        archive = subprocess.run(
            ["git", "archive", commit, "gis", "data", "maps", "service"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        subprocess.run(["tar", "-x", "-C", tree], input=archive.stdout, check=True)
        _bring_in(tree)
        older = Service(one.folder / "by-older", {"PYTHONPATH": str(tree)})
        older.folder.mkdir(mode=0o755)
        older.start()
        older.token = older.luotu("token", "admin").splitlines()[-1]
        older.luotu("import", "districts", str(one.folder / "districts.geojson"))
        for number in range(PLOTS):
            older.ask("POST", "/api/plots", plot(number))
        before = older.luotu("db", "status").splitlines()[-1]
        statuses, longest = _migrate_under_readers(older)
        older.stop()
        newer = Service(older.folder, {})
        newer.token = older.token
        ready = newer.start()
        there = stored(newer)
        newer.luotu("db", "verify")
        after = newer.luotu("db", "status").splitlines()[-1]
        newer.stop()
        tell("drill-upgrade", f"{before} → {after}")
        tell(
            "drill-upgrade",
            f"readers meanwhile: {dict(statuses)}, {longest:.2f} s at most; the new version was "
            f"ready after {ready:.1f} s; {len(there)} of {PLOTS} plots there",
        )
        if len(there) != PLOTS or statuses.keys() - {200, 503}:
            raise SystemExit(1)


def _bring_in(tree: Path) -> None:
    """What an older commit has not: what is built, and npm's parts."""
    for part in (
        "maps/workspace/dist",
        "maps/pages/dist",
        "maps/node_modules",
        "service/node_modules",
    ):
        (tree / part).parent.mkdir(parents=True, exist_ok=True)
        (tree / part).symlink_to(ROOT / part)


def _migrate_under_readers(older: Service) -> tuple[Counter[int], float]:
    statuses: Counter[int] = Counter()
    longest = 0.0
    ended = threading.Event()

    def read() -> None:
        nonlocal longest
        while not ended.is_set():
            for path in ("/api/plots?limit=10", "/api/coverage?level=county", "/api/me"):
                answer = older.ask("GET", path)
                statuses[answer.status] += 1
                longest = max(longest, answer.seconds)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    time.sleep(1)
    present = Service(older.folder, {})
    began = time.monotonic()
    tell("drill-upgrade", present.luotu("db", "migrate").splitlines()[0])
    tell("drill-upgrade", f"migrated in {time.monotonic() - began:.1f} s")
    time.sleep(1)
    ended.set()
    for reader in readers:
        reader.join()
    return statuses, longest


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "HEAD~40")
