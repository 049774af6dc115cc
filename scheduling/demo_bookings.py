"""What the demo's clinics have been booked for: eight weeks that are over, and the weeks to come.

What is to come is booked as patients book it, so that it stands in the clinic's book as well; only the
moments at which it happened are put back. What is over is written down as it would stand by now.
"""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F
from django.utils import timezone

from clinics.models import Clinic, Organisation, Practitioner, PractitionerClinic
from notifications.models import Channel, Kind, Message
from notifications.models import State as MessageState
from scheduling.bookings import book, store_patient
from scheduling.cancellations import cancel_booking
from scheduling.day_numbers import keep_day_numbers
from scheduling.demo_patients import moment_of, patient_of, somebody
from scheduling.errors import ChangeRefused, TimeNotOffered, TimeTaken
from scheduling.free_times import free_times
from scheduling.holds import hold_time
from scheduling.models import (
    AgentEvent,
    AgentLink,
    Booking,
    BookingPatient,
    ConfirmationCode,
    DeskAct,
    StepCount,
    Treatment,
    TreatmentPractitioner,
)
from scheduling.models.booking import Confirmation
from scheduling.models.desk import Act
from scheduling.weeks import midnight, monday_of

DAYS_BACK = 56
WEEKS_AHEAD = 4
COMING = 5
"""Bookings to come, for each practitioner."""
BEGINS = [time(hour, minute) for hour in range(8, 15) for minute in (0, 30)]
LAPSED_EVERY = 4
"""So many bookings for one time that was held and let go."""
PER_DAY = (0, 1, 1, 2, 2, 3)
"""Bookings of one practitioner on one day, one of these."""
STATES = 40 * ["arrived"] + 4 * ["cancelled"] + 2 * ["no_show", "booked"] + ["refused"]
ENTERED_AFTER = timedelta(seconds=2)
TYPED_FOR = timedelta(minutes=4)
LEADS = (0, 1, 1, 2, 3, 4, 5, 6, 8, 9, 11, 14, 17, 21, 26, 33)
"""Days from booking to appointment."""
State = Booking.State


@dataclass(frozen=True, slots=True)
class Workplace:
    """One practitioner at one clinic, and what they are booked for."""

    practitioner: Practitioner
    clinic: Clinic
    treatments: list[Treatment]


def write_bookings(*, organisation: Organisation, today: date) -> int:
    """Past and coming bookings of an organisation that has none yet; how many. Twice writes nothing."""
    if Booking.objects.filter(organisation=organisation).exclude(booked_at=None).exists():
        return 0
    chance = Random(organisation.subdomain)  # noqa: S311 - believable, not secret
    places = workplaces(organisation)
    with transaction.atomic():
        past = past_bookings(organisation, places, today, chance)
        write_past(organisation, past, chance)
        write_lapsed(past[::LAPSED_EVERY])
        write_steps(organisation, today, len(places), chance)
    keep_day_numbers(organisation=organisation)
    coming = [one for place in places for one in book_coming(organisation, place, today, chance)]
    for booking in coming[::9]:
        cancel(organisation, booking)
    return len(past) + len(coming)


def workplaces(organisation: Organisation) -> list[Workplace]:
    treatments = list(Treatment.objects.filter(organisation=organisation, retired_at=None).order_by("pk"))
    listed = TreatmentPractitioner.objects.filter(organisation=organisation)
    gives = set(listed.values_list("practitioner", "treatment"))
    not_everybodys = {treatment for _, treatment in gives}
    rows = PractitionerClinic.objects.filter(organisation=organisation).order_by("pk")
    return [
        Workplace(
            row.practitioner,
            row.clinic,
            [
                one
                for one in treatments
                if one.pk not in not_everybodys or (row.practitioner_id, one.pk) in gives
            ],
        )
        for row in rows.select_related("practitioner", "clinic")
    ]


def booked_before(starts_at: datetime, latest: datetime, chance: Random) -> datetime:
    """A believable moment at which somebody booked a time: by day, and some days ahead."""
    hour, minute = chance.choice((7, 8, 9, 10, 12, 13, 16, 18, 19, 20, 21)), chance.randint(0, 59)
    day = min(starts_at, latest) - timedelta(days=chance.choice(LEADS))
    at = day.replace(hour=hour, minute=minute)
    return at if at < latest else latest - timedelta(minutes=chance.randint(90, 900))


# What is over


def past_bookings(
    organisation: Organisation, places: list[Workplace], today: date, chance: Random
) -> list[Booking]:
    """Not saved yet, in the order in which they were booked."""
    found: list[Booking] = []
    for day in (today - timedelta(days=back) for back in range(1, DAYS_BACK + 1)):
        if day.weekday() > 4:
            continue
        busy: set[int] = set()
        for place in chance.sample(places, len(places)):
            if place.practitioner.pk not in busy and place.treatments:
                busy.add(place.practitioner.pk)
                found += past_day(organisation, place, day, chance)
    return sorted(found, key=moment_of)


