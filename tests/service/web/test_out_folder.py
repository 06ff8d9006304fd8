"""The folder of what the service writes."""

from pathlib import Path

import pytest

from service.errors import Problem
from service.web.atomic_write import require_folder


def test_a_file_in_the_place_of_the_folder_is_told_with_the_setting_that_names_another(
    tmp_path: Path,
) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(Problem, match="LUOTU_OUT") as refused:
        require_folder(tmp_path / "out")
    assert (refused.value.status, refused.value.code) == (409, "out_unwritable")
