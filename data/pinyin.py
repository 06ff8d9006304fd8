"""Pinyin of names: whether what somebody typed in Latin letters reads as some Chinese words."""

import re
import unicodedata
from functools import cache, lru_cache

__all__ = ["letters_of", "readings", "reads_as", "typed_letters"]

_MOST_WAYS = 4
_MOST_LETTERS = 40
_LATIN = re.compile(r"[a-z]{2,40}")


@lru_cache(maxsize=20_000)
def readings(character: str) -> tuple[str, ...]:
    """The readings of a character without tones, the commonest first; of others, itself.

    Examples
    --------
    >>> readings("重"), readings("A")
    (('zhong', 'chong', 'tong'), ('a',))
    """
    known = _dictionary().get(ord(character[0]))
    if known is None:
        return (character.lower(),)
    plain = []
    for reading in known.split(","):
        letters = unicodedata.normalize("NFD", reading)
        # 女 is typed as nv where there is no ü.
        for umlaut in ("v", "u") if "\u0308" in letters else ("u",):
            typed = letters.replace("u\u0308", umlaut)
            plain.append("".join(one for one in typed if "a" <= one <= "z"))
    return tuple(dict.fromkeys(one for one in plain if one)) or (character,)


def reads_as(text: str, typed: str) -> bool:
    """Whether a part of a text reads as the letters: whole syllables, first letters, or a mixture.

    The last syllable may be unfinished. Letters are small and without spaces.

    Examples
    --------
    >>> [reads_as("农安县", typed) for typed in ("nongan", "nax", "nonga", "anxi", "gan")]
    [True, True, True, True, False]
    """
    typed = typed[:_MOST_LETTERS]
    if not typed:
        return text != ""
    spoken, firsts = _spoken(text)
    # Most characters begin with another letter, and a tree of towns has thousands of names.
    return any(
        typed[0] in letters and _begins_at(spoken, at, typed) for at, letters in enumerate(firsts)
    )


@lru_cache(maxsize=20_000)
def _spoken(text: str) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The readings of each character, and the first letters of each."""
    spoken = tuple(map(readings, text))
    return spoken, tuple("".join(one[0] for one in ways) for ways in spoken)


def _begins_at(spoken: tuple[tuple[str, ...], ...], at: int, typed: str) -> bool:
    """Whether the letters are read from a character on."""
    reached = {0}
    for ways in spoken[at:]:
        further = set()
        for reading in ways:
            for offset in reached:
                if reading.startswith(typed[offset:]):
                    return True
                for part in (reading, *_initials(reading)):
                    if typed.startswith(part, offset):
                        further.add(offset + len(part))
        reached = further
        if not reached or len(typed) in reached:
            break
    return len(typed) in reached


def _initials(reading: str) -> tuple[str, ...]:
    return (reading[0], reading[:2]) if reading[:2] in ("zh", "ch", "sh") else (reading[0],)


def typed_letters(words: str) -> str | None:
    """What was typed as pinyin, small and without spaces and apostrophes; None for other words.

    Examples
    --------
    >>> typed_letters("Xi'an shi"), typed_letters("G1"), typed_letters("农安")
    ('xianshi', None, None)
    """
    typed = "".join(words.lower().replace("'", "").split())
    return typed if _LATIN.fullmatch(typed) else None


def letters_of(typed: str) -> list[str]:
    """The first letters that typed letters may stand for: as they are, and as syllables.

    Examples
    --------
    >>> letters_of("sanjia")
    ['sanjia', 'sj', 'sja']
    """
    typed = typed[:_MOST_LETTERS]
    # From each place on: the first letters of the syllables that the rest may be read as.
    ways: dict[int, list[str]] = {len(typed): [""]}
    for at in range(len(typed) - 1, -1, -1):
        ways[at] = [
            typed[at] + rest
            for end in range(min(at + 6, len(typed)), at, -1)
            if typed[at:end] in _known() or (end == len(typed) and typed[at:] in _beginnings())
            for rest in ways[end]
        ][:_MOST_WAYS]
    return list(dict.fromkeys([typed, *ways[0]]))


@cache
def _dictionary() -> dict[int, str]:
    # Half a second and forty megabytes, which only searches in Latin letters need.
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415

    return dict(pinyin_dict)


@cache
def _known() -> frozenset[str]:
    """All syllables of the common characters."""
    common = range(0x4E00, 0x9FA6)
    return frozenset(one for code in common for one in readings(chr(code)) if len(one) > 1) | {"a"}


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(one[:end] for one in _known() for end in range(1, len(one)))