def past_day(organisation: Organisation, place: Workplace, day: date, chance: Random) -> Iterator[Booking]:
    zone = ZoneInfo(place.clinic.time_zone)
    free_from = midnight(day, zone)
    for begins in sorted(chance.sample(BEGINS, chance.choice(PER_DAY))):
        treatment = chance.choice(place.treatments)
        starts_at = datetime.combine(day, begins, zone)
        if starts_at >= free_from:
            free_from = starts_at + timedelta(minutes=treatment.minutes)
            booked_at = booked_before(starts_at, starts_at, chance)
            state = State(chance.choice(STATES))
            yield Booking(
                organisation=organisation,
                clinic=place.clinic,
                practitioner=place.practitioner,
                treatment=treatment,
                during=DateTimeTZRange(starts_at, free_from),
                state=state,
                visitor=f"demo {chance.getrandbits(64):x}",
                appointment_id=""
                if state == State.REFUSED
                else f"{booked_at:%y%m}-{chance.randint(0, 9999):04}",
                accepted_at=None if state == State.REFUSED else booked_at + ENTERED_AFTER,
                refusal_reason="taken" if state == State.REFUSED else "",
                booked_at=booked_at,
                confirmed_by=Confirmation.CODE,
                revision=int(state in (State.CANCELLED, State.REFUSED)),
            )


def write_past(organisation: Organisation, bookings: list[Booking], chance: Random) -> None:
    Booking.objects.bulk_create(bookings)
    for booking in bookings:
        booking.created_at = moment_of(booking) - TYPED_FOR
    Booking.objects.bulk_update(bookings, ["created_at"])
    patients = [patient_of(booking, somebody(chance)) for booking in bookings]
    BookingPatient.objects.bulk_create(patients)
    Message.objects.bulk_create(
        [message for patient in patients for message in messages_sent(organisation, patient)]
    )
    write_events(organisation, [event for booking in bookings for event in events_of(booking, chance)])
    DeskAct.objects.bulk_create(
        DeskAct(
            organisation=organisation,
            booking=booking.public_id,
            act=Act.ARRIVED if booking.state == State.ARRIVED else Act.NO_SHOW,
            who="Kaisa Demonen",
            at=booking.ends_at,
        )
        for booking in bookings
        if booking.state in (State.ARRIVED, State.NO_SHOW)
    )


def write_lapsed(bookings: list[Booking]) -> None:
    """Times that somebody else had held a little earlier and let go, half of them after a code was sent."""
    lapsed = [
        Booking(
            organisation_id=one.organisation_id,
            clinic=one.clinic,
            practitioner=one.practitioner,
            treatment=one.treatment,
            during=one.during,
            state=State.EXPIRED,
            visitor=f"{one.visitor} before",
            hold_expires_at=one.created_at - timedelta(minutes=20),
        )
        for one in bookings
    ]
    Booking.objects.bulk_create(lapsed)
    for before, one in zip(lapsed, bookings, strict=True):
        before.created_at = one.created_at - timedelta(minutes=30)
    Booking.objects.bulk_update(lapsed, ["created_at"])
    ConfirmationCode.objects.bulk_create(
        ConfirmationCode(
            organisation_id=one.organisation_id,
            booking=one,
            purpose="booking",
            salt=secrets.token_bytes(16),
            digest=secrets.token_bytes(32),
            created_at=one.created_at,
            expires_at=one.created_at + timedelta(minutes=10),
        )
        for one in lapsed[::2]
    )


def messages_sent(organisation: Organisation, patient: BookingPatient) -> Iterator[Message]:
    """The confirmation by both ways; what it said has been forgotten by now."""
    booking = patient.booking
    for channel, to in ((Channel.EMAIL, patient.email), (Channel.SMS, patient.mobile.as_e164)):
        yield Message(
            organisation=organisation,
            channel=channel,
            kind=Kind.CONFIRMATION,
            about=f"booking:{booking.public_id}",
            to=to,
            language=patient.language,
            state=MessageState.SENT,
            attempts=1,
            created_at=moment_of(booking),
            sent_at=moment_of(booking) + ENTERED_AFTER,
        )


def events_of(booking: Booking, chance: Random) -> Iterator[AgentEvent]:
    """What the agent was told, and answered."""
    is_refused, booked_at = booking.state == State.REFUSED, moment_of(booking)
    told = AgentEvent(
        organisation_id=booking.organisation_id,
        booking=booking,
        type=AgentEvent.Type.BOOKING_CREATED,
        acknowledged_at=booked_at + ENTERED_AFTER,
        outcome=AgentEvent.Outcome.REFUSED if is_refused else AgentEvent.Outcome.ACCEPTED,
        appointment_id=booking.appointment_id,
        reason=booking.refusal_reason,
    )
    told.created_at = booked_at
    if is_refused and booking.starts_at < timezone.now() - timedelta(days=4):
        told.handled_at = booked_at + timedelta(hours=1)
    yield told
    later = {State.CANCELLED: AgentEvent.Type.BOOKING_CANCELLED, State.ARRIVED: AgentEvent.Type.BOOKING_MOVED}
    if booking.state == State.CANCELLED or (booking.state == State.ARRIVED and chance.random() < 0.06):
        at = booked_at + (booking.starts_at - booked_at) * chance.random()
        changed = AgentEvent(
            organisation_id=booking.organisation_id,
            booking=booking,
            type=later[State(booking.state)],
            data={"by": "patient"},
            acknowledged_at=at + ENTERED_AFTER,
            outcome=AgentEvent.Outcome.ACCEPTED,
            appointment_id=booking.appointment_id,
        )
        changed.created_at = at
        yield changed


