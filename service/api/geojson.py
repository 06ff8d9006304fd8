"""Answers that are GeoJSON, so that the OpenAPI document says so."""

from fastapi import Response


class GeoJson(Response):
    """A Feature or a FeatureCollection, as text that is made already."""

    media_type = "application/geo+json"
