"""Who may keep an answer: said of every answer, by its route or by default."""

from collections.abc import Iterable

Headers = Iterable[tuple[bytes, bytes]]

# What names people, ground or secrets is not to lie on a disk or in a proxy; a route that has
# something better to say, as those with an ETag, says it.
DEFAULT = b"private, no-store"
# What an answer depends on, for whoever keeps it.
SIGNED_IN_BY = b"Authorization, Cookie"
# Files of ours that are the same for everybody, asked for again by their ETag.
OURS = "public, no-cache"


def caching(headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers that an answer lacks: `Cache-Control`, and `Vary` where a browser may keep it.

    >>> caching([])
    [(b'cache-control', b'private, no-store')]
    >>> caching([(b"cache-control", b"private, no-cache")])
    [(b'vary', b'Authorization, Cookie')]
    >>> caching([(b"cache-control", b"public, max-age=31536000, immutable")])
    []
    """
    given: dict[bytes, bytes] = {}
    for name, value in headers:
        given[name.lower()] = given.get(name.lower(), b"") + b"," + value.lower()
    control = given.get(b"cache-control")
    if control is None:
        return [(b"cache-control", DEFAULT)]
    varies = b"authorization" in given.get(b"vary", b"")
    if b"private" not in control or b"no-store" in control or varies:
        return []
    return [(b"vary", SIGNED_IN_BY)]
