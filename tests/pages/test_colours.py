"""Whatever colour an organisation chooses can be read, by day and by night."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clinics.colours import (
    DARK_PAPERS,
    LIGHT_PAPERS,
    PRESETS,
    READABLE,
    Palette,
    contrast,
    dark_palette,
    light_palette,
    parse,
    suitability,
)
from clinics.oklch import Oklch

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def is_readable(palette: Palette, papers: tuple[tuple[int, int, int], ...]) -> bool:
    grounds = [*papers, parse(palette.wash)]
    return (
        all(contrast(parse(palette.accent), ground) >= READABLE for ground in grounds)
        and contrast(parse(palette.on_fill), parse(palette.fill)) >= READABLE
    )


@given(colours)
def test_every_colour_can_be_read(accent: str) -> None:
    assert is_readable(light_palette(accent), LIGHT_PAPERS)
    assert is_readable(dark_palette(accent), DARK_PAPERS)


def test_colour_that_can_be_read_is_left_as_it_is() -> None:
    assert light_palette("#0b6b74").accent == "#0b6b74"


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == 21
    assert contrast((255, 255, 255), (255, 255, 255)) == 1
    assert round(contrast((118, 118, 118), (255, 255, 255)), 2) == 4.54


@given(colours)
def test_offered_colour_can_always_be_read_and_is_the_chosen_one_if_that_can(accent: str) -> None:
    found = suitability(accent)

    assert suitability(found.light).is_readable
    assert found.is_readable == (found.light == accent) == (found.contrast >= READABLE)


@given(colours)
def test_offered_colour_keeps_its_hue(accent: str) -> None:
    chosen, offered = Oklch.of(parse(accent)), Oklch.of(parse(suitability(accent).light))
    assume(min(chosen.chroma, offered.chroma) > 0.05)
    apart = abs(chosen.hue - offered.hue) % math.tau

    assert min(apart, math.tau - apart) < 0.1


@given(st.tuples(*[st.integers(160, 255)] * 3).map("#%02x%02x%02x".__mod__))
def test_offered_colour_is_the_nearest(accent: str) -> None:
    """A little lighter, and it could not be read any more."""
    found = suitability(accent)
    assert not found.is_readable
    seen = Oklch.of(parse(accent))
    lightness = Oklch.of(parse(found.light)).lightness
    lighter = seen.at_lightness(lightness + 0.02)

    assert min(contrast(lighter, paper) for paper in LIGHT_PAPERS) < READABLE + 0.15


@given(colours)
def test_colour_survives_the_way_to_lightness_and_back(accent: str) -> None:
    seen = Oklch.of(parse(accent))

    assert seen.shown() == seen.at_lightness(seen.lightness) == parse(accent)


@pytest.mark.parametrize("accent", PRESETS)
def test_preset_can_be_read_as_it_is(accent: str) -> None:
    assert suitability(accent).is_readable


@pytest.mark.parametrize("accent", ["", "red", "#12345", "#GGGGGG", "#1234567", "#0b6b74\n"])
def test_what_is_no_colour_is_refused(accent: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        suitability(accent)
