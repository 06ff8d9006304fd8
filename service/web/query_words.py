"""Words of a query are taken in any case: ``level=COUNTY``, ``encoding=gbk``."""

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias, get_args, get_origin
from urllib.parse import parse_qsl, urlencode

from fastapi import params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params

Spellings: TypeAlias = Mapping[str, Mapping[str, str]]


def spellings(dependant: Dependant) -> Spellings:
    """For each query parameter that takes a few words only, these by their lower case."""
    found = {
        one.alias: {word.lower(): word for word in _words(one.field_info.annotation)}
        for one in get_flat_params(dependant)
        if isinstance(one.field_info, params.Query)
    }
    return {name: words for name, words in found.items() if words}


def _words(annotation: object) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (word for word in get_args(annotation) if isinstance(word, str))
        return
    for one in get_args(annotation):
        yield from _words(one)


def in_known_spelling(query: bytes, known: Spellings) -> bytes:
    """A query string with its words as the routes spell them; what is none of them stays.

    Examples
    --------
    >>> in_known_spelling(b"level=COUNTY&name=A", {"level": {"county": "county"}})
    b'level=county&name=A'
    >>> in_known_spelling(b"level=Shire", {"level": {"county": "county"}})
    b'level=Shire'
    """
    if not query or not known:
        return query
    before = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    after = [(name, known.get(name, {}).get(value.lower(), value)) for name, value in before]
    return query if after == before else urlencode(after).encode("latin-1")
