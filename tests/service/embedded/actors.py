"""Other processes that use a cluster, and ways to ask a server something."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from service.embedded import Endpoint, Role
from tests.waiting import until

ROOT = Path(__file__).parents[3]

# Uses the cluster, says its pid on a line, and leaves when its standard input ends.
USER = """
import sys
from pathlib import Path
from service.embedded import Cluster
cluster = Cluster(Path(sys.argv[1]))
with cluster.running():
    print(cluster.status().pid, flush=True)
    sys.stdin.read()
"""

AS_PLAIN_USER = ("unshare", "-U", "--map-user=1000") if os.geteuid() == 0 else ()


def connect(
    endpoint: Endpoint, role: Role = "service", database: str = "luotu"
) -> psycopg.Connection:
    """An open connection that commits each statement."""
    url = endpoint.url(role, database).replace("+psycopg", "", 1)
    return psycopg.connect(url, autocommit=True)


def ask(
    endpoint: Endpoint, question: str, role: Role = "service", database: str = "luotu"
) -> list[tuple[Any, ...]]:
    """The rows that answer one statement; none for one that answers nothing."""
    with connect(endpoint, role, database) as connection:
        answer = connection.execute(question.encode())
        return answer.fetchall() if answer.description else []


def act(program: str, home: Path, *before: str) -> subprocess.Popen[str]:
    """Start a program of ours on ``home`` as a group of its own; ``before`` wraps the command."""
    return subprocess.Popen(
        [*before, sys.executable, "-W", "error", "-c", program, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    """What the process says next; its complaint when it says nothing."""
    assert process.stdout is not None
    said = process.stdout.readline().strip()
    assert said, process.communicate()[1]
    return said


def leave(process: subprocess.Popen[str]) -> str:
    """Let the process end in its own way; what it said last."""
    said, complaint = process.communicate(timeout=180)
    assert process.returncode == 0, complaint
    return said.strip()


def killed(process: subprocess.Popen[str]) -> None:
    """End it as the kernel does when memory is short."""
    process.kill()
    process.communicate()


def slay(pid: int) -> None:
    """Kill a process that is no child of ours, and wait until it is dead."""
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid))


def alive(pid: int) -> bool:
    """True while the process runs; a zombie does not."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False


def may_be_plain_user() -> bool:
    """True when we are one, or where a namespace in which we are user 1000 may be made."""
    attempt = subprocess.run([*AS_PLAIN_USER, "true"], check=False, capture_output=True)
    return attempt.returncode == 0
