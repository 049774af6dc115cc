"""An organisation's one colour, turned into colours that can be read (WCAG 2.2, contrast 4.5 to 1)."""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from clinics.oklch import Colour, Oklch, linear

WHITE = (255, 255, 255)
BLACK = (0, 0, 0)
READABLE = 4.5
FALLBACK = "#0b6b74"
STEP = 1 / 200
"""By how much lightness is moved at a time: less than the eye can tell apart."""

PRESETS = {
    "#0b6b74": _("Lagoon"),
    "#1f5fbf": _("Sky"),
    "#3b4ba8": _("Dusk"),
    "#7a3e9d": _("Heather"),
    "#a8325e": _("Lingonberry"),
    "#a5421a": _("Brick"),
    "#2d6e3e": _("Spruce"),
    "#4a5560": _("Granite"),
}
"""Colours to choose from, each readable as it is on light paper, with a name for people."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours for one scheme, as ``#rrggbb``."""

    accent: str
    """Text and lines on the page."""
    fill: str
    """Behind the words of a button."""
    on_fill: str
    """The words of a button."""
    wash: str
    """A breath of the colour, behind what is pointed at."""


@dataclass(frozen=True, slots=True)
class Suitability:
    """How a colour does as an accent, and what the pages show in its place."""

    contrast: float
    """The lowest contrast to a light paper that text in the colour would have."""
    light: str
    """What light pages show: the colour itself if it can be read there, else the nearest that can."""
    dark: str
    """What dark pages show."""
    is_readable: bool
    """On light paper, as it is. No colour can be read on both light and dark paper."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """Light or dark pages."""

    papers: tuple[Colour, ...]
    """What text in the accent colour stands on, and the ink on a button: see static/css/portal.css."""
    end: int
    """The lightness away from which the papers are: 0 for black, 1 for white."""
    washed: float
    """How much of the colour is in its wash on the first of the papers."""


DARK_INK: Colour = (16, 19, 20)
LIGHT_PAPERS = (WHITE, (245, 246, 246))
DARK_PAPERS = ((27, 31, 34), (38, 43, 47))
LIGHT = Scheme(LIGHT_PAPERS, end=0, washed=0.08)
DARK = Scheme((*DARK_PAPERS, DARK_INK), end=1, washed=0.16)


def suitability(accent: str) -> Suitability:
    """What to tell who chooses this colour, with the nearest that can be read. ValueError for no colour."""
    if not is_colour(accent):
        raise ValueError(accent)
    light = light_palette(accent).accent
    lowest = min(contrast(parse(accent), paper) for paper in grounds(parse(accent), LIGHT))
    return Suitability(lowest, light, dark_palette(accent).accent, light == accent)


@lru_cache(maxsize=1024)
def light_palette(accent: str) -> Palette:
    """The colour, darkened as far as it must be to be read on light paper."""
    readable = nearest_readable(parse(accent), LIGHT)
    return Palette(hexed(readable), hexed(readable), hexed(WHITE), hexed(wash(readable, LIGHT)))


@lru_cache(maxsize=1024)
def dark_palette(accent: str) -> Palette:
    """The colour, lightened as far as it must be to be read on dark paper."""
    readable = nearest_readable(parse(accent), DARK)
    return Palette(hexed(readable), hexed(readable), hexed(DARK_INK), hexed(wash(readable, DARK)))


def is_colour(accent: str) -> bool:
    return re.fullmatch(r"#[0-9a-f]{6}", accent) is not None


def parse(accent: str) -> Colour:
    """``#rrggbb`` as numbers; what is not one becomes the fallback."""
    found = accent if is_colour(accent) else FALLBACK
    return int(found[1:3], 16), int(found[3:5], 16), int(found[5:7], 16)


def hexed(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(base: Colour, other: Colour, share: float) -> Colour:
    """``share`` of the other colour in the base."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(base, other, strict=True))
    return red, green, blue


def nearest_readable(colour: Colour, scheme: Scheme) -> Colour:
    """The colour if it can be read on each ground of the scheme, else the nearest of its hue that can.

    Only its lightness is moved, away from the paper's, until it can be read.
    """
    if is_readable(colour, scheme):
        return colour
    seen = Oklch.of(colour)
    for step in range(1, int(abs(scheme.end - seen.lightness) / STEP) + 1):
        moved = seen.at_lightness(seen.lightness + (step if scheme.end else -step) * STEP)
        if is_readable(moved, scheme):
            return moved
    return WHITE if scheme.end else BLACK


def is_readable(colour: Colour, scheme: Scheme) -> bool:
    return all(contrast(colour, ground) >= READABLE for ground in grounds(colour, scheme))


def grounds(colour: Colour, scheme: Scheme) -> list[Colour]:
    """What words in the colour stand on, and what words stand on the colour."""
    return [*scheme.papers, wash(colour, scheme)]


def wash(colour: Colour, scheme: Scheme) -> Colour:
    return mix(scheme.papers[0], colour, scheme.washed)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
