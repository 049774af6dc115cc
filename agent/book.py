"""What the agent asks of an appointment book, whichever program keeps it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from agent.free_slots import Preblock, WorkHours
from agent.intervals import Interval

PORTAL_USER = "ITB"


class BookError(Exception):
    """The book cannot do what was asked; the text is fit for the portal and the log."""


class BookUnavailable(Exception):
    """The book cannot be used now, and nothing was decided; the text is fit for the log."""


class TimeTaken(BookError):
    """Somebody else has the time, or a resource that the treatment needs."""


class NotInBook(BookError):
    """The book knows no such practitioner, clinic, treatment or appointment."""


class ChangedAtDesk(BookError):
    """The appointment no longer stands where the portal saw it."""


class NotAllowed(BookError):
    """The book does not let the patient change this appointment."""


@dataclass(frozen=True, slots=True)
class Clinic:
    id: str
    name: str
    address: str
    phone: str
    email: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Practitioner:
    id: str
    name: str
    title: str
    clinics: Sequence[str]


@dataclass(frozen=True, slots=True)
class Category:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Resource:
    id: str
    clinic: str
    name: str


@dataclass(frozen=True, slots=True)
class Treatment:
    """A booking template that is used online; ``clinics``/``practitioners`` None is all of them."""

    id: str
    name: str
    minutes: int
    category: str
    appointment_text: str
    move_allowed: bool
    cancel_allowed: bool
    move_within_days: int | None
    resources: Sequence[str]
    clinics: Sequence[str] | None
    practitioners: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything published; its members are named as in the protocol's ``PUT catalogue``."""

    clinics: Sequence[Clinic]
    practitioners: Sequence[Practitioner]
    categories: Sequence[Category]
    resources: Sequence[Resource]
    treatments: Sequence[Treatment]


@dataclass(frozen=True, slots=True)
class Diary:
    """One practitioner's time at one clinic; ``busy`` counts appointments at every clinic."""

    practitioner: str
    clinic: str
    hours: Sequence[WorkHours]
    preblocks: Sequence[Preblock]
    busy: Sequence[Interval]


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when an appointment stands."""

    clinic: str
    practitioner: str
    during: Interval


@dataclass(frozen=True, slots=True)
class Person:
    """A patient as the portal's form tells it."""

    first_name: str
    last_name: str
    national_id: str = ""
    email: str = ""
    mobile: str = ""
    address_1: str = ""
    address_2: str = ""
    postcode: str = ""
    city: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking made on the portal; ``treatment`` None is a time taken without a template."""

    id: str
    place: Place
    treatment: str | None
    text: str
    person: Person
    address_update: str = "none"  # apply, ask or none
    booked_by: str = ""  # who booked for the patient, if it was somebody else


@dataclass(frozen=True, slots=True)
class Reference:
    """An appointment named by its own id, by the portal's booking id, or by both."""

    appointment: str | None
    booking: str | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What a patient has proven to be theirs: a national id, or else a mobile number in E.164."""

    national_id: str
    mobile: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An appointment that is to come; its members are named as in the protocol."""

    id: str
    booking: str | None
    clinic: str
    practitioner: str
    treatment: str | None
    start: datetime
    end: datetime
    text: str
    move_allowed: bool
    cancel_allowed: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A patient whom the book knows, and their coming appointments."""

    first_name: str
    last_name: str
    email: str
    mobile: str
    language: str
    appointments: Sequence[Standing]


@dataclass(frozen=True, slots=True)
class PortalBooking:
    """How the appointment of a portal booking stands in the book, whoever has changed it there."""

    booking: str
    state: str  # booked, cancelled, arrived or no_show
    place: Place
    tells_patient: bool = False  # whether the desk wants the patient to be told of it


@runtime_checkable
class TellsOfPortalBookings(Protocol):
    """A book that can say how the portal's bookings stand in it; a mere calendar cannot."""

    def portal_bookings(self, *, ended_after: datetime) -> list[PortalBooking]:
        """Those that end after this moment, cancelled ones too. What has been deleted is left out."""
        ...

    def tells_of(self, practitioner: str) -> bool:
        """Whether this practitioner's bookings are among them, so that one which is not has gone."""
        ...


class Book(Protocol):
    """An appointment book. Every change is one transaction and harmless when made twice."""

    def check(self) -> None:
        """Look at the start whether the book can be used at all; BookUnavailable, ConfigurationError."""
        ...

    def watch(self, on_change: Callable[[], object]) -> None:
        """Have ``on_change`` called, from any thread, when the book itself tells of a change."""
        ...

    def close(self) -> None: ...

    def version(self) -> str:
        """Something that differs after a change; cheap enough to ask every two seconds."""
        ...

    def catalogue(self) -> Catalogue: ...

    def diaries(self, during: Interval) -> list[Diary]:
        """A diary for each published practitioner at each of their clinics."""
        ...

    def enter(self, booking: Booking) -> str:
        """The id of the booking's appointment, written now or before; TimeTaken, NotInBook."""
        ...

    def move(self, which: Reference, to: Place, seen_at: Place | None, *, journal: bool) -> str:
        """The id of the appointment, now standing at ``to``; TimeTaken, NotInBook, ChangedAtDesk, NotAllowed.

        One that the desk made belongs to the portal's booking from then on, if the reference names one.
        """
        ...

    def cancel(self, which: Reference, *, journal: bool) -> str | None:
        """The id of the appointment, now cancelled; None where the book never had it. NotAllowed."""
        ...

    def look_up(self, sought: Sought) -> Found | None:
        """The one patient who is sought; None where nobody or more than one fits."""
        ...
