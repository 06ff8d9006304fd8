"""Base maps that lie in ``LUOTU_HOME/basemaps``, beside those that the setting names."""

from data.tilesets import Tileset, tileset, tilesets
from service.basemap_setting import Basemap
from service.settings import Settings


def local(settings: Settings) -> list[Basemap]:
    """The tilesets of the folder, under their file names."""
    return [_of(tileset) for tileset in tilesets(settings.home / "basemaps")]


def _of(tileset: Tileset) -> Basemap:
    return Basemap(
        label=tileset.file.stem,
        kind="local",
        url=f"/api/basemaps/{tileset.file.name}/{{z}}/{{y}}/{{x}}",
        min_zoom=tileset.min_zoom,
        max_zoom=tileset.max_zoom,
    )


def local_tileset(settings: Settings, name: str) -> Tileset | None:
    """A tileset of the folder by its file name; None when there is none of that name."""
    folder = settings.home / "basemaps"
    among = {file.name: file for file in folder.iterdir()} if folder.is_dir() else {}
    return tileset(among[name]) if name in among and among[name].is_file() else None
