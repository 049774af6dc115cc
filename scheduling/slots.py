"""Taking over the free time that an agent publishes, window by window."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from clinics.models import Organisation
from scheduling.free_weeks import Period, lock_practitioners, refresh_free_weeks
from scheduling.models import AgentLink, Booking
from scheduling.offerings import clinic_zones

Categories = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SlotTime:
    """A free interval, and the category ids it accepts; both None: every category."""

    starts_at: datetime
    ends_at: datetime
    only: Categories | None = None
    excepted: Categories | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """All the free slots of one practitioner at one clinic between two instants."""

    practitioner_id: int
    clinic_id: int
    from_at: datetime
    to_at: datetime
    slots: list[SlotTime] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Published:
    """What a push came to: how many slots it named, and on how many clinic days something changed."""

    slots: int
    changed_days: int


class Stored(NamedTuple):
    """A slot as this module compares it: instants in seconds since the epoch."""

    start: int
    end: int
    only: Categories | None
    excepted: Categories | None


Place = tuple[int, int]
"""Practitioner id and clinic id."""


@dataclass(frozen=True, slots=True)
class Change:
    """What comes and what goes at one place."""

    place: Place
    added: list[Stored]
    removed: dict[Stored, int]


def publish_slots(*, organisation: Organisation, windows: Sequence[Window]) -> Published:
    """Makes the windows true: what they name is free, what they do not name is not.

    Only differences are written. The slots of a window must lie inside it and not overlap; the caller
    has checked that, and that practitioners, clinics and categories are the organisation's.
    """
    places = windows_by_place(windows)
    with transaction.atomic():
        lock_practitioners({practitioner for practitioner, _ in places})
        changes = make_true(organisation, places)
        AgentLink.objects.update_or_create(
            organisation=organisation, defaults={"last_push_at": timezone.now()}
        )
    return Published(sum(len(window.slots) for window in windows), count_days(organisation, changes))


def withdraw_time(*, organisation: Organisation, booking: Booking) -> None:
    """Takes a booking's time off the portal, since the clinic has said that it is taken there.

    The agent's next push that covers it says what is so from then on.
    """
    window = Window(booking.practitioner_id, booking.clinic_id, booking.starts_at, booking.ends_at)
    places = windows_by_place([window])
    with transaction.atomic():
        lock_practitioners([booking.practitioner_id])
        make_true(organisation, places)


def make_true(organisation: Organisation, places: dict[Place, list[Window]]) -> list[Change]:
    """Writes where the stored slots differ from the windows; the caller has locked the practitioners."""
    known = stored_slots(organisation, places)
    changes = [change for place in places if (change := changed(place, known[place], places[place]))]
    write(organisation, changes)
    refresh_changed(organisation, changes)
    return changes


def windows_by_place(windows: Sequence[Window]) -> dict[Place, list[Window]]:
    places: dict[Place, list[Window]] = defaultdict(list)
    for window in sorted(windows, key=attrgetter("from_at")):
        places[window.practitioner_id, window.clinic_id].append(window)
    return places


def stored_slots(
    organisation: Organisation, places: dict[Place, list[Window]]
) -> dict[Place, dict[Stored, int]]:
    """The slots that stand now where the windows are, with their row ids."""
    found: dict[Place, dict[Stored, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.practitioner_id, s.clinic_id, s.id, extract(epoch FROM s.starts_at)::bigint,"
            " extract(epoch FROM s.ends_at)::bigint, s.only_categories, s.except_categories"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])"
            " AS w(practitioner_id, clinic_id, from_at, to_at)"
            " JOIN scheduling_slot s ON s.organisation_id = %s AND s.practitioner_id = w.practitioner_id"
            " AND s.clinic_id = w.clinic_id AND s.starts_at < w.to_at AND s.ends_at > w.from_at",
            [*window_columns(places), organisation.pk],
        )
        for practitioner, clinic, pk, start, end, only, excepted in cursor.fetchall():
            found[practitioner, clinic][Stored(start, end, as_tuple(only), as_tuple(excepted))] = pk
    return found


def as_tuple(ids: list[int] | None) -> Categories | None:
    return None if ids is None else tuple(ids)


def window_columns(places: dict[Place, list[Window]]) -> list[list[object]]:
    """The union of each place's windows as parallel columns: from the first window to the last."""
    return [
        [practitioner for practitioner, _ in places],
        [clinic for _, clinic in places],
        [windows[0].from_at for windows in places.values()],
        [max(window.to_at for window in windows) for windows in places.values()],
    ]


