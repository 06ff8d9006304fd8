"""Every role and nobody against every route: ``make fuzz``, and the short form in the suite."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

# What a route may answer is held by the document; what it must refuse by tests of our own, because
# a plot that fits the schema may still lie in the sea.
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,"
    "allow_header_conformance,missing_required_header,ignored_auth"
)


class Fuzzed(NamedTuple):
    """Whether schemathesis found something, and its report in any case."""

    found: bool
    report: str


def fuzz(url: str, token: str | None, *, seconds: int, options: Sequence[str] = ()) -> Fuzzed:
    """Run schemathesis for so long at most."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{url}/openapi.json",
        f"--checks={CHECKS}",
        f"--max-time={seconds}",
        "--request-timeout=30",
        "--suppress-health-check=all",
        "--continue-on-failure",
        "--warnings=off",
        # It would revoke the token that asks.
        "--exclude-operation-id=revokeToken",
        "--no-color",
        *options,
    ]
    if token is not None:
        command.append(f"--header=Authorization: Bearer {token}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Fuzzed(done.returncode != 0, done.stdout[-20_000:] + done.stderr[-2_000:])


def main() -> int:
    """All phases, each role and nobody, so many minutes in all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    given = parser.parse_args()
    # One server after the other: the roles share the database.
    return pytest.main(
        ["tests/service/fuzz_roles.py", "-v", "-n0", f"--fuzz-minutes={given.minutes}"]
    )


if __name__ == "__main__":
    sys.exit(main())
