"""Every metric that the dashboard and the alerts name is one that `/metrics` shows."""

import json
import re
from pathlib import Path
from typing import Final

from tests.service.conftest import SignIn
from tests.waiting import until

FOLDER: Final = Path(__file__).parents[3] / "deploy" / "monitoring"
# Functions, labels and words of PromQL; `up` is Prometheus' own.
_NAME: Final = re.compile(r"\b((?:luotu|http|process)_[a-z_]+)\b(?!\s*=)")
# Only a service that has a folder of backups tells when the newest was made.
_BY_SETTING: Final = {"luotu_backup_newest_timestamp_seconds"}


def _named(expressions: list[str]) -> set[str]:
    return {name for one in expressions for name in _NAME.findall(one)}


def dashboard() -> list[str]:
    panels = json.loads((FOLDER / "grafana-luotu.json").read_text("utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def alerts() -> list[str]:
    text = (FOLDER / "alerts.yml").read_text("utf-8")
    return re.findall(r"^ +expr: (.+)$", text, re.MULTILINE)


def test_each_metric_that_is_named_is_one_that_is_shown(sign_in: SignIn) -> None:
    client = sign_in("admin")
    client.get("/api/me")
    until(lambda: "luotu_database_up 1.0" in client.get("/metrics").text)
    shown = set(re.findall(r"^([a-z_]+)(?:\{| )", client.get("/metrics").text, re.MULTILINE))
    named = _named([*dashboard(), *alerts()])
    assert len(named) > 15
    assert sorted(named - shown) == sorted(_BY_SETTING)


def test_jobs_disks_and_pools_are_told_with_their_labels(sign_in: SignIn) -> None:
    client = sign_in("admin")
    until(lambda: 'luotu_jobs{state="queued"}' in client.get("/metrics").text)
    text = client.get("/metrics").text
    for sample in (
        'luotu_disk_free_bytes{folder="home"}',
        'luotu_pool_size{pool="requests"}',
        'luotu_jobs{state="running"} 0.0',
    ):
        assert sample in text
    size = re.search(r"^luotu_database_size_bytes (\S+)$", text, re.MULTILINE)
    assert size is not None
    assert float(size[1]) > 1e6
