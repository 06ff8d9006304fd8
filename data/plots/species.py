"""Species of a plot and their shares, as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from data.codes import code_list
from gis.messages import InvalidValueError, Message

TOLERANCE: Final = 0.001
_PER_CENT: Final = re.compile(r"([%％])(?=[^\W\d_])")
"""The end of a share with the next species right behind it: 落叶松60%红松40%."""
_PLUS: Final = re.compile(r"[+＋,，、;；]+")
# Matched against the reversed text: from its end a share has one reading, so the time is linear.
# From the start each blank or digit could belong to the name or to the share.
_SHARE_REVERSED: Final = re.compile(r"(?P<unit>[%％成])\s*+(?P<share>(?:\d++\.)?+\d++)")
_TENTHS: Final = re.compile(r"(?<!\d)(\d++)([^\d+]+)")


def species_mix(written: Sequence[object] | str) -> list[dict[str, object]]:
    """Codes and shares of the species of a plot.

    Parameters
    ----------
    written
        Objects with ``code`` and ``share``; or a text: ``红松60%+杉木40%``, ``6红松4杉木``
        (tenths), or the name of the only species.

    Returns
    -------
    list of dict
        ``code`` of the code list species, ``share`` from 0 to 1; shares sum to 1 (±0.001).

    Raises
    ------
    ValueError
        Shares are missing or do not sum to 1: they are never guessed.
    data.codes.UnknownCodeError
        A species is not in the list; near ones are named.

    Examples
    --------
    >>> species_mix("红松60%+长白落叶松40%")
    [{'code': 'PINKOR', 'share': 0.6}, {'code': 'LAROLG', 'share': 0.4}]
    >>> species_mix("6红松4长白落叶松") == species_mix("红松6成、长白落叶松4成")
    True
    >>> species_mix("红松60%长白落叶松40%") == species_mix("红松60%+长白落叶松40%")
    True
    >>> species_mix("红松")
    [{'code': 'PINKOR', 'share': 1.0}]
    """
    pairs = _of_text(written) if isinstance(written, str) else [_pair(item) for item in written]
    if abs(sum(share for _, share in pairs) - 1) > TOLERANCE:
        total = sum(share for _, share in pairs)
        raise InvalidValueError(
            Message(
                f"树种比例之和是 {total:.3g}，应为 1。",
                f"Shares of species sum to {total:.3g}, not to 1.",
            )
        )
    known = code_list("species")
    return [{"code": known.find(name).code, "share": share} for name, share in pairs]


def _of_text(written: str) -> list[tuple[str, float]]:
    plain = written.strip()
    tenths = _TENTHS.findall(plain)
    if tenths and "".join(number + name for number, name in tenths) == plain.replace("+", ""):
        return [(name.strip(), float(number) / 10) for number, name in tenths]
    names = [part.strip() for part in _PLUS.split(_PER_CENT.sub(r"\1+", plain)) if part.strip()]
    if len(names) == 1 and not _SHARE_REVERSED.match(names[0][::-1]):
        return [(names[0], 1.0)]
    return [_share(name) for name in names]


def _share(part: str) -> tuple[str, float]:
    match = _SHARE_REVERSED.match(part[::-1])
    if not match:
        raise InvalidValueError(
            Message(
                f"树种“{part[:30]}”没有比例，请写成 红松60%+长白落叶松40%。",
                f"Species {part[:30]!r} has no share; write 红松60%+长白落叶松40%.",
            )
        )
    name = part[: -match.end()].rstrip()
    return name, float(match["share"][::-1]) / (10 if match["unit"] == "成" else 100)


def _pair(item: object) -> tuple[str, float]:
    if isinstance(item, Mapping) and isinstance(item.get("share"), int | float):
        return str(item.get("code", "")), float(item["share"])
    raise InvalidValueError(
        Message(
            "树种要有 code 和 share。",
            'A species needs a code and a share, as {"code": "PINKOR", "share": 1}.',
        )
    )
