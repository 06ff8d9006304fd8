"""`Cache-Control` and `Vary` of every answer, set by its route or by default."""

from collections.abc import Iterable

Headers = Iterable[tuple[bytes, bytes]]

# Answers with people, ground or secrets must not be stored on a disk or in a proxy; routes that
# know better, such as those with an ETag, set their own.
DEFAULT = b"private, no-store"
# What a cached answer depends on.
SIGNED_IN_BY = b"Authorization, Cookie"
# Static files, the same for everybody, revalidated by their ETag.
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
