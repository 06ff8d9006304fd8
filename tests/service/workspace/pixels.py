"""What colour a spot of the page has."""

import zlib
from collections.abc import Sequence
from struct import unpack

from playwright.sync_api import Page

Colour = tuple[int, ...]

# Of the map where nothing is drawn.
BARE: Colour = (238, 242, 240)
ROUNDED = 3
LOOKS, BETWEEN_MS = 200, 100


def colour(page: Page, x: float, y: float) -> Colour:
    """Of one pixel: the only one of a picture, which no filter changes."""
    picture = page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    data, at = b"", 8
    while at < len(picture):
        (long,) = unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            data += picture[at + 8 : at + 8 + long]
        at += 12 + long
    return tuple(zlib.decompress(data)[1:4])


def over(paint: str, opacity: float, below: Colour = BARE) -> Colour:
    """``#rrggbb`` laid upon a colour."""
    parts = (int(paint[at : at + 2], 16) for at in (1, 3, 5))
    return tuple(
        round(part * opacity + under * (1 - opacity))
        for part, under in zip(parts, below, strict=True)
    )


def wait_for_colours(page: Page, wanted: Sequence[tuple[tuple[float, float], Colour]]) -> None:
    """Wait until spots of the page have their colours; what they had instead fails."""
    seen: list[Colour] = []
    for _ in range(LOOKS):
        seen = [colour(page, *at) for at, _colour in wanted]
        if all(map(alike, seen, (colour_wanted for _at, colour_wanted in wanted))):
            return
        page.wait_for_timeout(BETWEEN_MS)
    raise AssertionError(
        f"colours are {seen} instead of {[colour_wanted for _at, colour_wanted in wanted]}"
    )


def alike(colour: Colour, other: Colour) -> bool:
    """Whether only roundings tell two colours apart."""
    return all(abs(a - b) <= ROUNDED for a, b in zip(colour, other, strict=True))
