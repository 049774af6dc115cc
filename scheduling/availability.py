"""Slots, bookings and a treatment's length in; start times out. Pure arithmetic, no database.

All times are whole minutes after a week began (scheduling/weeks.py); intervals include their start
and not their end. Start times on the five-minute grid are the bits of one integer, so that a whole
week is filled, cleared and cut with a few operations; those off the grid are listed beside them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scheduling.weeks import GRID_BITS, GRID_MINUTES

Interval = tuple[int, int]
NO_MINUTES: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Starts:
    """When a treatment can begin within one week."""

    bits: int = 0
    """Bit n from the left of GRID_BITS: a start n × 5 minutes after the week began."""
    odd: tuple[int, ...] = NO_MINUTES
    """Starts off the grid, in minutes, ascending."""

    def __bool__(self) -> bool:
        return bool(self.bits or self.odd)

    def minutes(self) -> list[int]:
        """Every start in minutes, ascending."""
        return sorted([*minutes_of(self.bits), *self.odd]) if self.odd else minutes_of(self.bits)

    def first(self) -> int | None:
        """The earliest start in minutes, or None where there is none."""
        on_grid = (GRID_BITS - self.bits.bit_length()) * GRID_MINUTES if self.bits else None
        candidates = [minute for minute in (on_grid, *self.odd[:1]) if minute is not None]
        return min(candidates, default=None)

    def between(self, first: int, last: int) -> "Starts":
        """Only the starts from minute ``first`` to minute ``last``, both included."""
        return Starts(self.bits & grid_mask(first, last), tuple(m for m in self.odd if first <= m <= last))

    def without(self, busy: Iterable[Interval], length: int) -> "Starts":
        """Only the starts from which ``length`` minutes overlap none of the busy intervals."""
        bits, odd = self.bits, self.odd
        for start, end in busy:
            bits &= ~grid_mask(start - length + 1, end - 1)
            odd = tuple(minute for minute in odd if not start - length < minute < end)
        return Starts(bits, odd)


def start_times(
    *, slots: Sequence[Interval], busy: Iterable[Interval], length: int, step: int, week_minutes: int
) -> Starts:
    """When a treatment of ``length`` minutes can begin in the week, ``step`` minutes apart.

    ``slots`` are those that accept the treatment's category, of one practitioner at one clinic,
    ascending and not overlapping; they may reach over the week's ends. Each slot is stepped through
    from its own start; touching slots count as one stretch for what has to fit.
    """
    bits = 0
    odd: list[int] = []
    reach = 0
    following: int | None = None
    stride, off_grid = divmod(step, GRID_MINUTES)
    for start, end in reversed(slots):  # a push comes by here a hundred thousand times: hence no calls
        if end != following:
            reach = end
        following = start
        last = reach - length
        if last >= end:
            last = end - 1
        if last >= week_minutes:
            last = week_minutes - 1
        first = start if start >= 0 else start + -(start // step) * step
        if last < first:
            continue
        if off_grid or first % GRID_MINUTES:
            odd.extend(range(first, last + 1, step))
        else:
            count = (last - first) // step + 1
            final = first // GRID_MINUTES + (count - 1) * stride
            bits |= comb(count, stride) << (GRID_BITS - 1 - final)
    return settle(bits, odd).without(busy, length)


def settle(bits: int, minutes: Iterable[int]) -> Starts:
    """Starts out of bits and loose minutes; those minutes that are on the grid become bits."""
    odd = set()
    for minute in minutes:
        if minute % GRID_MINUTES:
            odd.add(minute)
        else:
            bits |= grid_mask(minute, minute)
    return Starts(bits, tuple(sorted(odd)))


def grid_mask(first: int, last: int) -> int:
    """Ones at the grid's marks from minute ``first`` to minute ``last``, both included; none if empty."""
    low = max(0, -(-first // GRID_MINUTES))
    high = min(GRID_BITS - 1, last // GRID_MINUTES)
    if high < low:
        return 0
    return ((1 << (high - low + 1)) - 1) << (GRID_BITS - 1 - high)


@lru_cache(maxsize=4096)
def comb(count: int, stride: int) -> int:
    """``count`` ones, each ``stride`` bits from the next."""
    return ((1 << (stride * count)) - 1) // ((1 << stride) - 1)


def minutes_of(bits: int) -> list[int]:
    """The grid's marks that are set, in minutes, ascending."""
    minutes = []
    while bits:
        length = bits.bit_length()
        minutes.append((GRID_BITS - length) * GRID_MINUTES)
        bits ^= 1 << (length - 1)
    return minutes
