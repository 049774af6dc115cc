"""Moving what the clinic made without a treatment, or for longer than its treatment is.

It gets as much time as it had, with the same practitioner.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications.models import Kind, Message
from scheduling.appointment_changes import hold_new_time_for, move_appointment, refusal_for
from scheduling.appointments import ClinicAppointment, as_booking
from scheduling.cancellations import can_undo, cancel_booking
from scheduling.change_rules import Change, Refusal
from scheduling.changes import hold_new_time, move_booking
from scheduling.errors import ChangeRefused, TimeNotOffered, TimeTaken
from scheduling.free_weeks import differing_weeks, rebuild_free_weeks
from scheduling.holds import hold_time
from scheduling.models import Booking, BookingResource, Category, Login, TreatmentResource
from scheduling.new_times import new_times, next_week_of_new_times, takers
from scheduling.slot_times import SlotTime
from scheduling.slots import Window, publish_slots
from scheduling.weeks import week_of
from sync_api.events import event_document
from tests.conftest import Practice
from tests.factories import BookingFactory, ResourceFactory, next_monday_at, publish
from tests.scheduling.booked import colleague_of, fresh, newest_event
from tests.scheduling.clinic_made import answered, appointment_facts, logged_in, the_one

pytestmark = pytest.mark.django_db
NINE = next_monday_at(9)
HELSINKI = ZoneInfo("Europe/Helsinki")
KINDS: list[dict[str, Any]] = [{"treatment": None, "minutes": 45}, {"treatment": "t1", "minutes": 45}]
"""Without a treatment; and a quarter of an hour longer than the treatment is."""


@pytest.fixture
def published(in_scope: Practice) -> Practice:
    """Monday from 8 to 16 o'clock, where appointments without a treatment may be moved too."""
    in_scope.organisation.settings.move_without_template = True
    in_scope.organisation.settings.cancel_without_template = True
    in_scope.organisation.settings.step_minutes = 15
    in_scope.organisation.settings.save()
    publish(in_scope.organisation, in_scope.practitioner, in_scope.clinic, monday())
    rebuild_free_weeks(organisation=in_scope.organisation)
    return in_scope


def monday(first: int = 8, last: int = 16) -> tuple[datetime, datetime]:
    return next_monday_at(first), next_monday_at(last)


def shown(practice: Practice, **facts: Any) -> tuple[Login, ClinicAppointment]:
    login, _ = logged_in(practice)
    answered(practice, login, appointment_facts(**{"starts_at": NINE + timedelta(days=1), **facts}))
    return login, the_one(practice, login)


def offered(practice: Practice, booking: Booking) -> list[datetime]:
    return new_times(organisation=practice.organisation, booking=booking, week=week_of(NINE, HELSINKI))


def placed(practice: Practice, appointment: ClinicAppointment) -> list[datetime]:
    """Where on Monday it could go."""
    found = offered(practice, as_booking(practice.organisation, appointment))
    return [time for time in found if time.date() == NINE.date()]


def hold(practice: Practice, appointment: ClinicAppointment, starts_at: datetime) -> Booking:
    return hold_new_time_for(organisation=practice.organisation, appointment=appointment, starts_at=starts_at)


