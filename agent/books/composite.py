"""Several appointment books as one: every id is preceded by its book's name, so that all are unique."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from agent.book import (
    Book,
    Booking,
    BookUnavailable,
    Catalogue,
    Clinic,
    Diary,
    Found,
    NotAllowed,
    NotInBook,
    Place,
    PortalBooking,
    Practitioner,
    Reference,
    Sought,
    Standing,
    TellsOfPortalBookings,
    Treatment,
)
from agent.free_slots import Accepts, Preblock
from agent.intervals import Interval
from agent.words import _

MARK = "."
LONGEST_ID = 64  # the protocol's
T = TypeVar("T", Clinic, Practitioner)


class CompositeBook:
    """Asks all books, or the one that an id belongs to. What stands in one cannot be moved into another."""

    def __init__(self, books: Mapping[str, Book]) -> None:
        """``books`` by name; a name has no dot."""
        self._books = books

    def close(self) -> None:
        for book in self._books.values():
            book.close()

    def check(self) -> None:
        for book in self._books.values():
            book.check()

    def watch(self, on_change: Callable[[], object]) -> None:
        for book in self._books.values():
            book.watch(on_change)

    def version(self) -> str:
        return "\n".join(book.version() for book in self._books.values())

    def catalogue(self) -> Catalogue:
        parts = [_named_catalogue(name, book.catalogue()) for name, book in self._books.items()]
        return Catalogue(
            clinics=[one for part in parts for one in part.clinics],
            practitioners=[one for part in parts for one in part.practitioners],
            categories=[one for part in parts for one in part.categories],
            resources=[one for part in parts for one in part.resources],
            treatments=[one for part in parts for one in part.treatments],
        )

    def diaries(self, during: Interval) -> list[Diary]:
        return [_named_diary(name, one) for name, book in self._books.items() for one in book.diaries(during)]

    def enter(self, booking: Booking) -> str:
        name, place = self._inside(booking.place)
        treatment = None if booking.treatment is None else _inside(name, booking.treatment)
        return _named(name, self._books[name].enter(replace(booking, place=place, treatment=treatment)))

    def move(self, which: Reference, to: Place, seen_at: Place | None, *, journal: bool) -> str:
        name, place = self._inside(to)
        if seen_at is not None and self._inside(seen_at)[0] != name:
            raise NotAllowed(_("The appointment stands in another appointment book."))
        seen_inside = None if seen_at is None else self._inside(seen_at)[1]
        moved = self._books[name].move(_reference(name, which), place, seen_inside, journal=journal)
        return _named(name, moved)

    def cancel(self, which: Reference, *, journal: bool) -> str | None:
        for name, book in self._books.items():
            cancelled = book.cancel(_reference(name, which), journal=journal)
            if cancelled is not None:
                return _named(name, cancelled)
        return None

    def portal_bookings(self, *, ended_after: datetime) -> list[PortalBooking]:
        """Of the books that can tell."""
        return [
            _named_portal_booking(name, one)
            for name, book in self._books.items()
            if isinstance(book, TellsOfPortalBookings)
            for one in book.portal_bookings(ended_after=ended_after)
        ]

    def tells_of(self, practitioner: str) -> bool:
        name, _, inside = practitioner.partition(MARK)
        return any(
            book.tells_of(inside)
            for its_name, book in self._books.items()
            if its_name == name and isinstance(book, TellsOfPortalBookings)
        )

    def look_up(self, sought: Sought) -> Found | None:
        """One patient's appointments in all books; None where the books know different people."""
        found = [
            _named_found(name, patient)
            for name, book in self._books.items()
            if (patient := book.look_up(sought)) is not None
        ]
        if len({(one.first_name.casefold(), one.last_name.casefold()) for one in found}) != 1:
            return None
        appointments = sorted((one for each in found for one in each.appointments), key=_start)
        return replace(found[0], appointments=appointments)

    def _inside(self, place: Place) -> tuple[str, Place]:
        """The book's name, and the place as that book calls it; NotInBook."""
        name = place.practitioner.partition(MARK)[0]
        if name not in self._books:
            raise NotInBook(_("No appointment book knows such a practitioner."))
        clinic, practitioner = _inside(name, place.clinic), _inside(name, place.practitioner)
        return name, Place(clinic, practitioner, place.during)


