"""The invented farmland lies in its county, off the plots, and says that it is invented."""

import geopandas
import pytest

from data.demo.demo import demo_plots, generated_county
from data.demo.farmland import demo_farmland
from data.layers.layers import layer_table


@pytest.fixture(scope="module")
def county() -> geopandas.GeoDataFrame:
    return generated_county()


@pytest.fixture(scope="module")
def plots(county: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    return demo_plots(county, count=200)


def test_no_plot_of_the_demo_lies_on_it(
    county: geopandas.GeoDataFrame, plots: geopandas.GeoDataFrame
) -> None:
    fields = demo_farmland(county, plots)
    assert len(fields) > 0
    assert not fields.union_all().intersects(plots.union_all())


def test_it_is_a_layer_without_faults(
    county: geopandas.GeoDataFrame, plots: geopandas.GeoDataFrame
) -> None:
    assert layer_table(demo_farmland(county, plots)).problems == []


def test_the_same_seed_gives_the_same_fields(
    county: geopandas.GeoDataFrame, plots: geopandas.GeoDataFrame
) -> None:
    first, second = demo_farmland(county, plots), demo_farmland(county, plots)
    assert layer_table(first).hash() == layer_table(second).hash()
