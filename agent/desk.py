"""Plays the clinic's desk on a book: the appointments that do not come from the portal."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.book import BookError, Catalogue, Diary, NotInBook, Place
from agent.books.sample.at_desk import have_patient_told
from agent.books.sample.book import DeskEntry, SampleBook
from agent.configuration import Configuration
from agent.free_slots import working_times
from agent.intervals import Interval
from agent.words import _

DESK_USER = "DESK"


class NoOneToTell(BookError):
    """The portal is asked to tell a patient whom it does not know."""


def sample_book_of(configuration: Configuration) -> SampleBook | None:
    """The first sample book of the configuration, opened for the desk; None where there is none."""
    for settings in configuration.books:
        if settings.kind == "sample":
            return SampleBook(settings.address.read(configuration.home))
    return None


def book_at_desk(
    book: SampleBook, *, practitioner: str, clinic: str | None, start: str, minutes: int, text: str
) -> str:
    """The id of a new appointment; ``start`` without an offset is the clinic's own time.

    Without a clinic it is the one where the practitioner works at that time, else
    their first. Raises TimeTaken, NotInBook.
    """
    catalogue = book.catalogue()
    places = [
        Place(at, practitioner, _during(start, minutes, _zone(catalogue, at)))
        for person in catalogue.practitioners
        if person.id == practitioner
        for at in person.clinics
        if clinic in (None, at)
    ]
    if not places:
        raise NotInBook(_("The book knows no such practitioner at such a clinic."))
    worked = (place for place in places if _is_worked(book, catalogue, place))
    return book.enter_at_desk(next(worked, places[0]), text=text, entered_by=DESK_USER)


def entry_of(book: SampleBook, appointment: str) -> DeskEntry:
    """What stands in the book, cancelled or not; NotInBook."""
    entry = book.entry(appointment)
    if entry is None:
        raise NotInBook(_("No such appointment is booked."))
    return entry


def change_at_desk(
    book: SampleBook, entry: DeskEntry, change: Callable[[], object], *, tell: bool = False
) -> None:
    """Change an appointment and say whether the portal is to tell its patient. NoOneToTell, BookError."""
    if entry.portal_booking:
        have_patient_told(book, entry.id, wanted=tell)
    elif tell:
        raise NoOneToTell(_("The portal has not booked this appointment: it cannot tell the patient."))
    change()


def moved_to(
    book: SampleBook,
    entry: DeskEntry,
    *,
    start: str | None = None,
    minutes: int | None = None,
    practitioner: str | None = None,
    clinic: str | None = None,
) -> Place:
    """Where an appointment would stand; what is not given stays. NotInBook."""
    at = clinic or entry.clinic
    catalogue = book.catalogue()
    if at not in {one.id for one in catalogue.clinics}:
        raise NotInBook(_("The book knows no such clinic."))
    length = (entry.end_at - entry.start_at) // timedelta(minutes=1) if minutes is None else minutes
    during = _during(start or entry.start_at.isoformat(), length, _zone(catalogue, at))
    return Place(at, practitioner or entry.practitioner, during)


def entries_from(book: SampleBook, *, first_day: str | None, days: int) -> list[DeskEntry]:
    """The book from a day (today when None) for some days, by the first clinic's clock."""
    zone = _zone(book.catalogue(), None)
    day = datetime.fromisoformat(first_day).date() if first_day else datetime.now(zone).date()
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=days), time(), zone)
    entries = book.entries(Interval(start.astimezone(UTC), end.astimezone(UTC)))
    return [
        replace(entry, start_at=entry.start_at.astimezone(zone), end_at=entry.end_at.astimezone(zone))
        for entry in entries
    ]


def _is_worked(book: SampleBook, catalogue: Catalogue, place: Place) -> bool:
    diaries = book.diaries(place.during)
    return any(_covers(diary, place, _zone(catalogue, place.clinic)) for diary in _of(diaries, place))


def _of(diaries: Iterable[Diary], place: Place) -> list[Diary]:
    return [d for d in diaries if (d.practitioner, d.clinic) == (place.practitioner, place.clinic)]


def _covers(diary: Diary, place: Place, zone: ZoneInfo) -> bool:
    day = place.during.start.astimezone(zone).date()
    return any(worked.contains(place.during) for worked in working_times(diary.hours, day, day, zone))


def _during(start: str, minutes: int, zone: ZoneInfo) -> Interval:
    begins = datetime.fromisoformat(start)
    begins = (begins if begins.tzinfo else begins.replace(tzinfo=zone)).astimezone(UTC)
    return Interval(begins, begins + timedelta(minutes=minutes))


def _zone(catalogue: Catalogue, clinic: str | None) -> ZoneInfo:
    """The clinic's time zone, or the first clinic's."""
    return next(ZoneInfo(one.time_zone) for one in catalogue.clinics if clinic in (None, one.id))
