"""Headings of tables that have places: positions, and what parts the corners of plots."""

from __future__ import annotations

from typing import Final

__all__ = ["EAST", "KEYS", "NORTH", "ORDERS", "RINGS", "SHAPES"]

EAST: Final = frozenset(
    [
        *("经度", "lon", "lng", "long", "longitude", "东经", "x(经度)"),
        *("x", "x坐标", "横坐标", "东坐标", "东", "east", "easting", "point_x"),
        *("y(东)", "y(东坐标)", "横坐标y", "y横坐标"),
    ]
)
NORTH: Final = frozenset(
    [
        *("纬度", "lat", "latitude", "北纬", "y(纬度)"),
        *("y", "y坐标", "纵坐标", "北坐标", "北", "north", "northing", "point_y"),
        *("x(北)", "x(北坐标)", "纵坐标x", "x纵坐标"),
    ]
)
KEYS: Final = (
    *("图斑号", "图斑编号", "plot_no", "tbbh", "地块号", "地块编号", "小班号"),
    *("责任区编号", "网格号", "区划代码", "编号", "代码", "code", "id"),
    *("图斑名称", "地块名称", "名称", "name", "地块", "图斑", "小班", "宗地号", "宗地编号", "宗地"),
)
"""What names the plots whose corners stand a row each; the first that parts them is used."""
RINGS: Final = ("圈号", "环号", "ring")
ORDERS: Final = (
    *("点号", "界址点号", "界址点", "序号", "点序", "顺序", "拐点", "拐点号"),
    *("no", "seq", "point"),
)
SHAPES: Final = frozenset(
    [
        *("wkt", "wkt_geom", "wkb", "ewkb", "ewkt", "geom", "geometry", "the_geom", "wkb_geometry"),
        *("geojson", "shape", "几何", "图形", "空间数据"),
    ]
)
"""What heads a column of shapes."""
