"""A change that the clinic's agent refuses: the booking goes back, and the patient is told."""

import pytest

from notifications.models import Kind, Message
from scheduling.cancellations import cancel_booking
from scheduling.changes import hold_new_time, move_booking
from scheduling.free_weeks import differing_weeks
from scheduling.models import AgentEvent, Booking, Slot
from sync_api.acknowledgements import acknowledge_events
from sync_api.schemas import ResultIn
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.scheduling.booked import booked, colleague_of, fresh, newest_event

pytestmark = pytest.mark.django_db


def answer(practice: Practice, event: AgentEvent, outcome: str = "refused", **more: str) -> None:
    result = ResultIn(event=event.sequence, outcome=outcome, **more)  # type: ignore[arg-type]
    acknowledge_events(organisation=practice.organisation, results=[result])


def move_to(practice: Practice, booking: Booking, hour: int) -> AgentEvent:
    hold = hold_new_time(organisation=practice.organisation, booking=booking, starts_at=next_monday_at(hour))
    move_booking(organisation=practice.organisation, booking=booking, new_time=hold.public_id)
    return newest_event(booking)


def words_sent(booking: Booking) -> list[str]:
    about = f"booking:{booking.public_id}"
    told = Message.across.filter(about__startswith=about, kind=Kind.CHANGE_REFUSED).order_by("channel")
    return [message.body for message in told]


def test_refused_move_goes_back_to_the_old_time(in_scope: Practice) -> None:
    booking = booked(in_scope)
    event = move_to(in_scope, booking, 11)

    answer(in_scope, event, reason="taken")

    after = fresh(booking)
    assert (after.state, after.starts_at, after.revision) == (Booking.State.BOOKED, next_monday_at(9), 2)
    assert differing_weeks(organisation=in_scope.organisation) == 0
    assert not Slot.objects.filter(
        starts_at__lt=next_monday_at(11, 30), ends_at__gt=next_monday_at(11)
    ).exists()
    assert all("9:00" in words for words in words_sent(booking))
    assert len(words_sent(booking)) == 2


def test_refused_move_goes_back_to_the_old_practitioner(in_scope: Practice) -> None:
    colleague_of(in_scope)
    booking = booked(in_scope)
    booked(in_scope, next_monday_at(11))
    event = move_to(in_scope, booking, 11)

    answer(in_scope, event)

    assert fresh(booking).practitioner == in_scope.practitioner
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_refused_move_whose_old_time_is_gone_is_for_the_staff(in_scope: Practice) -> None:
    booking = booked(in_scope)
    event = move_to(in_scope, booking, 11)
    booked(in_scope)

    answer(in_scope, event, reason="taken")

    after = fresh(booking)
    assert (after.state, after.refusal_reason) == (Booking.State.REFUSED, "taken")
    assert differing_weeks(organisation=in_scope.organisation) == 0
    assert all("9:00" not in words and in_scope.clinic.phone in words for words in words_sent(booking))


def test_moves_refused_one_after_another_go_back_to_the_first_time(in_scope: Practice) -> None:
    booking = booked(in_scope)
    first = move_to(in_scope, booking, 11)
    second = move_to(in_scope, fresh(booking), 12)

    answer(in_scope, first)
    assert fresh(booking).starts_at == next_monday_at(12)
    answer(in_scope, second)

    assert fresh(booking).starts_at == next_monday_at(9)


def test_refused_cancellation_books_the_time_again(in_scope: Practice) -> None:
    booking = booked(in_scope)
    cancel_booking(organisation=in_scope.organisation, booking=booking)

    answer(in_scope, newest_event(booking), reason="not-allowed")

    after = fresh(booking)
    assert (after.state, after.revision) == (Booking.State.BOOKED, 2)
    assert len(words_sent(booking)) == 2
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_refused_cancellation_whose_time_is_gone_stays_cancelled(in_scope: Practice) -> None:
    booking = booked(in_scope)
    cancel_booking(organisation=in_scope.organisation, booking=booking)
    event = newest_event(booking)
    booked(in_scope)

    answer(in_scope, event)

    assert fresh(booking).state == Booking.State.CANCELLED
    assert len(words_sent(booking)) == 2
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_refusal_of_what_has_been_changed_since_changes_nothing(in_scope: Practice) -> None:
    booking = booked(in_scope)
    event = move_to(in_scope, booking, 11)
    cancel_booking(organisation=in_scope.organisation, booking=fresh(booking))

    answer(in_scope, event)

    assert fresh(booking).state == Booking.State.CANCELLED
    assert words_sent(booking) == []


def test_accepted_move_takes_the_appointments_new_id(in_scope: Practice) -> None:
    booking = booked(in_scope)
    event = move_to(in_scope, booking, 11)

    answer(in_scope, event, outcome="accepted", appointment="a-7")

    assert (fresh(booking).appointment_id, fresh(booking).starts_at) == ("a-7", next_monday_at(11))


def test_accepted_cancellation_stays_cancelled(in_scope: Practice) -> None:
    booking = booked(in_scope)
    cancel_booking(organisation=in_scope.organisation, booking=booking)

    answer(in_scope, newest_event(booking), outcome="accepted")

    assert fresh(booking).state == Booking.State.CANCELLED
