"""Taking over the free time that an agent publishes, window by window."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from clinics.models import Organisation
from scheduling.events import note_agent_pushed
from scheduling.free_weeks import Period, lock_practitioners, write_changed_weeks
from scheduling.freed_times import ring_for_waiting
from scheduling.models import Booking
from scheduling.offerings import clinic_zones, known_catalogue
from scheduling.slot_times import Categories, SlotTime, as_stored, instant, seconds
from scheduling.weeks import midnight


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


Place = tuple[int, int]
"""Practitioner id and clinic id."""
Known = list[tuple[SlotTime, int]]
"""The slots that stand at one place, in order, with their row ids."""
GREENWICH = ZoneInfo("UTC")
ONE_DAY = timedelta(days=1)
PORTION = 2_000
"""So many slots are written at a time, and with them what is free in their weeks."""
_start = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Change:
    """What comes and what goes at one place, both in order, and the row ids of what goes."""

    place: Place
    added: list[SlotTime]
    removed: list[SlotTime]
    rows: list[int]

    @property
    def moved(self) -> Iterator[tuple[int, SlotTime]]:
        """Rows of what goes, each with what comes in its place."""
        return zip(self.rows, self.added, strict=False)

    @property
    def gone(self) -> list[int]:
        return self.rows[len(self.added) :]

    @property
    def new(self) -> list[SlotTime]:
        return self.added[len(self.rows) :]


def publish_slots(*, organisation: Organisation, windows: Sequence[Window]) -> Published:
    """Makes the windows true: what they name is free, what they do not name is not.

    Only differences are written. The slots of a window must lie inside it and not overlap, nor may two
    windows of one place; the caller has checked that, and that practitioners, clinics and categories are
    the organisation's.
    """
    places = windows_by_place(windows)
    with transaction.atomic():
        lock_practitioners({practitioner for practitioner, _ in places})
        changes = make_true(organisation, places)
        note_agent_pushed(organisation=organisation)
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
    found = (changed(place, known[place], places[place]) for place in sorted(places))
    changes = [change for change in found if change]
    if changes:
        catalogue = known_catalogue(organisation)
        for portion in portions(changes):
            write(organisation, portion)
            write_changed_weeks(organisation, catalogue, changed_periods(portion))
        ring_for_waiting(organisation=organisation)
    return changes


def portions(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """The changes in parts of about PORTION slots, all of a practitioner's in the same one.

    However long a push takes, the database is kept from what others ask for by a few milliseconds at a time.
    """
    portion: list[Change] = []
    for _, of_one in groupby(changes, key=practitioner_of):
        portion += of_one
        if sum(max(len(change.added), len(change.removed)) for change in portion) >= PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def practitioner_of(change: Change) -> int:
    return change.place[0]


def windows_by_place(windows: Sequence[Window]) -> dict[Place, list[Window]]:
    places: dict[Place, list[Window]] = defaultdict(list)
    for window in sorted(windows, key=attrgetter("from_at")):
        places[window.practitioner_id, window.clinic_id].append(window)
    return places


def stored_slots(organisation: Organisation, places: dict[Place, list[Window]]) -> dict[Place, Known]:
    """The slots that stand now where the windows are."""
    found: dict[Place, Known] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.practitioner_id, s.clinic_id, s.id, date_part('epoch', s.starts_at)::bigint,"
            " date_part('epoch', s.ends_at)::bigint, s.only_categories, s.except_categories"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])"
            " AS w(practitioner_id, clinic_id, from_at, to_at)"
            " JOIN scheduling_slot s ON s.organisation_id = %s AND s.practitioner_id = w.practitioner_id"
            " AND s.clinic_id = w.clinic_id AND s.starts_at < w.to_at AND s.ends_at > w.from_at",
            [*window_columns(places), organisation.pk],
        )
        for practitioner, clinic, pk, *slot in cursor.fetchall():
            found[practitioner, clinic].append((as_stored(*slot), pk))
    for slots in found.values():
        slots.sort(key=start_of_known)
    return found


def start_of_known(known: tuple[SlotTime, int]) -> int:
    return known[0].start


def window_columns(places: dict[Place, list[Window]]) -> list[list[object]]:
    """The union of each place's windows as parallel columns: from the first window to the last."""
    return [
        [practitioner for practitioner, _ in places],
        [clinic for _, clinic in places],
        [windows[0].from_at for windows in places.values()],
        [max(window.to_at for window in windows) for windows in places.values()],
    ]


def changed(place: Place, known: Known, windows: list[Window]) -> Change | None:
    """The difference between what stands and what the windows say; None where there is none."""
    wanted = kept(known, windows)
    for window in windows:
        wanted += window.slots
    wanted.sort(key=_start)
    if [slot for slot, _ in known] == wanted:
        return None
    stands, named = {slot for slot, _ in known}, set(wanted)
    gone = [(slot, pk) for slot, pk in known if slot not in named]
    added = [slot for slot in wanted if slot not in stands]
    if not added and not gone:
        return None
    return Change(place, added, [slot for slot, _ in gone], [pk for _, pk in gone])


