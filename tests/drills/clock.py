"""``make drill-clock``: the machine stands in another time zone; days stay Beijing's."""

import json
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.drills.running import plot, service, tell

ZONES = ("Asia/Shanghai", "UTC", "America/Los_Angeles", "Pacific/Kiritimati")


def main() -> None:
    """In each zone a plot is drawn, approved and counted: the answers have to be the same."""
    seen = []
    for zone in ZONES:
        with service({"TZ": zone, "PGTZ": zone, "LUOTU_FOUR_EYES": "false"}) as one:
            drawn = one.ask("POST", "/api/plots", plot(1)).body
            for verb in ("submit", "approve"):
                answer = one.ask("POST", f"/api/plots/{drawn['id']}/{verb}", {})
                if answer.status != 200:
                    raise AssertionError(f"{verb}: {answer}")
            one.luotu("db", "drain")
            coverage = one.ask("GET", "/api/coverage?level=county").body
            changed = drawn["properties"]["changed_at"]
            (row,) = coverage["rows"]
            as_of = datetime.fromisoformat(coverage["as_of"]).astimezone(ZoneInfo(ZONES[0]))
            facts = (as_of.date(), json.dumps(coverage["boundary"]), row["green_m2"])
            seen.append(facts)
            tell("drill-clock", f"{zone}: as of {facts[0]}, {facts[2]:.0f} m², stamped {changed}")
    if len(set(seen)) != 1:
        raise SystemExit(f"the zones differ: {seen}")
    tell("drill-clock", f"{len(ZONES)} zones, the same days and figures in each")


if __name__ == "__main__":
    main()
    sys.exit(0)
