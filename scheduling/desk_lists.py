"""Bookings as the clinic's people look for them: by day, by filter, by patient, and what waits for a hand.

Every list is of one organisation and, for an editor limited to some clinics, of these alone.
"""

import re
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from django.db.models import Q, QuerySet
from django.utils import timezone

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.models import AgentEvent, Booking, BookingPatient, Treatment
from scheduling.models.booking import MADE_STATES

PER_PAGE = 50
MOST_FOUND = 50
MOST_PATIENTS = 1000
MOST_URGENT = 50
LONGEST_WAIT = timedelta(minutes=5)
"""A booking that the agent has not answered for so long wants somebody to look."""
FORGET_REFUSALS = timedelta(days=30)
_WORDS = 5
BOOKING_EVENTS = [
    AgentEvent.Type.BOOKING_CREATED,
    AgentEvent.Type.BOOKING_MOVED,
    AgentEvent.Type.BOOKING_CANCELLED,
    AgentEvent.Type.APPOINTMENT_MOVE,
]
OF_A_BOOKING = [
    *("organisation", "public_id", "clinic", "practitioner", "treatment"),
    *("during", "state", "accepted_at"),
]
OF_A_PATIENT = ["first_name", "last_name", "clinic_words"]
ClinicIds = Collection[int] | None
"""The clinics that may be seen; None: all of them."""
Cursor = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which bookings are asked for; what is None is not asked about."""

    state: str | None = None
    clinic: Clinic | None = None
    practitioner: Practitioner | None = None
    treatment: Treatment | None = None
    begin: datetime | None = None
    end: datetime | None = None
    """Starts from ``begin`` to before ``end``."""

    @property
    def conditions(self) -> dict[str, Any]:
        wanted = {
            "state": self.state,
            "clinic": self.clinic,
            "practitioner": self.practitioner,
            "treatment": self.treatment,
            "during__startswith__gte": self.begin,
            "during__startswith__lt": self.end,
        }
        return {name: value for name, value in wanted.items() if value is not None}


def made_bookings(organisation: Organisation, clinic_ids: ClinicIds) -> QuerySet[Booking]:
    """What has ever been booked, with what a line of a list says of it."""
    rows = Booking.objects.filter(organisation=organisation, state__in=MADE_STATES)
    if clinic_ids is not None:
        rows = rows.filter(clinic__in=clinic_ids)
    related: QuerySet[Booking] = rows.select_related("clinic", "practitioner", "treatment", "patient")
    return related


def listed_bookings(
    *, organisation: Organisation, clinic_ids: ClinicIds, wanted: Filter, after: Cursor | None = None
) -> tuple[list[Booking], Cursor | None]:
    """A page of bookings by time, and from where the next goes on, if there is one."""
    rows = filtered_bookings(organisation=organisation, clinic_ids=clinic_ids, wanted=wanted)
    page = list(following(rows, after)[: PER_PAGE + 1])
    more = len(page) > PER_PAGE
    page = page[:PER_PAGE]
    return page, (page[-1].starts_at, page[-1].pk) if more else None


def following(rows: QuerySet[Booking], after: Cursor | None) -> QuerySet[Booking]:
    """What comes after that booking, by time; all where there is none."""
    if after is None:
        return rows
    start, pk = after
    return rows.filter(
        Q(during__startswith__gt=start) | Q(during__startswith=start, pk__gt=pk),
        during__startswith__gte=start,
    )


def in_pages(rows: QuerySet[Booking], size: int) -> Iterator[list[Booking]]:
    """All of them by time, ``size`` at once, each asked for when it is wanted.

    Outside a transaction a cursor of the database would first copy everything aside before its first row
    comes. What is moved while somebody reads may be met twice or not at all.
    """
    after: Cursor | None = None
    while page := list(following(rows, after)[:size]):
        yield page
        after = (page[-1].starts_at, page[-1].pk)


def filtered_bookings(
    *, organisation: Organisation, clinic_ids: ClinicIds, wanted: Filter
) -> QuerySet[Booking]:
    """All that the filter lets through, by time."""
    rows = made_bookings(organisation, clinic_ids).filter(**wanted.conditions)
    return rows.order_by("during__startswith", "pk")


def in_bulk(rows: QuerySet[Booking]) -> QuerySet[Booking]:
    """The same bookings for hundreds at once, with no more of them than a calendar says.

    What many of them share is fetched once, by itself.
    """
    related: QuerySet[Booking] = rows.select_related(None).select_related("patient")
    return related.only(*OF_A_BOOKING, *(f"patient__{name}" for name in OF_A_PATIENT)).prefetch_related(
        "clinic", "practitioner", "treatment"
    )


def found_bookings(*, organisation: Organisation, clinic_ids: ClinicIds, words: str) -> list[Booking]:
    """Bookings of whom the words name, the latest first, one more than MOST_FOUND where there are more.

    The words are the beginnings of names in any order, an e-mail address or its beginning, a mobile number
    in any writing, or a booking's reference or at least its first eight characters. Words that mean more
    than MOST_PATIENTS find some of them.
    """
    words = words.strip()
    condition = Q(pk__in=booked_for(organisation, clinic_ids, words))
    reference = references_like(words)
    if reference:
        condition |= Q(public_id__range=reference)
    rows = made_bookings(organisation, clinic_ids).filter(condition)
    return list(rows.order_by("-during__startswith", "-pk")[: MOST_FOUND + 1])


def booked_for(organisation: Organisation, clinic_ids: ClinicIds, words: str) -> list[int]:
    """The bookings of the patients that the words mean.

    Asked by itself: together with an order by time the database would rather walk all bookings.
    """
    meant = patients_meant(words, organisation.country)
    if meant is None:
        return []
    patients = BookingPatient.objects.filter(meant, organisation=organisation)
    if clinic_ids is not None:
        patients = patients.filter(booking__clinic__in=clinic_ids)
    return list(patients.values_list("booking_id", flat=True)[:MOST_PATIENTS])


def patients_meant(words: str, country: str) -> Q | None:
    if "@" in words:
        return Q(email__istartswith=words) & ~Q(email="")
    number = number_meant(words, country)
    if number:
        return Q(mobile=number)
    meant = Q()
    for name in [name for name in re.split(r"[\s,]+", words) if name][:_WORDS]:
        meant &= Q(last_name__istartswith=name) | Q(first_name__istartswith=name)
    return meant or None


def references_like(words: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The first and the last booking's id that begin so; None for what is no beginning of one."""
    digits = words.replace("-", "").lower()
    if not re.fullmatch(r"[0-9a-f]{8,32}", digits):
        return None
    return uuid.UUID(digits.ljust(32, "0")), uuid.UUID(digits.ljust(32, "f"))


