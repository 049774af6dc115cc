"""Whatever colour an organisation chooses can be read, by day and by night."""

from hypothesis import given
from hypothesis import strategies as st

from clinics.colours import (
    DARK_PAPERS,
    LIGHT_PAPERS,
    READABLE,
    Palette,
    contrast,
    dark_palette,
    light_palette,
    parse,
)

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def is_readable(palette: Palette, papers: list[tuple[int, int, int]]) -> bool:
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
