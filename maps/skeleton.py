"""What folium renders of a page: a bare map that is handed over to our script."""

import folium
from branca.element import MacroElement
from jinja2 import Template


class _BareMap(folium.Map):
    """folium's map without its CDN files; an own class, so that no other map changes."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 (folium asks for a list)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Drawing(MacroElement):
    """Hands folium's map over to our script."""

    _template = Template(
        "{% macro script(this, kwargs) %}luotu.start({{ this._parent.get_name() }});{% endmacro %}"
    )


def skeleton(bounds: tuple[float, float, float, float], zoom: int) -> str:
    """The page without data, styles and scripts; it begins at the middle of ``bounds``.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees.
    zoom
        The deepest zoom.
    """
    west, south, east, north = bounds
    drawn = _BareMap(
        location=((south + north) / 2, (west + east) / 2),
        tiles=None,
        zoom_snap=0.5,
        attribution_control=False,
        # folium's own max_zoom goes to tiles, and there are none.
        maxZoom=zoom,
    )
    drawn.add_child(_Drawing())  # type: ignore[no-untyped-call]
    return str(drawn.get_root().render())
