"""Pushed windows: twenty thousand slots checked by hand, because models would take too long."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.models import Category
from scheduling.slot_times import Categories, SlotTime, instant, seconds
from scheduling.slots import Window
from sync_api.problems import InvalidBody, TooLarge, UnknownId

MOST_SLOTS = 20_000
LONGEST_WINDOW = timedelta(days=400)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = seconds(EARLIEST), seconds(LATEST)

# RFC 3339 §5.6; its offset is required here as there.
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class KnownIds:
    """The ids that the agent has named in its catalogue, retired ones too, and the rows they stand for."""

    practitioners: Mapping[str, int]
    clinics: Mapping[str, int]
    categories: Mapping[str, int]

    @classmethod
    def of(cls, organisation: Organisation) -> "KnownIds":
        """Three queries, however many there are."""
        return cls(*(ids_of(model, organisation) for model in (Practitioner, Clinic, Category)))


def ids_of(model: Any, organisation: Organisation) -> dict[str, int]:
    return dict(model.objects.filter(organisation=organisation).values_list("external_id", "pk"))


def windows_in(body: Mapping[str, Any], ids: KnownIds) -> list[Window]:
    """The windows of a push. Raises InvalidBody, UnknownId or TooLarge at the first thing that is wrong."""
    windows = list_in(body, "windows", ())
    require_count(windows)
    reader = Reader(ids)
    read = [reader.window(raw, ("windows", index)) for index, raw in enumerate(windows)]
    require_apart(read)
    return read


def require_count(windows: Sequence[Any]) -> None:
    found = (window.get("slots") for window in windows if isinstance(window, dict))
    count = sum(len(slots) for slots in found if isinstance(slots, list))
    if count > MOST_SLOTS:
        raise TooLarge(f"A push may have {MOST_SLOTS} slots at most; this one has {count}.")


@dataclass
class Reader:
    """Reads the windows of one push; remembers what it has read: the same texts come again and again."""

    ids: KnownIds
    instants: dict[str, int] = field(default_factory=dict)
    category_lists: dict[tuple[str, ...], Categories] = field(default_factory=dict)

    def window(self, raw: Any, path: Path) -> Window:
        if not isinstance(raw, dict):
            raise invalid(path, "This is not an object.")
        first, last = self.instant(raw, "from", path), self.instant(raw, "to", path)
        require_sensible(first, last, path)
        practitioner = known(self.ids.practitioners, raw.get("practitioner"), (*path, "practitioner"))
        clinic = known(self.ids.clinics, raw.get("clinic"), (*path, "clinic"))
        slots = self.slots(raw, first, last, path)
        require_no_overlap(slots, (*path, "slots"))
        return Window(practitioner, clinic, instant(first), instant(last), slots)

    def slots(self, window: dict[str, Any], first: int, last: int, path: Path) -> list[SlotTime]:
        """The slots, each within these seconds. What is usual is looked at without a further call."""
        instants, slots = self.instants, list[SlotTime]()
        for index, raw in enumerate(list_in(window, "slots", path)):
            try:
                start, end = instants[raw["start"]], instants[raw["end"]]
            except (KeyError, TypeError):
                start, end = self.times(raw, (*path, "slots", index))
            if not first <= start < end <= last:
                raise misplaced(start, end, first, last, (*path, "slots", index))
            if len(raw) == 2:
                slots.append(SlotTime(start, end))
            else:
                slots.append(SlotTime(start, end, *self.accepted(raw, (*path, "slots", index))))
        return slots

    def times(self, raw: Any, path: Path) -> tuple[int, int]:
        """When a slot starts and ends, at a time that has not been read before."""
        if not isinstance(raw, dict):
            raise invalid(path, "This is not an object.")
        return self.instant(raw, "start", path), self.instant(raw, "end", path)

    def accepted(self, raw: dict[str, Any], path: Path) -> tuple[Categories | None, Categories | None]:
        """The category ids that the slot accepts, and those that it does not; one of them is None."""
        only, excepted = raw.get("categories"), raw.get("categories_except")
        if only is not None and excepted is not None:
            raise invalid(
                (*path, "categories_except"), "A slot names categories or categories_except, not both."
            )
        return (
            self.categories(only, (*path, "categories")),
            self.categories(excepted, (*path, "categories_except")),
        )

    def categories(self, names: Any, path: Path) -> Categories | None:
        if names is None:
            return None
        if not isinstance(names, list):
            raise invalid(path, "This is not a list.")
        try:
            return self.category_lists[tuple(names)]
        except (KeyError, TypeError):
            rows = {known(self.ids.categories, name, (*path, index)) for index, name in enumerate(names)}
            ids = tuple(sorted(rows))
        self.category_lists[tuple(names)] = ids
        return ids

    def instant(self, raw: dict[str, Any], name: str, path: Path) -> int:
        """The member, in whole seconds since the epoch."""
        text = raw.get(name)
        if not isinstance(text, str):
            raise invalid((*path, name), "A time must be there, as a text of RFC 3339.")
        found = self.instants.get(text)
        if found is None:
            found = self.instants[text] = seconds(parsed(text, (*path, name)))
        return found


def parsed(text: str, path: Path) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise invalid(path, "A time must be written as RFC 3339 says, with an offset.")
    try:
        found = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise invalid(path, "There is no such time.") from error
    return found.replace(microsecond=0)


def require_sensible(first: int, last: int, path: Path) -> None:
    if first >= last:
        raise invalid((*path, "to"), "A window must end after it begins.")
    if first < _EARLIEST or last > _LATEST:
        raise invalid((*path, "from"), "A window must lie between the years 2000 and 2200.")
    if last - first > LONGEST_WINDOW.total_seconds():
        raise invalid((*path, "to"), f"A window may be {LONGEST_WINDOW.days} days long at most.")


def misplaced(start: int, end: int, first: int, last: int, path: Path) -> InvalidBody:
    if start >= end:
        return invalid((*path, "end"), "A slot must end after it starts.")
    if start < first:
        return invalid((*path, "start"), "A slot must lie inside its window; this one starts before it.")
    if start >= last:
        return invalid((*path, "start"), "A slot must lie inside its window; this one starts after it.")
    return invalid((*path, "end"), "A slot must lie inside its window; this one ends after it.")


def require_no_overlap(slots: Sequence[SlotTime], path: Path) -> None:
    if all(earlier[1] <= later[0] for earlier, later in pairwise(slots)):
        return
    order = sorted(range(len(slots)), key=lambda index: slots[index].start)
    for earlier, later in pairwise(order):
        if slots[earlier].end > slots[later].start:
            raise invalid((*path, later, "start"), f"This slot overlaps the one at index {earlier}.")


def require_apart(windows: Sequence[Window]) -> None:
    """Windows of the same practitioner and clinic must not overlap: which of them would be true?"""
    order = sorted(
        range(len(windows)),
        key=lambda index: (
            windows[index].practitioner_id,
            windows[index].clinic_id,
            windows[index].from_at,
        ),
    )
    for earlier, later in pairwise(order):
        one, other = windows[earlier], windows[later]
        is_same_place = (one.practitioner_id, one.clinic_id) == (other.practitioner_id, other.clinic_id)
        if is_same_place and one.to_at > other.from_at:
            raise invalid(("windows", later, "from"), f"This window overlaps the one at index {earlier}.")


def known(ids: Mapping[str, int], value: Any, path: Path) -> int:
    """The row that an id stands for."""
    if not isinstance(value, str):
        raise invalid(path, "An id must be there, as a text.")
    found = ids.get(value)
    if found is None:
        detail = f"No catalogue has named the id {value[:64]!r}."
        raise UnknownId(detail, errors=[(path, detail)])
    return found


def list_in(raw: Mapping[str, Any], name: str, path: Path) -> list[Any]:
    value = raw.get(name)
    if not isinstance(value, list):
        raise invalid((*path, name), "A list must be there.")
    return value


def invalid(path: Path, detail: str) -> InvalidBody:
    where = "/".join(map(str, path))
    return InvalidBody(f"At {where}: {detail}", errors=[(path, detail)])