def move(practice: Practice, login: Login, appointment: ClinicAppointment, to: datetime) -> Booking:
    held = hold(practice, appointment, to)
    return move_appointment(
        organisation=practice.organisation,
        login=login,
        appointment=appointment,
        new_time=held.public_id,
        language="en",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_appointment_is_offered_every_start_that_has_room_for_its_own_length(
    published: Practice, kind: dict[str, Any]
) -> None:
    _, appointment = shown(published, **kind)

    times = placed(published, appointment)

    assert times == [next_monday_at(8) + n * timedelta(minutes=15) for n in range(30)]
    assert times[-1] + timedelta(minutes=45) == next_monday_at(16)


@pytest.mark.parametrize(
    ("treatment", "hours"),
    [
        (None, [8, 8, 8, 8, 9, 9, 11, 11, 11, 11, 12, 12, 14, 14]),
        ("t1", [8, 8, 8, 8, 9, 9, 14, 14]),
    ],
)
def test_time_for_other_categories_is_offered_to_what_has_none(
    published: Practice, treatment: str | None, hours: list[int]
) -> None:
    surgery = Category.across.create(
        organisation=published.organisation, external_id="surgery", name="Surgery"
    )
    known = (published.treatment.category_id,)
    window = Window(
        published.practitioner.pk,
        published.clinic.pk,
        *monday(),
        [
            SlotTime.of(*monday(8, 10), only=known),
            SlotTime.of(*monday(11, 13), only=(surgery.pk,)),
            SlotTime.of(*monday(14, 15)),
        ],
    )
    publish_slots(organisation=published.organisation, windows=[window])
    _, appointment = shown(published, treatment=treatment, minutes=45)

    assert [time.hour for time in placed(published, appointment)] == hours


@pytest.mark.parametrize("kind", KINDS)
def test_appointment_stays_with_its_practitioner(published: Practice, kind: dict[str, Any]) -> None:
    colleague_of(published)
    _, appointment = shown(published, **kind)
    booking = as_booking(published.organisation, appointment)
    BookingFactory(
        organisation=published.organisation,
        clinic=published.clinic,
        practitioner=published.practitioner,
        treatment=published.treatment,
        during=published.treatment.during(next_monday_at(11)),
        state=Booking.State.BOOKED,
    )

    assert next_monday_at(11) not in placed(published, appointment)
    assert next_monday_at(10, 30) not in placed(published, appointment)
    with pytest.raises(TimeTaken):
        hold(published, appointment, next_monday_at(10, 30))
    who = takers(organisation=published.organisation, booking=booking, starts_at=next_monday_at(12))
    assert who == [published.practitioner]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["practitioner", "clinic"])
def test_nothing_is_offered_where_the_place_is_no_longer_published(
    published: Practice, kind: dict[str, Any], field: str
) -> None:
    _, appointment = shown(published, **kind)
    place = getattr(published, field)
    place.is_published = False
    place.save()
    (appointment_place := getattr(appointment, field)).is_published = False

    assert appointment_place.is_published is False
    assert placed(published, appointment) == []
    with pytest.raises(TimeNotOffered):
        hold(published, appointment, next_monday_at(11))


@pytest.mark.parametrize("kind", KINDS)
def test_moving_keeps_the_length_and_tells_clinic_and_patient(
    published: Practice, kind: dict[str, Any]
) -> None:
    login, appointment = shown(published, **kind)

    booking = fresh(move(published, login, appointment, next_monday_at(11)))

    assert (booking.state, booking.minutes, booking.appointment_id) == (Booking.State.BOOKED, 45, "a77")
    assert booking.practitioner == published.practitioner
    event = newest_event(booking)
    assert event.type == "appointment.move"
    data = event_document(event)["data"]
    assert data["appointment"] == "a77"
    assert data["new"]["start"] == next_monday_at(11).isoformat()
    assert data["new"]["end"] == next_monday_at(11, 45).isoformat()
    assert Message.across.filter(kind=Kind.MOVE).count() == 2
    assert differing_weeks(organisation=published.organisation) == 0
    with pytest.raises(TimeTaken):
        hold_time(
            organisation=published.organisation,
            treatment=published.treatment,
            practitioner=published.practitioner,
            clinic=published.clinic,
            starts_at=next_monday_at(11, 30),
            visitor="another",
        )


def test_moved_appointment_is_called_what_the_clinic_called_it(published: Practice) -> None:
    login, appointment = shown(published, treatment=None, text="Hoitokäynti")

    booking = fresh(move(published, login, appointment, next_monday_at(11)))

    assert booking.what == "Hoitokäynti"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clinic_words FROM scheduling_bookingpatient WHERE booking_id = %s", [booking.pk]
        )
        assert "Hoitokäynti" not in str(cursor.fetchone())
    booking.patient.delete()
    assert fresh_without_patient(booking).what == "Appointment"
    assert "Hoitokäynti" not in "".join(Message.across.values_list("body", flat=True))


def fresh_without_patient(booking: Booking) -> Booking:
    found: Booking = Booking.across.get(pk=booking.pk)
    return found


