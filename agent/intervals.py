"""Stretches of time and what is left of them: no zone, no clock, no database."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Interval(NamedTuple):
    """From ``start`` up to, but not including, ``end``; both aware."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Interval") -> bool:
        return self.start <= other.start and other.end <= self.end


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same moments in order, without overlap, touch or emptiness."""
    result: list[Interval] = []
    for piece in sorted(piece for piece in intervals if piece.start < piece.end):
        if result and piece.start <= result[-1].end:
            result[-1] = Interval(result[-1].start, max(result[-1].end, piece.end))
        else:
            result.append(piece)
    return result


def common(left: Iterable[Interval], right: list[Interval]) -> list[Interval]:
    """The moments that lie in both."""
    pieces = (
        Interval(max(one.start, other.start), min(one.end, other.end)) for one in left for other in right
    )
    return merged(pieces)


def without(free: Iterable[Interval], busy: Iterable[Interval]) -> list[Interval]:
    """The moments of ``free`` that no ``busy`` interval covers."""
    rest = merged(free)
    for taken in merged(busy):
        rest = [left for piece in rest for left in _outside(piece, taken)]
    return rest


def _outside(piece: Interval, taken: Interval) -> list[Interval]:
    if not piece.overlaps(taken):
        return [piece]
    sides = (Interval(piece.start, taken.start), Interval(taken.end, piece.end))
    return [side for side in sides if side.start < side.end]
