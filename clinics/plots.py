"""Plots drawn by the server: where each bar of an SVG goes. Pure; the templates only write it down.

Numbers that people would rather see than read, without a script and without another host. Every plot
carries its numbers as a table as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

WIDTH = 720
HEIGHT = 200
"""Of the drawing, in its own units; it grows and shrinks with the page."""
BETWEEN = 0.2
"""Of the room of a bar that stays free."""
MOST_TICKS = 4
MOST_LABELS = 9
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of numbers: a day, a treatment; a number for each series, stacked upon each other."""

    label: str
    values: tuple[int, ...]
    short: str = ""
    """The label in few letters, for the axis."""

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle. ``series`` counts from 1 and is its class in the style sheet."""

    series: int
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the plot, with its number."""

    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Words below a bar."""

    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Upright bars, stacked, with the table of the same numbers."""

    key: str
    title: str
    series: tuple[str, ...]
    figures: tuple[Figure, ...]
    parts: tuple[Part, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    words: Callable[[int], str] = str

    @property
    def table(self) -> list[tuple[str, list[str]]]:
        """The labels, each with its numbers in words."""
        return [(figure.label, [self.words(value) for value in figure.values]) for figure in self.figures]

    @property
    def is_empty(self) -> bool:
        return not any(figure.total for figure in self.figures)


def bars(
    *,
    key: str,
    title: str,
    series: Sequence[str],
    figures: Sequence[Figure],
    words: Callable[[int], str] = str,
) -> Plot:
    """One bar for each figure, as high as its numbers; ``key`` is unique on the page.

    ``words``: how a number is written, where it is not a number of things.
    """
    top = round_top(max((figure.total for figure in figures), default=0))
    room = WIDTH / max(len(figures), 1)
    return Plot(
        key=key,
        title=title,
        series=tuple(series),
        figures=tuple(figures),
        parts=tuple(
            part
            for index, figure in enumerate(figures)
            for part in stacked(figure, series, words, x=index * room, room=room, top=top)
        ),
        ticks=tuple(Tick(round(HEIGHT * (1 - tick / top), 1), words(tick)) for tick in ticks_to(top)),
        marks=tuple(marks_of(figures, room)),
        words=words,
    )


def stacked(
    figure: Figure,
    series: Sequence[str],
    words: Callable[[int], str] = str,
    *,
    x: float,
    room: float,
    top: int,
) -> list[Part]:
    """The parts of one bar, the first series at the bottom; a number of nought has none."""
    ends = list(accumulate(figure.values))
    return [
        Part(
            series=index + 1,
            x=round(x + room * BETWEEN / 2, 2),
            y=round(HEIGHT * (1 - end / top), 2),
            width=round(room * (1 - BETWEEN), 2),
            height=round(HEIGHT * value / top, 2),
            title=f"{figure.label}, {series[index]}: {words(value)}",
        )
        for index, (value, end) in enumerate(zip(figure.values, ends, strict=True))
        if value
    ]


def round_top(most: int) -> int:
    """The end of the axis: the smallest number that is not below and can be parted into few round ticks."""
    step = tick_step(most)
    return max(step, -(-most // step) * step)


def ticks_to(top: int) -> range:
    return range(0, top + 1, tick_step(top))


def tick_step(most: int) -> int:
    """1, 2 or 5, or one of these with noughts, so that MOST_TICKS of them reach as far as ``most``."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power * MOST_TICKS >= most:
                return step * power
        power *= 10


def marks_of(figures: Sequence[Figure], room: float) -> list[Mark]:
    """Words under every so many bars, so that they do not run into each other."""
    every = -(-len(figures) // MOST_LABELS) or 1
    return [
        Mark(round((index + 0.5) * room, 1), figure.short or figure.label)
        for index, figure in enumerate(figures)
        if index % every == 0
    ]


@dataclass(frozen=True, slots=True)
class Lane:
    """A lying bar: words, a number, and the share of the longest one in hundredths."""

    label: str
    value: int
    percent: float


@dataclass(frozen=True, slots=True)
class Lanes:
    """Lying bars below each other, for things with long names."""

    key: str
    title: str
    unit: str
    lanes: tuple[Lane, ...]


def lanes(*, key: str, title: str, unit: str, figures: Sequence[Figure]) -> Lanes:
    longest = max((figure.total for figure in figures), default=0) or 1
    return Lanes(
        key=key,
        title=title,
        unit=unit,
        lanes=tuple(
            Lane(figure.label, figure.total, round(100 * figure.total / longest, 1)) for figure in figures
        ),
    )