def changed(place: Place, known: dict[Stored, int], windows: list[Window]) -> Change | None:
    """The difference between what stands and what the windows say; None where there is none."""
    wanted = set(known)
    for window in windows:
        wanted = replaced(wanted, window)
    removed = {slot: pk for slot, pk in known.items() if slot not in wanted}
    added = [slot for slot in wanted if slot not in known]
    return Change(place, added, removed) if added or removed else None


def replaced(slots: set[Stored], window: Window) -> set[Stored]:
    """The slots with everything inside the window replaced; a slot across its edge keeps what is outside."""
    first, last = int(window.from_at.timestamp()), int(window.to_at.timestamp())
    kept: set[Stored] = set()
    for slot in slots:
        if slot.end <= first or slot.start >= last:
            kept.add(slot)
            continue
        if slot.start < first:
            kept.add(slot._replace(end=first))
        if slot.end > last:
            kept.add(slot._replace(start=last))
    kept.update(
        Stored(int(slot.starts_at.timestamp()), int(slot.ends_at.timestamp()), slot.only, slot.excepted)
        for slot in window.slots
    )
    return kept


def write(organisation: Organisation, changes: list[Change]) -> None:
    gone = [pk for change in changes for pk in change.removed.values()]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(
                "DELETE FROM scheduling_slot WHERE organisation_id = %s AND id = ANY(%s)",
                [organisation.pk, gone],
            )
        if any(change.added for change in changes):
            copy_slots(cursor.cursor, organisation, changes)


def copy_slots(cursor: object, organisation: Organisation, changes: list[Change]) -> None:
    columns = (
        "organisation_id, practitioner_id, clinic_id, starts_at, ends_at, only_categories, except_categories"
    )
    statement = sql.SQL("COPY scheduling_slot ({}) FROM STDIN").format(sql.SQL(columns))
    with cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        copy.write("".join(lines_of(organisation, changes)))


def lines_of(organisation: Organisation, changes: list[Change]) -> Iterable[str]:
    for change in changes:
        practitioner, clinic = change.place
        for slot in change.added:
            yield (
                f"{organisation.pk}\t{practitioner}\t{clinic}\t{written(slot.start)}\t{written(slot.end)}"
                f"\t{array(slot.only)}\t{array(slot.excepted)}\n"
            )


@lru_cache(maxsize=65_536)
def written(seconds: int) -> str:
    """As PostgreSQL reads it; practitioners' slots share most of their times."""
    return instant(seconds).isoformat()


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def array(ids: Categories | None) -> str:
    return "\\N" if ids is None else "{" + ",".join(map(str, ids)) + "}"


def refresh_changed(organisation: Organisation, changes: list[Change]) -> None:
    periods = changed_periods(changes)
    if periods:
        refresh_free_weeks(organisation=organisation, changed=periods)


def changed_periods(changes: list[Change]) -> dict[int, list[Period]]:
    """For each practitioner, from the first to the last change of each day on which there is any."""
    days: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for change in changes:
        known = days[change.place[0]]
        for slot in (*change.added, *change.removed):
            day = slot.start // 86_400
            first, last = known.get(day, (slot.start, slot.end))
            known[day] = (min(first, slot.start), max(last, slot.end))
    return {
        practitioner: [(instant(first), instant(last)) for first, last in known.values()]
        for practitioner, known in days.items()
    }


def count_days(organisation: Organisation, changes: list[Change]) -> int:
    """On how many days, by each clinic's calendar, a slot came or went."""
    zones = clinic_zones(organisation)
    days: set[tuple[Place, date]] = set()
    for change in changes:
        zone = zones.get(change.place[1], UTC)
        for slot in (*change.added, *change.removed):
            days.add((change.place, datetime.fromtimestamp(slot.start, zone).date()))
    return len(days)
