"""One self-contained page: folium's map, our drawing, the data, and a policy that allows no more.

folium renders the skeleton only (``skeleton.py``). Whatever a user typed is put in after that, as
escaped JSON, so that it meets neither Jinja2 nor the HTML parser (guard rails 9 and 10).
"""

from base64 import b64encode
from hashlib import sha256
from html import escape
from html.parser import HTMLParser
from typing import Final, NamedTuple

from maps import assets
from maps.html import Json, json_block, plain

DATA_ID: Final = "luotu-data"
_HERE: Final = "<!--luotu-data-->"
_POLICY_BEGINS: Final = '<meta http-equiv="Content-Security-Policy" content="'
_CHARSET: Final = '<meta charset="utf-8">'


class Page(NamedTuple):
    """A page and the policy that it carries in itself; send it as a header too.

    Parameters
    ----------
    html
        The whole page; it asks for nothing else, from nowhere.
    csp
        Value for a ``Content-Security-Policy`` header, equal to the page's own.
    """

    html: str
    csp: str

    def _repr_html_(self) -> str:
        """The page in a notebook, in a frame of its own."""
        return (
            f'<iframe srcdoc="{escape(self.html, quote=True)}" '
            'sandbox="allow-scripts allow-modals" width="100%" height="640"></iframe>'
        )


def assemble(
    data: Json, *, title: str, bounds: tuple[float, float, float, float], zoom: int
) -> Page:
    """Put a page together.

    Parameters
    ----------
    data
        What ``maps/pages`` draws: ``PageData`` of ``maps/pages/src/data.ts``.
    title
        For the browser's tab; any text.
    bounds
        West, south, east, north in degrees: what is seen first.
    zoom
        The deepest zoom.
    """
    # folium brings what reads the internet: whoever draws no map starts without it.
    from maps.skeleton import skeleton  # noqa: PLC0415

    html = skeleton(bounds, zoom)
    styles = "".join(f"<style>{style}</style>" for style in assets.styles())
    scripts = "".join(f"<script>{script}</script>" for script in assets.scripts())
    head = f"<title>{plain(title)}</title>{styles}{scripts}"
    html = html.replace("<body>", "<body>" + assets.body(), 1)
    html = html.replace("</head>", head + "</head>", 1)
    csp = _policy(html)
    meta = f'{_POLICY_BEGINS}{csp}">'
    html = html.replace("<head>", f"<head>{_CHARSET}{meta}", 1)
    # Last, so that no search above can meet a user's text.
    return Page(html.replace(_HERE, json_block(data, element_id=DATA_ID), 1), csp)


def policy_of(html: str) -> str:
    """The policy that a page of ours carries in itself; empty for any other page.

    >>> policy_of("<html></html>")
    ''
    """
    return html.partition(_POLICY_BEGINS)[2].partition('"')[0]


class _Inline(HTMLParser):
    """Collects the text of inline scripts and styles, as a browser hashes it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: dict[str, list[str]] = {"script": [], "style": []}
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A script of a type is data, not run, and not hashed."""
        if tag in self.found and not attrs:
            self._open = tag
            self.found[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        """Whatever follows is no script any more."""
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        """May come in several pieces."""
        if self._open:
            self.found[self._open][-1] += data


def _policy(html: str) -> str:
    inline = _Inline()
    inline.feed(html)
    inline.close()
    scripts, styles = (_hashes(inline.found[tag]) for tag in ("script", "style"))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hashes(texts: list[str]) -> str:
    digests = [b64encode(sha256(text.encode("utf-8")).digest()).decode() for text in texts]
    return " ".join(f"'sha256-{digest}'" for digest in digests)
