"""``make drill-backup``: a backup while people write, brought into a new folder and compared."""

import json
import sys
import time

from tests.drills.running import Service, Writers, service, stored, tell


def main(times: int) -> None:
    """Back up so often under load; every restored copy holds all that was answered before."""
    with service() as one, Writers(one) as writers:
        for n in range(times):
            time.sleep(3)
            before = set(writers.answered)
            began = time.monotonic()
            folder = one.folder / f"backup{n}"
            one.luotu("backup", str(folder))
            seconds = time.monotonic() - began
            after = set(writers.answered)
            told = json.loads((folder / "manifest.json").read_text())["rows"]["public.plot"]
            copy = Service(one.folder / f"copy{n}", {})
            copy.folder.mkdir(mode=0o755)
            copy.luotu("restore", str(folder))
            copy.luotu("db", "verify")
            copy.start()
            copy.token = copy.luotu("token", "admin").splitlines()[-1]
            there = stored(copy)
            copy.stop()
            lost = before - set(there)
            tell(
                "drill-backup",
                f"backup of {seconds:.1f} s while {len(after - before)} plots were written: "
                f"{told} plots in it, {len(there)} restored, {len(lost)} lost of {len(before)}",
            )
            if lost or len(there) != told or any(count > 1 for count in there.values()):
                raise SystemExit(1)
    tell("drill-backup", f"{times} backups under load, each restored whole")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
