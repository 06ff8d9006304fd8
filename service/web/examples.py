"""Example bodies of the OpenAPI document; each is a valid request (test_examples.py)."""

from typing import Any, Final

Body = dict[str, Any]

_SQUARE: Final = [
    [125.050, 43.050],
    [125.052, 43.050],
    [125.052, 43.052],
    [125.050, 43.052],
    [125.050, 43.050],
]

PLOT: Final[Body] = {
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": [_SQUARE]},
    "properties": {
        "stage": "planted",
        "kind": "RGZL",
        "year": 2026,
        "name": "东坡造林地",
        "species": [{"code": "落叶松", "share": 0.7}, {"code": "红松", "share": 0.3}],
        "planted_on": "2026-04-18",
    },
}

ZONE: Final[Body] = {
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": [_SQUARE]},
    "properties": {
        "code": "220102001",
        "name": "东坡责任区",
        "level": "town",
        "chief": "张三",
        "chief_title": "镇级林长",
        "valid_from": "2026-01-01",
    },
}

PATROL: Final[Body] = {
    "type": "Feature",
    "geometry": {
        "type": "LineString",
        "coordinates": [[125.0505, 43.051], [125.0510, 43.051], [125.0515, 43.051]],
    },
    "properties": {
        "ranger": "李四",
        "times": [
            "2026-07-06T08:00:00+08:00",
            "2026-07-06T08:00:40+08:00",
            "2026-07-06T08:01:20+08:00",
        ],
    },
}

FINDING: Final[Body] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [125.051, 43.051]},
    "properties": {"kind": "野外用火", "deadline": "2026-12-31", "note": "林缘堆放秸秆"},
}


def shown(body: Body) -> dict[str, Any]:
    """The example, as a model adds it to its schema."""
    return {"examples": [body]}
