"""An ordinary user of this machine, made for a trial, without the checkout and its tools."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

NAME = "luotu-trial"
READY_S = 900.0
_NETWORK = ("SSL_CERT_FILE", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")


class Answer(NamedTuple):
    """What a page answered."""

    status: int
    body: bytes


class Stranger:
    """Runs programs as the user ``luotu-trial`` in its own empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            # How this machine reaches the package registries.
            **{name: os.environ[name] for name in _NETWORK if name in os.environ},
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PATH": f"{folder}/venv/bin:/usr/bin:/bin",
            "UV_CACHE_DIR": str(folder / ".uv-cache"),
        }

    def start(
        self, *command: str | Path, extra: Mapping[str, str] | None = None, log: Path | None = None
    ) -> subprocess.Popen[str]:
        """Start a program; what it says goes into a pipe, or into ``log``."""
        out = subprocess.PIPE if log is None else log.open("a")
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=self.folder,
            env={**self.environment, **(extra or {})},
            user=NAME,
            group=NAME,
            extra_groups=[],
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(
        self, *command: str | Path, extra: Mapping[str, str] | None = None, status: int = 0
    ) -> str:
        """Run a program to its end; answers what it said, and wants this exit status."""
        process = self.start(*command, extra=extra)
        said, _ = process.communicate(timeout=1800)
        if process.returncode != status:
            shown = " ".join(map(str, command))
            raise AssertionError(f"{shown} ended with {process.returncode}, not {status}:\n{said}")
        if "Traceback" in said:
            raise AssertionError(f"a traceback instead of words:\n{said}")
        return said

    @contextmanager
    def serving(self, *options: str, extra: Mapping[str, str] | None = None) -> Iterator["Service"]:
        """``luotu run``, ready; ended by SIGTERM."""
        port = free_port()
        log = self.folder / "run.log"
        log.unlink(missing_ok=True)
        process = self.start("luotu", "run", "--port", str(port), *options, extra=extra, log=log)
        service = Service(port, process, log)
        try:
            service.wait_until_ready()
            yield service
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
        if process.returncode != 0:
            raise AssertionError(f"luotu run ended with {process.returncode}:\n{log.read_text()}")


class Service(NamedTuple):
    """A service that a stranger runs."""

    port: int
    process: subprocess.Popen[str]
    log: Path

    def get(self, path: str, token: str | None = None) -> Answer:
        """Ask for a page of it."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return Answer(answer.status, answer.read())

    def json(self, path: str, token: str) -> Any:
        """Ask for JSON."""
        return json.loads(self.get(path, token).body)

    def wait_until_ready(self) -> None:
        """Wait until it answers that it is ready."""
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"luotu run ended:\n{self.log.read_text()}")
            try:
                if self.get("/readyz").status == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(f"not ready after {READY_S:.0f} s:\n{self.log.read_text()}")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def stranger() -> Iterator[Stranger]:
    """An ordinary user with an empty folder; both are gone afterwards."""
    if os.geteuid() != 0:
        raise SystemExit("this trial makes a user of the system: run it as root")
    folder = Path(mkdtemp(prefix="luotu-trial-", dir="/var/tmp"))
    subprocess.run(
        ["useradd", "--system", "--home-dir", folder, "--shell", "/usr/sbin/nologin", NAME],
        check=True,
    )
    try:
        shutil.chown(folder, NAME, NAME)
        yield Stranger(folder)
    finally:
        subprocess.run(["userdel", NAME], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)
