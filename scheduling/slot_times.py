"""A stretch of published time as it is read, compared and calculated with: in seconds, without a database."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from scheduling.availability import Interval

Categories = tuple[int, ...]


class SlotTime(NamedTuple):
    """A free interval in seconds since the epoch, and the category ids that it accepts, or does not.

    Both None: it accepts every category. A tuple, because pushes bring twenty thousand of them.
    """

    start: int
    end: int
    only: Categories | None = None
    excepted: Categories | None = None

    @classmethod
    def of(
        cls,
        starts_at: datetime,
        ends_at: datetime,
        *,
        only: Categories | None = None,
        excepted: Categories | None = None,
    ) -> "SlotTime":
        return cls(seconds(starts_at), seconds(ends_at), only, excepted)

    def accepts(self, category_id: int | None) -> bool:
        """Whether a treatment of this category fits; what has no category fits everywhere."""
        if category_id is None:
            return True
        if self.only is not None:
            return category_id in self.only
        return category_id not in (self.excepted or ())

    def minutes_since(self, zero: int) -> Interval:
        """The whole minutes in it, counted from ``zero``."""
        return -((zero - self.start) // 60), (self.end - zero) // 60


def as_stored(start: int, end: int, only: list[int] | None, excepted: list[int] | None) -> SlotTime:
    """A slot as the database gives it."""
    if only is None and excepted is None:
        return SlotTime(start, end)
    return SlotTime(start, end, as_tuple(only), as_tuple(excepted))


def as_tuple(ids: list[int] | None) -> Categories | None:
    return None if ids is None else tuple(ids)


def seconds(moment: datetime) -> int:
    """Since the epoch, whole."""
    return int(moment.timestamp())


@lru_cache(maxsize=65_536)
def instant(moment: int) -> datetime:
    """In UTC; practitioners' slots share most of their times."""
    return datetime.fromtimestamp(moment, UTC)