def number_meant(words: str, country: str) -> str:
    """The number in E.164; empty for what is none."""
    if not re.fullmatch(r"[+()\d\s.\-‐‑–/]{5,40}", words):
        return ""
    try:
        number = phonenumbers.parse(re.sub(r"^\s*00", "+", words).replace("(0)", ""), country)
    except phonenumbers.NumberParseException:
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@dataclass(frozen=True, slots=True)
class Urgent:
    """What wants a hand: the newest of each, and how many there are."""

    refused: list[AgentEvent]
    waiting: list[AgentEvent]
    refused_count: int
    waiting_count: int
    late_count: int
    """How many of those that wait have done so for too long."""


def urgent_events(*, organisation: Organisation, clinic_ids: ClinicIds) -> Urgent:
    """What the clinic's book has refused and nobody has seen to, and what the agent has not answered yet."""
    refused, waiting = (
        open_refusals(organisation, clinic_ids),
        unanswered_events(organisation, clinic_ids),
    )
    late = waiting.filter(created_at__lt=timezone.now() - LONGEST_WAIT)
    return Urgent(
        refused=list(with_bookings(refused).order_by("-sequence")[:MOST_URGENT]),
        waiting=list(with_bookings(waiting).order_by("sequence")[:MOST_URGENT]),
        refused_count=refused.count(),
        waiting_count=waiting.count(),
        late_count=late.count(),
    )


def open_refusals(organisation: Organisation, clinic_ids: ClinicIds) -> QuerySet[AgentEvent]:
    rows = booking_events(organisation, clinic_ids).filter(
        outcome=AgentEvent.Outcome.REFUSED, handled_at=None
    )
    return rows.filter(acknowledged_at__gt=timezone.now() - FORGET_REFUSALS)


def unanswered_events(organisation: Organisation, clinic_ids: ClinicIds) -> QuerySet[AgentEvent]:
    return booking_events(organisation, clinic_ids).filter(acknowledged_at=None)


def booking_events(organisation: Organisation, clinic_ids: ClinicIds) -> QuerySet[AgentEvent]:
    rows = AgentEvent.objects.filter(
        organisation=organisation, type__in=BOOKING_EVENTS, booking__isnull=False
    )
    return rows if clinic_ids is None else rows.filter(booking__clinic__in=clinic_ids)


def with_bookings(rows: QuerySet[AgentEvent]) -> QuerySet[AgentEvent]:
    return rows.select_related(
        "booking__clinic", "booking__practitioner", "booking__treatment", "booking__patient"
    )
