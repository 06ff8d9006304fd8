"""`/tiles/layers/CODE`: ground of a layer, for every account."""

from collections.abc import Callable
from typing import Any

import pytest

from service.tiles.tiles import GridName
from tests.service.conftest import EAST, SignIn
from tests.service.layers.conftest import farmland, gis, square  # noqa: F401 - fixtures
from tests.service.mvt import layers
from tests.service.tiles.test_tiles import BOTH, address

Farmland = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("grid", BOTH)
def test_a_feature_bears_its_name_class_and_role(
    farmland: Farmland,  # noqa: F811
    sign_in: SignIn,
    grid: GridName,
) -> None:
    farmland(square(125.05, 43.05, name="一号", DLBM="0101"))
    answer = sign_in("viewer", EAST).get(
        address(14, grid=grid, layer="layers/JBNT", at=(125.051, 43.051))
    )
    (row,) = layers(answer.content)["layer"].to_dict("records")
    assert (row["name"], row["class"], row["role"]) == ("一号", "0101", "block")


def test_where_nothing_is_there_is_no_content(farmland: Farmland, sign_in: SignIn) -> None:  # noqa: F811
    farmland(square(125.05, 43.05))
    far = sign_in("viewer").get(address(14, layer="layers/JBNT", at=(126.0, 43.0)))
    assert far.status_code == 204


def test_a_tile_that_the_client_has_is_not_sent_again(
    farmland: Farmland,  # noqa: F811
    sign_in: SignIn,
) -> None:
    farmland(square(125.05, 43.05))
    viewer = sign_in("viewer")
    where = address(14, layer="layers/JBNT", at=(125.051, 43.051))
    tag = viewer.get(where).headers["ETag"]
    assert viewer.get(where, headers={"If-None-Match": tag}).status_code == 304


def test_a_layer_that_is_not_there_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("viewer").get(address(14, layer="layers/XX")).status_code == 404
