"""Base maps as an administrator names them."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Basemap(BaseModel):
    """One base map as the setting names it.

    ``url`` of ``xyz`` has {z}, {x}, {y} in it; that of ``wms`` and ``wmts`` is the service's.
    ``layer`` of Tianditu is ``img``, ``vec``, ``ter``, ``cia`` … with ``_w`` or ``_c``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Annotated[str, Field(min_length=1, max_length=60)]
    kind: Literal["tianditu", "wmts", "wms", "xyz", "local"]
    url: Annotated[str, Field(pattern="^(https?://|/)", max_length=500)] | None = None
    layer: Annotated[str, Field(max_length=200)] | None = None
    key: Annotated[str, Field(max_length=200)] | None = None
    datum: Literal["cgcs2000", "gcj02"] = "cgcs2000"
    attribution: Annotated[str, Field(max_length=200)] | None = None
    min_zoom: Annotated[int, Field(ge=0, le=24)] = 0
    max_zoom: Annotated[int, Field(ge=0, le=24)] = 18


BASEMAPS: Final = TypeAdapter(list[Basemap])
