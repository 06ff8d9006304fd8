"""Base maps: what the setting names, and what lies in ``LUOTU_HOME/basemaps``."""

from urllib.parse import urlsplit

from data.tilesets import Tileset, tileset, tilesets
from service.settings import Settings
from service.tiles.api.basemap_schemas import BASEMAPS, Basemap

# The eight hosts t0 … t7 that hand out its tiles.
TIANDITU = "https://*.tianditu.gov.cn"


def configured(settings: Settings) -> list[Basemap]:
    """The base maps of the setting, in its order."""
    return BASEMAPS.validate_json(settings.basemaps)


def local(settings: Settings) -> list[Basemap]:
    """The tilesets of the folder, under their file names."""
    return [_of(one) for one in tilesets(settings.home / "basemaps")]


def _of(one: Tileset) -> Basemap:
    return Basemap(
        label=one.file.stem,
        kind="local",
        url=f"/api/basemaps/{one.file.name}/{{z}}/{{y}}/{{x}}",
        min_zoom=one.min_zoom,
        max_zoom=one.max_zoom,
    )


def local_tileset(settings: Settings, name: str) -> Tileset | None:
    """A tileset of the folder by its file name; None when there is none of that name."""
    folder = settings.home / "basemaps"
    among = {one.name: one for one in folder.iterdir()} if folder.is_dir() else {}
    return tileset(among[name]) if name in among and among[name].is_file() else None


def hosts(settings: Settings) -> list[str]:
    """Where a browser may fetch pictures from, beside here."""
    found = []
    for one in configured(settings):
        if one.kind == "tianditu":
            found.append(TIANDITU)
        elif one.url is not None and one.url.startswith("http"):
            parts = urlsplit(one.url)
            found.append(f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}")
    return list(dict.fromkeys(found))
