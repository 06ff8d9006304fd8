"""What `luotu db` does not do to a server that is somebody else's."""

import pytest

from service.cli.database import down, up
from service.errors import Problem


@pytest.mark.parametrize("command", [up, down])
def test_a_server_of_ones_own_is_neither_started_nor_stopped(
    monkeypatch: pytest.MonkeyPatch, command: object
) -> None:
    monkeypatch.setenv("LUOTU_DATABASE_URL", "postgresql://somebody@127.0.0.1:1/none")
    with pytest.raises(Problem, match="LUOTU_DATABASE_URL") as refused:
        command()  # type: ignore[operator]
    assert (refused.value.status, refused.value.code) == (409, "not_embedded")
