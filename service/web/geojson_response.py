"""Answers that are GeoJSON, so that the OpenAPI document says so."""

from typing import Any

from fastapi.responses import JSONResponse


class GeoJson(JSONResponse):
    """A Feature or a FeatureCollection; text counts as serialised JSON."""

    media_type = "application/geo+json"

    def render(self, content: Any) -> bytes:
        """Bytes of the answer."""
        return content.encode() if isinstance(content, str) else super().render(content)
