"""Rules of acceptance out of a table."""

from pathlib import Path

import pytest

from data.errors import FileRefused
from data.plots.acceptance_rules import is_acceptance_table, read_acceptance_rules

HEAD = (
    "code,label_zh,label_en,place,survival_from,redo_up_to,preservation_from,area_tolerance,"
    "source\n"
)


def test_a_rule_that_replants_less_than_it_makes_anew_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.write_text(HEAD + "DRY,干旱区,dry,65,0.4,0.7,0.65,0.01,本地", "utf-8")
    assert is_acceptance_table(path)
    with pytest.raises(FileRefused, match="redo_up_to") as refused:
        read_acceptance_rules(path)
    assert refused.value.code == "bad_rule"