def kept(known: Known, windows: list[Window]) -> list[SlotTime]:
    """What of the slots lies outside the windows, which are in order and apart."""
    begins, ends = (
        [seconds(window.from_at) for window in windows],
        [seconds(window.to_at) for window in windows],
    )
    left: list[SlotTime] = []
    for slot, _ in known:
        index = bisect_right(ends, slot.start)
        if index == len(ends) or slot.start < begins[index] or slot.end > ends[index]:
            left += outside(slot, zip(begins[index:], ends[index:], strict=True))
    return left


def outside(slot: SlotTime, windows: Iterable[tuple[int, int]]) -> Iterator[SlotTime]:
    """What is left of a slot that reaches over the edge of a window: each piece outside all of them."""
    start = slot.start
    for begin, end in windows:
        if begin >= slot.end:
            break
        if begin > start:
            yield slot._replace(start=start, end=begin)
        start = end
    if start < slot.end:
        yield slot._replace(start=start)


def write(organisation: Organisation, changes: list[Change]) -> None:
    gone = [pk for change in changes for pk in change.gone]
    with connection.cursor() as cursor:
        if gone:
            # Were the ids of another type than the column, each row would be compared with all of them.
            cursor.execute(
                "DELETE FROM scheduling_slot WHERE organisation_id = %s AND id = ANY(%s::bigint[])",
                [organisation.pk, literal(gone)],
            )
        if any(change.rows and change.added for change in changes):
            move_slots(cursor, organisation, changes)
        if any(change.new for change in changes):
            copy_slots(cursor.cursor, organisation, changes)


_COLUMNS = (
    "organisation_id, practitioner_id, clinic_id, starts_at, ends_at, only_categories, except_categories"
)
# Not an update: joined with thousands of ids, that is quick or endless, as the statistics happen to stand.
_MOVE = f"""
    INSERT INTO scheduling_slot AS stands (id, {_COLUMNS})
    SELECT id, %s, practitioner_id, clinic_id, starts_at, ends_at, named::bigint[], excepted::bigint[]
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[],
        %s::text[], %s::text[])
        AS wanted (id, practitioner_id, clinic_id, starts_at, ends_at, named, excepted)
    ON CONFLICT (id) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at,
        only_categories = excluded.only_categories, except_categories = excluded.except_categories
    WHERE stands.organisation_id = excluded.organisation_id
"""  # noqa: S608 - columns of ours


def move_slots(cursor: CursorWrapper, organisation: Organisation, changes: list[Change]) -> None:
    """Has rows stand for other times: unlike new ones, they need not have their keys checked."""
    rows = [
        (pk, *change.place, written(start), written(end), quoted(only), quoted(excepted))
        for change in changes
        for pk, (start, end, only, excepted) in change.moved
    ]
    cursor.execute(_MOVE, [organisation.pk, *(literal(column) for column in zip(*rows, strict=True))])


def literal(values: Iterable[object]) -> str:
    """An array as PostgreSQL reads it: of thousands, so without a look at each."""
    return "{" + ",".join(map(str, values)) + "}"


def quoted(ids: Categories | None) -> str:
    """An array within an array of texts."""
    return "NULL" if ids is None else f'"{literal(ids)}"'


def copy_slots(cursor: object, organisation: Organisation, changes: list[Change]) -> None:
    statement = sql.SQL("COPY scheduling_slot ({}) FROM STDIN").format(sql.SQL(_COLUMNS))
    with cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        copy.write("".join(lines_of(organisation, changes)))


def lines_of(organisation: Organisation, changes: list[Change]) -> Iterator[str]:
    for change in changes:
        practitioner, clinic = change.place
        place = f"{organisation.pk}\t{practitioner}\t{clinic}"
        for start, end, only, excepted in change.new:
            yield f"{place}\t{written(start)}\t{written(end)}\t{array(only)}\t{array(excepted)}\n"


@lru_cache(maxsize=65_536)
def written(moment: int) -> str:
    """As PostgreSQL reads it; practitioners' slots share most of their times."""
    return instant(moment).isoformat()


def array(ids: Categories | None) -> str:
    return "\\N" if ids is None else literal(ids)


def changed_periods(changes: list[Change]) -> dict[int, list[Period]]:
    periods: dict[int, list[Period]] = defaultdict(list)
    for change in changes:
        for slots in (change.added, change.removed):
            periods[change.place[0]] += [(slot.start, slot.end) for slot in slots]
    return periods


def count_days(organisation: Organisation, changes: list[Change]) -> int:
    """On how many days, by each clinic's calendar, a slot came or went."""
    zones = clinic_zones(organisation)
    return sum(len(days_of(change, zones.get(change.place[1], GREENWICH))) for change in changes)


def days_of(change: Change, zone: ZoneInfo) -> set[date]:
    days: set[date] = set()
    for slots in (change.added, change.removed):
        begin = end = 0
        for slot in slots:
            if begin <= slot.start < end:
                continue
            day = instant(slot.start).astimezone(zone).date()
            days.add(day)
            begin, end = seconds(midnight(day, zone)), seconds(midnight(day + ONE_DAY, zone))
    return days
