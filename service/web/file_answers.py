"""What the OpenAPI document says of an answer that is a file."""

from collections.abc import Iterable
from typing import Any, Final

from service.web.geojson_response import GeoJson

_BINARY: Final[dict[str, Any]] = {"type": "string", "format": "binary"}
_FEATURE_COLLECTION: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"type": "object"}},
    },
}


def file_answers(media_types: Iterable[str]) -> dict[int | str, dict[str, Any]]:
    """Describe a route's answer 200 that is one of several kinds of file.

    Args:
        media_types: Of the files. GeoJSON is told as a FeatureCollection, since readers of the
            document parse it; every other one as bytes.

    >>> list(file_answers(["text/csv"])[200]["content"])
    ['text/csv']
    """
    schemas = {
        kind: _FEATURE_COLLECTION if kind == GeoJson.media_type else _BINARY for kind in media_types
    }
    return {200: {"content": {kind: {"schema": schema} for kind, schema in schemas.items()}}}