def write_events(organisation: Organisation, events: list[AgentEvent]) -> None:
    """With numbers that go on from the last; all answered, so that no agent asks for them."""
    AgentLink.objects.get_or_create(organisation=organisation)
    AgentLink.objects.filter(organisation=organisation).update(last_event=F("last_event") + len(events))
    last = AgentLink.objects.get(organisation=organisation).last_event
    in_order = sorted(events, key=lambda event: event.created_at)
    moments = {}
    for sequence, event in enumerate(in_order, start=last - len(events) + 1):
        event.sequence = sequence
        moments[sequence] = event.created_at
    AgentEvent.objects.bulk_create(in_order)
    for event in in_order:
        event.created_at = moments[event.sequence]
    AgentEvent.objects.bulk_update(in_order, ["created_at"])


def write_steps(organisation: Organisation, today: date, size: int, chance: Random) -> None:
    """How many looked: fewer at each step, and fewer at weekends."""
    rows = []
    for day in (today - timedelta(days=back) for back in range(DAYS_BACK + 1)):
        shown = size * (2 if day.weekday() > 4 else 4) + chance.randint(0, size)
        for step, share in (("clinic", 1.0), ("treatment", 0.86), ("practitioner", 0.7), ("time", 0.62)):
            rows.append(StepCount(organisation=organisation, day=day, step=step, shown=int(shown * share)))
    StepCount.objects.bulk_create(rows, ignore_conflicts=True)


# What is to come


def book_coming(
    organisation: Organisation, place: Workplace, today: date, chance: Random
) -> Iterator[Booking]:
    """Times that are free by now, booked; where nobody works there is none."""
    for number in range(COMING):
        if place.treatments:
            week = monday_of(today) + timedelta(days=7 * (number % WEEKS_AHEAD))
            booking = book_in_week(organisation, place, week, chance)
            if booking is not None:
                yield booking


def book_in_week(organisation: Organisation, place: Workplace, week: date, chance: Random) -> Booking | None:
    treatment = chance.choice(place.treatments)
    times = free_times(
        organisation=organisation,
        week=week,
        clinic=place.clinic,
        treatment=treatment,
        practitioner=place.practitioner,
    )
    if not times:
        return None
    starts_at = chance.choice(times).starts_at
    visitor = f"demo {chance.getrandbits(64):x}"
    try:
        with transaction.atomic():
            hold = hold_time(
                organisation=organisation,
                clinic=place.clinic,
                treatment=treatment,
                practitioner=place.practitioner,
                starts_at=starts_at,
                visitor=visitor,
            )
            store_patient(organisation, hold, somebody(chance))
            book(organisation, hold, Confirmation.CODE)
            put_back(hold, booked_before(starts_at, timezone.now(), chance))
    except (TimeTaken, TimeNotOffered):
        return None
    return hold


def put_back(booking: Booking, booked_at: datetime) -> None:
    """As if it had been booked then, and its messages sent then: nobody's telephone is to ring for it now."""
    Booking.objects.filter(pk=booking.pk).update(booked_at=booked_at, created_at=booked_at - TYPED_FOR)
    Message.objects.filter(
        organisation=booking.organisation_id, about__startswith=f"booking:{booking.public_id}"
    ).update(
        state=MessageState.SENT,
        attempts=1,
        created_at=booked_at,
        sent_at=booked_at + ENTERED_AFTER,
    )


def cancel(organisation: Organisation, booking: Booking) -> None:
    """By the patient, some days ago; it stays where that would be too late."""
    with suppress(ChangeRefused), transaction.atomic():
        cancelled = cancel_booking(organisation=organisation, booking=booking)
        put_back(cancelled, moment_of(cancelled))


def put_answers_back(*, organisation: Organisation) -> int:
    """The agent's answers to what was put back come as soon after it as they came now; how many are missing.

    To be asked again until none is.
    """
    events = AgentEvent.objects.filter(organisation=organisation, booking__visitor__startswith="demo ")
    for event in (
        events.filter(created_at__gt=F("booking__booked_at") + timedelta(hours=1))
        .exclude(acknowledged_at=None)
        .select_related("booking")
    ):
        is_new = event.type == AgentEvent.Type.BOOKING_CREATED
        begun = event.own_booking.booked_at or event.created_at
        at = begun if is_new else begun + (timezone.now() - begun) / 2
        AgentEvent.objects.filter(pk=event.pk).update(created_at=at, acknowledged_at=at + ENTERED_AFTER)
        if is_new:
            Booking.objects.filter(pk=event.booking_id, accepted_at__isnull=False).update(
                accepted_at=at + ENTERED_AFTER
            )
    missing: int = events.filter(acknowledged_at=None).count()
    return missing
