"""Colours by lightness, chroma and hue as the eye sees them (Björn Ottosson, "A perceptual color space").

Changing the lightness alone keeps a brand's hue, which mixing with black or white does not.
"""

import math
from dataclasses import dataclass, replace

Colour = tuple[int, int, int]

_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_CONES = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_ROUNDING = 0.5 / 255
"""By how much a channel may leave its range and still be the nearest colour that can be shown."""


@dataclass(frozen=True, slots=True)
class Oklch:
    """Lightness from 0 to 1, chroma from 0 to about 0.4, hue in radians."""

    lightness: float
    chroma: float
    hue: float

    @classmethod
    def of(cls, colour: Colour) -> "Oklch":
        red, green, blue = (linear(channel / 255) for channel in colour)
        cones = [math.cbrt(value) for value in times(_TO_CONES, (red, green, blue))]
        lightness, a, b = times(_TO_LAB, (cones[0], cones[1], cones[2]))
        return cls(lightness, math.hypot(a, b), math.atan2(b, a))

    def at_lightness(self, lightness: float) -> Colour:
        """The same hue, lighter or darker, as vivid as a screen can show it but no more than it was."""
        wanted = replace(self, lightness=lightness)
        if all(-_ROUNDING <= channel <= 1 + _ROUNDING for channel in wanted.channels()):
            return wanted.shown()
        low, high = 0.0, self.chroma
        for _step in range(12):
            middle = (low + high) / 2
            channels = replace(wanted, chroma=middle).channels()
            is_shown = all(-_ROUNDING <= channel <= 1 + _ROUNDING for channel in channels)
            low, high = (middle, high) if is_shown else (low, middle)
        return replace(wanted, chroma=low).shown()

    def channels(self) -> tuple[float, float, float]:
        """Red, green and blue; outside 0 to 1 where no screen shows the colour."""
        a, b = self.chroma * math.cos(self.hue), self.chroma * math.sin(self.hue)
        one, two, three = (value**3 for value in times(_FROM_LAB, (self.lightness, a, b)))
        red, green, blue = times(_FROM_CONES, (one, two, three))
        return gamma(red), gamma(green), gamma(blue)

    def shown(self) -> Colour:
        red, green, blue = (min(255, max(0, round(channel * 255))) for channel in self.channels())
        return red, green, blue


def times(
    matrix: tuple[tuple[float, float, float], ...], vector: tuple[float, float, float]
) -> tuple[float, float, float]:
    one, two, three = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return one, two, three


def linear(channel: float) -> float:
    """A channel of sRGB, 0 to 1, as an amount of light (WCAG 2.2, "relative luminance")."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def gamma(light: float) -> float:
    """The inverse of ``linear``; what is negative stays so."""
    size = abs(light)
    channel = 12.92 * size if size <= 0.0031308 else 1.055 * size ** (1 / 2.4) - 0.055
    return math.copysign(channel, light)