def test_move_without_treatment_needs_its_switch(published: Practice) -> None:
    published.organisation.settings.move_without_template = False
    _, appointment = shown(published, treatment=None)

    assert (
        refusal_for(organisation=published.organisation, appointment=appointment, change=Change.MOVE)
        == Refusal.WITHOUT_TREATMENT
    )
    with pytest.raises(ChangeRefused):
        hold(published, appointment, next_monday_at(11))


@pytest.mark.parametrize("kind", KINDS)
def test_appointment_may_move_by_less_than_its_length(published: Practice, kind: dict[str, Any]) -> None:
    login, appointment = shown(published, **kind, starts_at=NINE)
    publish(  # as the agent does: the appointment's own time is not free to anybody
        published.organisation,
        published.practitioner,
        published.clinic,
        monday(8, 9),
        (next_monday_at(9, 45), next_monday_at(16)),
    )

    times = placed(published, appointment)

    assert next_monday_at(9, 15) in times
    assert next_monday_at(8, 45) in times
    assert NINE not in times
    booking = move(published, login, appointment, next_monday_at(9, 15))
    assert fresh(booking).during.lower == next_monday_at(9, 15)


def test_what_was_moved_without_treatment_can_be_moved_again_and_cancelled_for_good(
    published: Practice,
) -> None:
    login, appointment = shown(published, treatment=None, minutes=45)
    booking = fresh(move(published, login, appointment, next_monday_at(11)))

    again = hold_new_time(
        organisation=published.organisation, booking=booking, starts_at=next_monday_at(11, 30)
    )
    moved = move_booking(organisation=published.organisation, booking=booking, new_time=again.public_id)
    assert (moved.starts_at, moved.minutes) == (next_monday_at(11, 30), 45)
    assert event_document(newest_event(booking))["data"]["appointment"] == "a77"

    cancel_booking(organisation=published.organisation, booking=fresh(booking))
    assert next_monday_at(11, 30) in placed(published, appointment)
    assert not can_undo(organisation=published.organisation, booking=fresh(booking))
    assert differing_weeks(organisation=published.organisation) == 0


def test_longer_appointment_needs_its_treatments_resource_all_the_while(published: Practice) -> None:
    chair = ResourceFactory(organisation=published.organisation, clinic=published.clinic)
    TreatmentResource.across.create(
        organisation=published.organisation, treatment=published.treatment, resource=chair
    )
    login, appointment = shown(published, treatment="t1", minutes=45)
    hold_time(
        organisation=published.organisation,
        treatment=published.treatment,
        practitioner=colleague_of(published),
        clinic=published.clinic,
        starts_at=next_monday_at(10),
        visitor="another",
    )

    times = placed(published, appointment)

    assert next_monday_at(9, 15) in times
    assert not {next_monday_at(9, 30), next_monday_at(10), next_monday_at(10, 15)} & set(times)
    assert next_monday_at(10, 30) in times
    booking = move(published, login, appointment, next_monday_at(9, 15))
    assert BookingResource.across.get(booking=booking).during == fresh(booking).during


def test_way_out_of_an_empty_week_costs_the_same_however_far_it_is(published: Practice) -> None:
    _, appointment = shown(published, treatment=None)
    booking = as_booking(published.organisation, appointment)
    counts = []
    for weeks in (2, 12):
        far = NINE.astimezone(HELSINKI) + timedelta(weeks=weeks)
        times = (far, far + timedelta(hours=2))
        publish(published.organisation, published.practitioner, published.clinic, times)
        with CaptureQueriesContext(connection) as queries:
            found = next_week_of_new_times(
                organisation=published.organisation,
                booking=booking,
                after=week_of(NINE + timedelta(weeks=weeks - 1), HELSINKI),
            )
        assert found == week_of(far, HELSINKI)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_database_keeps_a_booking_without_treatment_for_what_the_clinic_made(published: Practice) -> None:
    row = {
        "organisation": published.organisation,
        "clinic": published.clinic,
        "practitioner": published.practitioner,
        "treatment": None,
        "during": published.treatment.during(next_monday_at(12)),
        "state": Booking.State.BOOKED,
    }

    with (
        pytest.raises(IntegrityError, match="booking_without_treatment_is_the_clinics"),
        transaction.atomic(),
    ):
        BookingFactory(**row)
    BookingFactory(**row, appointment_id="a77")
