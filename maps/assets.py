"""Where the browser parts come from: npm's packages and our own bundle, never a CDN."""

from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Final

from gis.messages import Message
from maps.errors import MapError

_ROOM: Final = Path(__file__).parent


def package_folder(room: Path, package: str) -> Path:
    """Where the files of a package of npm are that pages of ``room`` show.

    A wheel holds copies of them in ``parts/`` (``hatch_build.py``), a checkout has npm's folder.
    The folder may be missing, where nothing was fetched.

    >>> package_folder(Path("nowhere"), "leaflet").as_posix()
    'nowhere/node_modules/leaflet'
    """
    bundled = room / "parts" / package
    return bundled if bundled.is_dir() else room / "node_modules" / package


_LEAFLET: Final = package_folder(_ROOM, "leaflet") / "dist"
_FULL_SCREEN: Final = package_folder(_ROOM, "leaflet.fullscreen") / "dist"
# What `npm run build:pages` makes of maps/pages/src.
_BUILT: Final = _ROOM / "pages" / "dist"


def _part(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as missing:
        raise MapError(
            "parts_missing",
            Message(
                f"缺少地图组件 {path.name}，请先运行 make setup。",
                f"The map part {path.name} is missing: run make setup, which fetches and builds "
                "it.",
            ),
        ) from missing


def _text(path: Path) -> str:
    # The HTML parser turns CR LF into LF before the browser hashes a style: so must we.
    return _part(path).decode("utf-8").replace("\r\n", "\n")


def _with_pictures(style: str, folder: Path, names: tuple[str, ...]) -> str:
    """A style sheet whose pictures are inside it."""
    for name in names:
        picture = b64encode(_part(folder / name)).decode("ascii")
        style = style.replace(f"url({name})", f"url(data:image/png;base64,{picture})")
    return style


@cache
def scripts() -> tuple[str, ...]:
    """Leaflet, its full-screen button and our own drawing, in this order.

    Raises
    ------
    MapError
        ``parts_missing``: npm's folder was not filled, or the bundle not built.
    """
    leaflet = _text(_LEAFLET / "leaflet.js")
    full_screen = _text(_FULL_SCREEN / "Control.FullScreen.umd.js")
    return _without_source_map(leaflet), full_screen, _text(_BUILT / "pages.js")


@cache
def styles() -> tuple[str, ...]:
    """The style sheets that belong to :func:`scripts`, pictures inlined."""
    leaflet = _with_pictures(
        _text(_LEAFLET / "leaflet.css"),
        _LEAFLET,
        ("images/layers.png", "images/layers-2x.png", "images/marker-icon.png"),
    )
    full_screen = _text(_FULL_SCREEN / "Control.FullScreen.css")
    return leaflet, full_screen, _text(_BUILT / "pages.css")


@cache
def body() -> str:
    """The frame of the page around the map: empty boxes that our script fills."""
    return _text(_ROOM / "pages" / "body.html")


def _without_source_map(script: str) -> str:
    # The browser's tools would ask for a file that is not there.
    return script.partition("//# sourceMappingURL=")[0]
