"""An organisation's one colour, turned into colours that can be read (WCAG 2.2, contrast 4.5 to 1)."""

import re
from dataclasses import dataclass

WHITE = (255, 255, 255)
BLACK = (0, 0, 0)
READABLE = 4.5
FALLBACK = "#0b6b74"

Colour = tuple[int, int, int]


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


LIGHT_PAPERS = [(245, 246, 246), WHITE]
DARK_PAPERS = [(27, 31, 34), (38, 43, 47)]
"""What text in the accent colour stands on: see static/css/portal.css."""
DARK_INK: Colour = (16, 19, 20)


def light_palette(accent: str) -> Palette:
    """The colour, darkened as far as it must be to be read on light paper."""
    colour = parse(accent)
    wash = mix(WHITE, colour, 0.08)
    readable = towards_contrast(colour, [*LIGHT_PAPERS, wash], BLACK)
    return Palette(hexed(readable), hexed(readable), hexed(WHITE), hexed(wash))


def dark_palette(accent: str) -> Palette:
    """The colour, lightened as far as it must be to be read on dark paper."""
    colour = parse(accent)
    wash = mix(DARK_PAPERS[0], colour, 0.16)
    readable = towards_contrast(colour, [*DARK_PAPERS, wash], WHITE)
    return Palette(hexed(readable), hexed(readable), hexed(DARK_INK), hexed(wash))


def parse(accent: str) -> Colour:
    """``#rrggbb`` as numbers; what is not one becomes the fallback."""
    found = accent if re.fullmatch(r"#[0-9a-f]{6}", accent) else FALLBACK
    return int(found[1:3], 16), int(found[3:5], 16), int(found[5:7], 16)


def hexed(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(base: Colour, other: Colour, share: float) -> Colour:
    """``share`` of the other colour in the base."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(base, other, strict=True))
    return red, green, blue


def towards_contrast(colour: Colour, papers: list[Colour], end: Colour) -> Colour:
    """The colour, mixed with ``end`` in steps until it is readable on each of the papers."""
    for step in range(0, 101, 2):
        candidate = mix(colour, end, step / 100)
        if all(contrast(candidate, paper) >= READABLE for paper in papers):
            return candidate
    return end


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
