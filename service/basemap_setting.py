"""The setting ``LUOTU_BASEMAPS``: base maps as an administrator names them."""

from collections.abc import Iterable
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from gis.messages import Message


class Basemap(BaseModel):
    """One base map as the setting names it.

    ``url`` of ``xyz`` has {z}, {x}, {y} in it; that of ``wms`` and ``wmts`` is the service's.
    ``layer`` of Tianditu is ``img``, ``vec``, ``ter``, ``cia`` … with ``_w`` or ``_c``.

    ``grid``, ``matrix_set``, ``matrix_ids``, ``first_matrix`` and ``format`` are of ``wmts``: Web
    Mercator with matrices 0, 1, 2 … named ``GoogleMapsCompatible`` unless said otherwise; in
    degrees (EPSG 4490) named ``c``, where ``first_matrix`` is two tiles wide (1 as Tianditu counts,
    0 as GeoServer does). ``matrix_ids`` has {z} in it: ``EPSG:4490:{z}``. Degrees are CGCS2000's:
    a GCJ-02 map in degrees is refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Annotated[str, Field(min_length=1, max_length=60)]
    kind: Literal["tianditu", "wmts", "wms", "xyz", "local"]
    url: Annotated[str, Field(pattern="^(https?://|/)", max_length=500)] | None = None
    layer: Annotated[str, Field(max_length=200)] | None = None
    key: Annotated[str, Field(max_length=200)] | None = None
    datum: Literal["cgcs2000", "gcj02"] = "cgcs2000"
    grid: Literal["mercator", "degrees"] = "mercator"
    matrix_set: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    matrix_ids: Annotated[str, Field(pattern=r"\{z\}", max_length=100)] = "{z}"
    first_matrix: Annotated[int, Field(ge=0, le=1)] = 1
    format: Annotated[str, Field(min_length=1, max_length=100)] = "image/png"
    attribution: Annotated[str, Field(max_length=200)] | None = None
    min_zoom: Annotated[int, Field(ge=0, le=24)] = 0
    max_zoom: Annotated[int, Field(ge=0, le=24)] = 18

    @model_validator(mode="after")
    def _degrees_are_wmts(self) -> Self:
        if self.grid == "degrees" and (self.kind != "wmts" or self.datum == "gcj02"):
            raise ValueError(
                Message(
                    "grid degrees 只用于 wmts，且不能是 gcj02",
                    "grid degrees is for wmts only, and not with gcj02: leave grid or datum out",
                )
            )
        return self


BASEMAPS: Final = TypeAdapter(list[Basemap])
# The eight hosts t0 … t7 that hand out its tiles.
TIANDITU: Final = "https://*.tianditu.gov.cn"


def hosts(basemaps: Iterable[Basemap]) -> list[str]:
    """Where a browser may fetch pictures from, beside here; each host once, in their order."""
    hosts = []
    for basemap in basemaps:
        if basemap.kind == "tianditu":
            hosts.append(TIANDITU)
        elif basemap.url is not None and basemap.url.startswith("http"):
            parts = urlsplit(basemap.url)
            hosts.append(f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}")
    return list(dict.fromkeys(hosts))
