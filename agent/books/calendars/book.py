"""An appointment book that is a calendar for each practitioner, with the clinic described in a file."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock

from agent.book import (
    Booking,
    Catalogue,
    ChangedAtDesk,
    Diary,
    Found,
    NotInBook,
    Place,
    PortalBooking,
    Reference,
    Sought,
    TimeTaken,
)
from agent.books.calendars.clinic_file import ClinicFile
from agent.books.calendars.events import (
    PREFIX,
    BookedEvent,
    Busy,
    booked_events,
    busy_times,
    event_for,
    file_of,
    uid_of,
)
from agent.books.calendars.shelf import ChangedMeanwhile, Item, Shelf
from agent.intervals import Interval
from agent.words import _

ONE_DAY = timedelta(days=1)
LOOKED_AHEAD = timedelta(weeks=106)


class CalendarBook:
    """Bookings are events whose id is made of the booking's, so that one is never entered twice.

    A calendar has no locks. What is written is looked at once more, and taken back
    if somebody else wrote into the same time meanwhile.
    """

    def __init__(self, clinic: ClinicFile, shelf: Shelf) -> None:
        self._clinic = clinic
        self._shelf = shelf
        self._writing = Lock()
        self._known: dict[str, tuple[object, list[Busy]]] = {}  # by calendar: which state, what is in it

    def check(self) -> None:
        for calendar in self._clinic.calendars.values():
            self._shelf.check(calendar)
        today = datetime.now(UTC)
        self.diaries(Interval(today, today + ONE_DAY))

    def watch(self, on_change: Callable[[], object]) -> None:
        """Nothing: calendars do not tell of changes by themselves."""

    def close(self) -> None:
        self._shelf.close()

    def version(self) -> str:
        return "\n".join(self._shelf.version(calendar) for calendar in self._clinic.calendars.values())

    def catalogue(self) -> Catalogue:
        return self._clinic.catalogue

    def diaries(self, during: Interval) -> list[Diary]:
        return [
            Diary(
                practitioner=practitioner.id,
                clinic=clinic,
                hours=self._clinic.hours(practitioner.id, clinic),
                preblocks=self._clinic.preblocks(practitioner.id, clinic, during),
                busy=[busy.during for busy in self._busy(practitioner.id, during)],
            )
            for practitioner in self._clinic.catalogue.practitioners
            for clinic in practitioner.clinics
        ]

    def portal_bookings(self, *, ended_after: datetime) -> list[PortalBooking]:
        during = Interval(ended_after, ended_after + LOOKED_AHEAD)
        found = {
            event.booking: PortalBooking(event.booking, event.state, self._place(practitioner, event))
            for practitioner, calendar in self._clinic.calendars.items()
            for event in booked_events(self._shelf.items(calendar, during))
        }
        return [one for one in found.values() if one.place.during.end > ended_after]

    def tells_of(self, practitioner: str) -> bool:
        return practitioner in self._clinic.calendars

    def enter(self, booking: Booking) -> str:
        with self._writing:
            uid = uid_of(booking.id)
            if next(self._standing(uid), None) is not None:
                return uid
            treatment = self._require_known(booking.place, booking.treatment)
            self._require_free(booking.place, except_for=uid)
            calendar = self._clinic.calendars[booking.place.practitioner]
            try:
                self._shelf.put(calendar, file_of(uid), event_for(booking, treatment), instead_of=None)
            except ChangedMeanwhile:
                return uid  # there by now: an earlier attempt's, whose answer was lost
            try:
                self._require_free(booking.place, except_for=uid)
            except TimeTaken:
                self._take_back(calendar, uid)
                raise
            return uid

    def move(self, which: Reference, to: Place, seen_at: Place | None, *, journal: bool) -> str:
        with self._writing:
            self._require_known(to, None)
            uid = _uid(which)
            for practitioner, event in self._standing(uid):
                if not event.is_cancelled:
                    self._move(practitioner, event, to, seen_at, journal=journal)
                    return uid
        raise NotInBook(_("The appointment is not in the calendar."))

    def cancel(self, which: Reference, *, journal: bool) -> str | None:
        with self._writing:
            uid = _uid(which)
            standing = list(self._standing(uid))
            for practitioner, event in standing:
                if not event.is_cancelled:
                    note = "Cancelled on the portal" if journal else ""
                    self._replace(practitioner, event, event.cancelled(note))
            return uid if standing else None

    def look_up(self, sought: Sought) -> Found | None:
        """Nobody: a calendar has no register of patients."""
        return None

    def _move(
        self, practitioner: str, event: BookedEvent, to: Place, seen_at: Place | None, *, journal: bool
    ) -> None:
        stands = self._place(practitioner, event)
        if stands == to:
            self._clear_elsewhere(event.uid, practitioner)
            return
        if seen_at is not None and stands != seen_at:
            raise ChangedAtDesk(_("The appointment has been changed in the calendar."))
        self._require_free(to, except_for=event.uid)
        note = f"Moved on the portal from {stands.during.start:%F %R} UTC" if journal else ""
        before = event.item.text
        after = event.moved(to, note)
        if to.practitioner == practitioner:
            self._replace(practitioner, event, after)
        else:
            self._hand_over(event, after, to.practitioner)
        try:
            self._require_free(to, except_for=event.uid)
        except TimeTaken:
            self._undo(practitioner, event, before, to.practitioner)
            raise
        self._clear_elsewhere(event.uid, to.practitioner)

    def _hand_over(self, event: BookedEvent, text: str, practitioner: str) -> None:
        """Into the other calendar before it leaves the old one: it may be there twice, but is never lost."""
        calendar, name = self._clinic.calendars[practitioner], event.item.name
        try:
            self._shelf.put(calendar, name, text, instead_of=self._shelf.find(calendar, name))
        except ChangedMeanwhile:
            raise ChangedAtDesk(_("The calendar is being changed by somebody else.")) from None

    def _undo(self, practitioner: str, event: BookedEvent, before: str, moved_to: str) -> None:
        calendar = self._clinic.calendars[moved_to]
        if moved_to != practitioner:
            self._take_back(calendar, event.uid)
            return
        item = self._shelf.find(calendar, event.item.name)
        if item is not None:
            self._shelf.put(calendar, item.name, before, instead_of=item)

    def _replace(self, practitioner: str, event: BookedEvent, text: str) -> None:
        calendar = self._clinic.calendars[practitioner]
        try:
            self._shelf.put(calendar, event.item.name, text, instead_of=event.item)
        except ChangedMeanwhile:
            raise ChangedAtDesk(_("The appointment is being changed in the calendar.")) from None

    def _clear_elsewhere(self, uid: str, practitioner: str) -> None:
        for other, event in list(self._standing(uid)):
            if other != practitioner:
                self._shelf.remove(self._clinic.calendars[other], event.item)

    def _take_back(self, calendar: str, uid: str) -> None:
        item = self._shelf.find(calendar, file_of(uid))
        if item is not None:
            self._shelf.remove(calendar, item)

    def _standing(self, uid: str) -> Iterator[tuple[str, BookedEvent]]:
        """The booking's event wherever it is: in two calendars after a move that was cut off."""
        for practitioner, calendar in self._clinic.calendars.items():
            item = self._shelf.find(calendar, file_of(uid)) if uid else None
            if item is not None:
                yield practitioner, BookedEvent(item)

    def _place(self, practitioner: str, event: BookedEvent) -> Place:
        clinics = self._clinics(practitioner)
        clinic = event.clinic if event.clinic in clinics else clinics[0]
        return Place(clinic, practitioner, event.during(self._clinic.zone_of(clinic)))

    def _clinics(self, practitioner: str) -> Sequence[str]:
        return next(one.clinics for one in self._clinic.catalogue.practitioners if one.id == practitioner)

    def _require_known(self, place: Place, treatment: str | None) -> str:
        """The treatment's name; NotInBook."""
        catalogue = self._clinic.catalogue
        if (place.practitioner, place.clinic) not in {
            (one.id, clinic) for one in catalogue.practitioners for clinic in one.clinics
        }:
            raise NotInBook(_("Nobody such works at such a clinic."))
        names = {one.id: one.name for one in catalogue.treatments}
        if treatment is not None and treatment not in names:
            raise NotInBook(_("There is no such treatment."))
        return "" if treatment is None else names[treatment]

    def _require_free(self, place: Place, *, except_for: str) -> None:
        zone = self._clinic.zone_of(place.clinic)
        items = self._shelf.items(self._clinic.calendars[place.practitioner], place.during)
        if any(busy.uid != except_for for busy in busy_times(items, place.during, zone)):
            raise TimeTaken(_("The practitioner has another appointment at that time."))

    def _busy(self, practitioner: str, during: Interval) -> list[Busy]:
        """Read anew only when the calendar has changed, or the days that are asked for."""
        calendar = self._clinic.calendars[practitioner]
        wide = Interval(_midnight(during.start), _midnight(during.end) + ONE_DAY)
        state = (self._shelf.version(calendar), wide)
        known = self._known.get(calendar)
        if known is None or known[0] != state:
            items: list[Item] = list(self._shelf.items(calendar, wide))
            known = (
                state,
                list(busy_times(items, wide, self._clinic.zone_of(self._clinics(practitioner)[0]))),
            )
            self._known[calendar] = known
        return [busy for busy in known[1] if busy.during.overlaps(during)]


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _uid(which: Reference) -> str:
    if which.booking is not None:
        return uid_of(which.booking)
    return which.appointment if which.appointment and which.appointment.startswith(PREFIX) else ""
