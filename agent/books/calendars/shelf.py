"""Where calendars are kept: what the folder of files and the CalDAV server have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.intervals import Interval


class ChangedMeanwhile(Exception):
    """The item is there already, or no longer the one that was read."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file of iCalendar, and what tells it from its earlier and later selves."""

    name: str
    text: str
    tag: str


class Shelf(Protocol):
    """Calendars by name. What is written is there whole or not at all; BookUnavailable from each."""

    def check(self, calendar: str) -> None: ...

    def version(self, calendar: str) -> str: ...

    def items(self, calendar: str, during: Interval) -> Sequence[Item]:
        """All that may have to do with that time."""
        ...

    def find(self, calendar: str, name: str) -> Item | None: ...

    def put(self, calendar: str, name: str, text: str, *, instead_of: Item | None) -> None:
        """Write a new item, or one in place of another; ChangedMeanwhile."""
        ...

    def remove(self, calendar: str, item: Item) -> None:
        """ChangedMeanwhile."""
        ...

    def close(self) -> None: ...
