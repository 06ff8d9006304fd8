"""``make drill-import``: kill -9 of the service and the postmaster while a file is committed."""

import json
import os
import random
import signal
import sys
import time
from typing import Any, Final

import httpx

from service.embedded import Cluster
from tests.drills.running import Service, plot, service, tell

ROWS: Final = 600
WAIT_S: Final = 600.0
UNDER_WAY: Final = ("reading", "committing")


def main(times: int) -> None:
    """Kill each of the two so often at a moment of a commit, in an order of chance (seed 7)."""
    chance = random.Random(7)  # noqa: S311
    victims = ["service", "postmaster"] * times
    chance.shuffle(victims)
    half, ends = 0, []
    with service() as one:
        number = staged(one, 0)
        began = time.monotonic()
        commit(one, number)
        whole_s = ended(one, number)[1] - began
        for n, victim in enumerate(victims, 1):
            number = staged(one, n)
            commit(one, number)
            after_s = chance.uniform(0.0, whole_s)
            time.sleep(after_s)
            kill(one, victim)
            one.wait_until_ready()
            state, _when, halves = ended(one, number)
            half += halves
            ends.append(state)
            tell("drill-import", f"{victim} killed {after_s:.1f} s into a commit: {state}")
        verified = one.luotu("db", "verify").splitlines()[-1]
    tell("drill-import", f"{len(victims)} kills, {half} half written; {verified}")
    if half or set(ends) - {"live"}:
        raise SystemExit(1)


def staged(one: Service, n: int) -> int:
    """Send a file of ground that no other has; answers its number when it is staged."""
    features = [plot(n * ROWS + row) for row in range(ROWS)]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    answer = httpx.post(
        f"http://127.0.0.1:{one.port}/api/imports",
        files={"file": ("plots.geojson", content)},
        data={"settings": "{}"},
        headers={"Authorization": f"Bearer {one.token}"},
        timeout=60,
    )
    assert answer.status_code == 202, answer.text
    number: int = answer.json()["id"]
    state, _when, _half = ended(one, number)
    assert state == "staged", told(one, number)
    return number


def commit(one: Service, number: int) -> None:
    """Let the rows become drafts, whatever is warned of."""
    codes = {entry["code"] for entry in told(one, number)["codes"]}
    answer = one.ask("POST", f"/api/imports/{number}/commit", {"acknowledge": sorted(codes)})
    assert answer.status == 202, answer


def kill(one: Service, victim: str) -> None:
    """End one of them as a power cut does."""
    if victim == "service":
        one.kill()
        one.start()
        return
    status = Cluster(one.home).status()
    assert status.pid is not None
    os.kill(status.pid, signal.SIGKILL)
    time.sleep(0.2)


def ended(one: Service, number: int) -> tuple[str, float, int]:
    """State of an import that nobody works on any more, when, and looks that saw half of it."""
    half, until = 0, time.monotonic() + WAIT_S
    while time.monotonic() < until:
        row = told(one, number)
        seen = one.ask("GET", f"/api/plots?import={number}&version=working&limit=1")
        if row and seen.status == 200:
            count, state = seen.body["numberMatched"], row["state"]
            half += count not in (0, ROWS)
            if state not in UNDER_WAY:
                # The state was read before the plots: a live one has all of them.
                half += (state == "live") != (count == ROWS)
                return state, time.monotonic(), half
        time.sleep(0.05)
    raise AssertionError(f"nobody ended it: {told(one, number)}")


def told(one: Service, number: int) -> dict[str, Any]:
    """The import as it is answered; nothing when it is not."""
    answer = one.ask("GET", f"/api/imports/{number}")
    body: dict[str, Any] = answer.body if answer.status == 200 else {}
    return body


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