def _named(name: str, identifier: str) -> str:
    """BookUnavailable where the id becomes longer than the protocol lets it be."""
    named = f"{name}{MARK}{identifier}"
    if len(named) > LONGEST_ID:
        raise BookUnavailable(
            _("An id of the book {name} is too long with its name before it; shorten the name.", name=name)
        )
    return named


def _named_all(name: str, identifiers: Sequence[str]) -> list[str]:
    return [_named(name, one) for one in identifiers]


def _inside(name: str, identifier: str) -> str:
    if not identifier.startswith(f"{name}{MARK}"):
        raise NotInBook(_("The appointment book knows no such clinic or treatment."))
    return identifier.removeprefix(f"{name}{MARK}")


def _reference(name: str, which: Reference) -> Reference:
    """The same appointment as the book calls it; one of another book is none of this one's."""
    if which.appointment is None or not which.appointment.startswith(f"{name}{MARK}"):
        return Reference(None, which.booking)
    return Reference(which.appointment.removeprefix(f"{name}{MARK}"), which.booking)


def _named_catalogue(name: str, part: Catalogue) -> Catalogue:
    return Catalogue(
        clinics=[replace(one, id=_named(name, one.id)) for one in part.clinics],
        practitioners=[
            replace(one, id=_named(name, one.id), clinics=_named_all(name, one.clinics))
            for one in part.practitioners
        ],
        categories=[replace(one, id=_named(name, one.id)) for one in part.categories],
        resources=[
            replace(one, id=_named(name, one.id), clinic=_named(name, one.clinic)) for one in part.resources
        ],
        treatments=[_named_treatment(name, one, part) for one in part.treatments],
    )


def _named_treatment(name: str, treatment: Treatment, part: Catalogue) -> Treatment:
    """All of them means all of this book's: nobody else's."""
    clinics, practitioners = treatment.clinics, treatment.practitioners
    return replace(
        treatment,
        id=_named(name, treatment.id),
        category=_named(name, treatment.category),
        resources=_named_all(name, treatment.resources),
        clinics=_named_all(name, _ids(part.clinics) if clinics is None else clinics),
        practitioners=_named_all(name, _ids(part.practitioners) if practitioners is None else practitioners),
    )


def _ids(members: Sequence[T]) -> list[str]:
    return [one.id for one in members]


def _named_diary(name: str, diary: Diary) -> Diary:
    return replace(
        diary,
        practitioner=_named(name, diary.practitioner),
        clinic=_named(name, diary.clinic),
        preblocks=[_named_preblock(name, one) for one in diary.preblocks],
    )


def _named_preblock(name: str, preblock: Preblock) -> Preblock:
    accepts = preblock.accepts
    return replace(
        preblock, accepts=Accepts(frozenset(_named_all(name, sorted(accepts.names))), accepts.excluded)
    )


def _named_found(name: str, found: Found) -> Found:
    return replace(found, appointments=[_named_standing(name, one) for one in found.appointments])


def _named_standing(name: str, standing: Standing) -> Standing:
    return replace(
        standing,
        id=_named(name, standing.id),
        clinic=_named(name, standing.clinic),
        practitioner=_named(name, standing.practitioner),
        treatment=None if standing.treatment is None else _named(name, standing.treatment),
    )


def _named_portal_booking(name: str, one: PortalBooking) -> PortalBooking:
    place = one.place
    named = Place(_named(name, place.clinic), _named(name, place.practitioner), place.during)
    return replace(one, place=named)


def _start(standing: Standing) -> datetime:
    return standing.start
