"""Cancelling, taking that back, and moving: what becomes of the time, the messages and the agent."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from notifications.models import Kind, Message, State
from scheduling.bookings import refuse_booking
from scheduling.cancellations import booked_again, can_undo, cancel_booking, undo_cancellation
from scheduling.change_rules import Refusal
from scheduling.changes import hold_new_time, is_within_reach, move_booking, new_time_of
from scheduling.errors import ChangeRefused, HoldExpired, NotUndoable, TimeNotOffered, TimeTaken
from scheduling.free_times import free_times
from scheduling.free_weeks import differing_weeks
from scheduling.holds import hold_time
from scheduling.models import AgentEvent, Booking, BookingResource, TreatmentResource
from scheduling.weeks import monday_of
from sync_api.events import events_for_agent
from tests.conftest import Practice
from tests.factories import BookingFactory, ResourceFactory, next_monday_at, publish
from tests.scheduling.booked import booked, colleague_of, fresh, newest_event

pytestmark = pytest.mark.django_db


def free_starts(practice: Practice) -> list[datetime]:
    times = free_times(
        organisation=practice.organisation,
        clinic=practice.clinic,
        treatment=practice.treatment,
        practitioner=None,
        week=monday_of(next_monday_at(9).date()),
    )
    return [time.starts_at for time in times]


def moved(practice: Practice, booking: Booking, to: datetime) -> Booking:
    hold = hold_new_time(organisation=practice.organisation, booking=booking, starts_at=to)
    return move_booking(organisation=practice.organisation, booking=booking, new_time=hold.public_id)


def messages(booking: Booking, kind: Kind) -> list[Message]:
    about = f"booking:{booking.public_id}"
    return list(Message.across.filter(about__startswith=about, kind=kind).order_by("channel"))


def test_cancellation_frees_the_time_and_tells_everybody(in_scope: Practice) -> None:
    booking = booked(in_scope)
    assert next_monday_at(9) not in free_starts(in_scope)

    cancel_booking(organisation=in_scope.organisation, booking=booking)

    assert fresh(booking).state == Booking.State.CANCELLED
    assert next_monday_at(9) in free_starts(in_scope)
    event = newest_event(booking)
    old = {"start": next_monday_at(9).isoformat(), "end": next_monday_at(9, 30).isoformat()}
    assert event.type == "booking.cancelled"
    assert event.data == {
        "by": "patient",
        "old": {**old, "practitioner": "p1", "clinic": "c1"},
        "record_in_journal": False,
    }
    mail, sms = messages(booking, Kind.CANCELLATION)
    assert (mail.state, sms.state) == (State.WAITING, State.WAITING)
    calendar = mail.attachments[0]
    assert "method=CANCEL" in calendar["content_type"]
    for line in ("METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:1", f"UID:{booking.public_id}@"):
        assert line in calendar["text"]


@pytest.mark.parametrize("change", ["cancel", "move"])
def test_time_that_the_agent_no_longer_publishes_is_free_at_once_all_the_same(
    in_scope: Practice, change: str
) -> None:
    booking = booked(in_scope)
    publish(  # as the agent does once the booking is in the book
        in_scope.organisation,
        in_scope.practitioner,
        in_scope.clinic,
        (next_monday_at(8), next_monday_at(9)),
        (next_monday_at(9, 30), next_monday_at(16)),
    )

    if change == "cancel":
        cancel_booking(organisation=in_scope.organisation, booking=booking)
        assert can_undo(organisation=in_scope.organisation, booking=fresh(booking))
    else:
        moved(in_scope, booking, next_monday_at(11))

    assert next_monday_at(9) in free_starts(in_scope)
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_cancellation_takes_back_what_waits_to_be_said(in_scope: Practice) -> None:
    booking = booked(in_scope)
    other = booked(in_scope, next_monday_at(10))

    cancel_booking(organisation=in_scope.organisation, booking=booking)

    assert {message.state for message in messages(booking, Kind.CONFIRMATION)} == {State.CANCELLED}
    assert {message.state for message in messages(other, Kind.CONFIRMATION)} == {State.WAITING}


def test_cancelling_twice_cancels_once(in_scope: Practice) -> None:
    booking = booked(in_scope)

    for _ in range(2):
        cancel_booking(organisation=in_scope.organisation, booking=booking)

    assert AgentEvent.objects.filter(booking=booking, type="booking.cancelled").count() == 1
    assert len(messages(booking, Kind.CANCELLATION)) == 2


def test_journal_is_kept_where_the_organisation_wants_it(in_scope: Practice) -> None:
    in_scope.organisation.settings.journal_cancellations = True
    in_scope.organisation.settings.journal_moves = True
    booking = booked(in_scope)

    moved(in_scope, booking, next_monday_at(11))
    assert newest_event(booking).data["record_in_journal"] is True
    cancel_booking(organisation=in_scope.organisation, booking=booking)
    assert newest_event(booking).data["record_in_journal"] is True


@pytest.mark.parametrize(
    ("switch", "refusal"), [("cancel_allowed", Refusal.ORGANISATION), (None, Refusal.DEADLINE)]
)
def test_cancellation_against_a_rule_changes_nothing(
    in_scope: Practice, switch: str | None, refusal: Refusal
) -> None:
    booking = booked(in_scope)
    if switch:
        setattr(in_scope.organisation.settings, switch, False)
    else:
        in_scope.organisation.settings.change_deadline_hours = 24 * 30

    with pytest.raises(ChangeRefused) as refused:
        cancel_booking(organisation=in_scope.organisation, booking=booking)

    assert refused.value.refusal == refusal
    assert fresh(booking).state == Booking.State.BOOKED
    assert newest_event(booking).type == "booking.created"


def test_undo_books_the_same_time_again_as_another_appointment(in_scope: Practice) -> None:
    booking = booked(in_scope)
    cancel_booking(organisation=in_scope.organisation, booking=booking)
    assert can_undo(organisation=in_scope.organisation, booking=fresh(booking))

    again = undo_cancellation(organisation=in_scope.organisation, booking=fresh(booking))

    again = fresh(again)
    assert (again.state, again.during, again.pk != booking.pk) == (
        Booking.State.BOOKED,
        booking.during,
        True,
    )
    assert (again.patient.first_name, again.patient.email) == ("Maija", "maija@example.com")
    assert newest_event(again).type == "booking.created"
    assert len(messages(again, Kind.CONFIRMATION)) == 2
    assert fresh(booking).patient.first_name == "Maija"


def test_undo_twice_books_once_even_after_the_new_one_has_moved(in_scope: Practice) -> None:
    booking = booked(in_scope)
    cancel_booking(organisation=in_scope.organisation, booking=booking)
    again = undo_cancellation(organisation=in_scope.organisation, booking=booking)
    moved(in_scope, fresh(again), next_monday_at(12))

    assert undo_cancellation(organisation=in_scope.organisation, booking=booking).pk == again.pk
    assert not can_undo(organisation=in_scope.organisation, booking=fresh(booking))
    assert Booking.objects.filter(state=Booking.State.BOOKED).count() == 1


def test_undo_is_too_late_once_somebody_has_the_time(in_scope: Practice) -> None:
    booking = booked(in_scope)
    cancel_booking(organisation=in_scope.organisation, booking=booking)
    booked(in_scope)

    assert not can_undo(organisation=in_scope.organisation, booking=fresh(booking))
    with pytest.raises(TimeTaken):
        undo_cancellation(organisation=in_scope.organisation, booking=booking)
    assert booked_again(organisation=in_scope.organisation, booking=booking) is None


def push_without_nine(practice: Practice) -> None:
    publish(
        practice.organisation,
        practice.practitioner,
        practice.clinic,
        (next_monday_at(8), next_monday_at(9)),
        (next_monday_at(9, 30), next_monday_at(16)),
    )


def acknowledge(event: AgentEvent) -> None:
    event.outcome, event.acknowledged_at = AgentEvent.Outcome.ACCEPTED, timezone.now()
    event.save()


@pytest.mark.parametrize("knows", [False, True])
def test_undo_does_not_depend_on_a_push_that_was_worked_out_before_the_agent_knew(
    in_scope: Practice, knows: bool
) -> None:
    booking = booked(in_scope)
    cancel_booking(organisation=in_scope.organisation, booking=booking)
    push_without_nine(in_scope)
    if knows:
        acknowledge(newest_event(booking))
    assert next_monday_at(9) not in free_starts(in_scope)

    assert can_undo(organisation=in_scope.organisation, booking=fresh(booking))
    again = undo_cancellation(organisation=in_scope.organisation, booking=fresh(booking))

    assert (again.starts_at, fresh(again).state) == (next_monday_at(9), Booking.State.BOOKED)
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_undo_is_too_late_once_the_agent_has_published_otherwise(in_scope: Practice) -> None:
    booking = booked(in_scope)
    cancel_booking(organisation=in_scope.organisation, booking=booking)
    acknowledge(newest_event(booking))
    push_without_nine(in_scope)

    assert not can_undo(organisation=in_scope.organisation, booking=fresh(booking))
    with pytest.raises(TimeNotOffered):
        undo_cancellation(organisation=in_scope.organisation, booking=fresh(booking))


def test_undo_is_not_offered_while_the_treatments_resource_is_in_use(in_scope: Practice) -> None:
    chair = ResourceFactory(organisation=in_scope.organisation, clinic=in_scope.clinic)
    TreatmentResource.across.create(
        organisation=in_scope.organisation, treatment=in_scope.treatment, resource=chair
    )
    booking = booked(in_scope)
    cancel_booking(organisation=in_scope.organisation, booking=booking)
    assert can_undo(organisation=in_scope.organisation, booking=fresh(booking))
    hold_time(
        organisation=in_scope.organisation,
        treatment=in_scope.treatment,
        practitioner=colleague_of(in_scope),
        clinic=in_scope.clinic,
        starts_at=next_monday_at(9),
        visitor="another",
    )

    assert not can_undo(organisation=in_scope.organisation, booking=fresh(booking))


def test_what_the_clinic_cancelled_cannot_be_undone(in_scope: Practice) -> None:
    booking = booked(in_scope)
    Booking.objects.filter(pk=booking.pk).update(state=Booking.State.CANCELLED)

    with pytest.raises(NotUndoable):
        undo_cancellation(organisation=in_scope.organisation, booking=booking)


def test_new_time_is_held_while_the_old_one_stays(in_scope: Practice) -> None:
    booking = booked(in_scope)

    hold = hold_new_time(organisation=in_scope.organisation, booking=booking, starts_at=next_monday_at(11))

    assert hold.state == Booking.State.HELD
    assert not {next_monday_at(9), next_monday_at(11)} & set(free_starts(in_scope))
    assert new_time_of(organisation=in_scope.organisation, booking=booking) == hold


def test_another_new_time_gives_the_first_back(in_scope: Practice) -> None:
    booking = booked(in_scope)
    first = hold_new_time(organisation=in_scope.organisation, booking=booking, starts_at=next_monday_at(11))

    hold_new_time(organisation=in_scope.organisation, booking=booking, starts_at=next_monday_at(12))

    assert next_monday_at(11) in free_starts(in_scope)
    with pytest.raises(HoldExpired):
        move_booking(organisation=in_scope.organisation, booking=booking, new_time=first.public_id)


def test_move_frees_the_old_time_and_tells_everybody(in_scope: Practice) -> None:
    booking = booked(in_scope)

    moved(in_scope, booking, next_monday_at(11))

    after = fresh(booking)
    assert (after.state, after.starts_at, after.revision) == (Booking.State.BOOKED, next_monday_at(11), 1)
    assert next_monday_at(9) in free_starts(in_scope)
    assert next_monday_at(11) not in free_starts(in_scope)
    assert differing_weeks(organisation=in_scope.organisation) == 0
    event = newest_event(booking)
    assert event.type == "booking.moved"
    assert event.data == {
        "old": {
            "start": next_monday_at(9).isoformat(),
            "end": next_monday_at(9, 30).isoformat(),
            "practitioner": "p1",
            "clinic": "c1",
        },
        "new": {
            "start": next_monday_at(11).isoformat(),
            "end": next_monday_at(11, 30).isoformat(),
            "practitioner": "p1",
            "clinic": "c1",
        },
        "record_in_journal": False,
    }
    mail, _sms = messages(booking, Kind.MOVE)
    for line in ("METHOD:REQUEST", "SEQUENCE:1", f"UID:{booking.public_id}@", "STATUS:CONFIRMED"):
        assert line in mail.attachments[0]["text"]
    assert {message.state for message in messages(booking, Kind.CONFIRMATION)} == {State.CANCELLED}


def test_move_twice_with_one_hold_moves_once(in_scope: Practice) -> None:
    booking = booked(in_scope)
    hold = hold_new_time(organisation=in_scope.organisation, booking=booking, starts_at=next_monday_at(11))

    for _ in range(2):
        move_booking(organisation=in_scope.organisation, booking=booking, new_time=hold.public_id)

    assert AgentEvent.objects.filter(booking=booking, type="booking.moved").count() == 1


def test_moves_one_after_another_are_each_told_from_where_they_began(in_scope: Practice) -> None:
    booking = booked(in_scope)
    for hour in (11, 12):
        moved(in_scope, fresh(booking), next_monday_at(hour))

    told = events_for_agent(organisation=in_scope.organisation, after=None, limit=10)["events"]

    assert told[0]["data"]["start"] == next_monday_at(9).isoformat()
    assert [(event["data"]["old"]["start"], event["data"]["new"]["start"]) for event in told[1:]] == [
        (next_monday_at(9).isoformat(), next_monday_at(11).isoformat()),
        (next_monday_at(11).isoformat(), next_monday_at(12).isoformat()),
    ]
    assert fresh(booking).revision == 2


def test_clinic_that_refuses_the_booking_itself_keeps_the_new_time_published(in_scope: Practice) -> None:
    booking = booked(in_scope)
    moved(in_scope, booking, next_monday_at(11))

    refuse_booking(organisation=in_scope.organisation, booking=fresh(booking), reason="taken")

    assert fresh(booking).state == Booking.State.REFUSED
    assert next_monday_at(11) in free_starts(in_scope)


def test_move_goes_to_a_colleague_where_the_own_practitioner_has_no_time(in_scope: Practice) -> None:
    colleague = colleague_of(in_scope)
    booking = booked(in_scope)
    booked(in_scope, next_monday_at(11))

    moved(in_scope, booking, next_monday_at(11))

    assert fresh(booking).practitioner == colleague
    assert newest_event(booking).data["new"]["practitioner"] == "p2"
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_move_takes_its_resources_along(in_scope: Practice) -> None:
    resource = ResourceFactory(organisation=in_scope.organisation, clinic=in_scope.clinic)
    TreatmentResource.objects.create(
        organisation=in_scope.organisation, treatment=in_scope.treatment, resource=resource
    )
    booking = booked(in_scope)

    moved(in_scope, booking, next_monday_at(11))

    assert [row.during for row in BookingResource.objects.filter(booking=booking)] == [fresh(booking).during]
    assert BookingResource.objects.count() == 1


def test_move_to_a_taken_time_leaves_the_booking_where_it_is(in_scope: Practice) -> None:
    booking = booked(in_scope)
    booked(in_scope, next_monday_at(11))

    with pytest.raises(TimeTaken):
        moved(in_scope, booking, next_monday_at(11))
    with pytest.raises((TimeTaken, TimeNotOffered)):
        moved(in_scope, booking, next_monday_at(20))

    assert fresh(booking).starts_at == next_monday_at(9)


def test_move_with_an_expired_hold_leaves_the_booking_where_it_is(in_scope: Practice) -> None:
    booking = booked(in_scope)
    hold = hold_new_time(organisation=in_scope.organisation, booking=booking, starts_at=next_monday_at(11))
    Booking.objects.filter(pk=hold.pk).update(hold_expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(HoldExpired):
        move_booking(organisation=in_scope.organisation, booking=booking, new_time=hold.public_id)
    assert fresh(booking).starts_at == next_monday_at(9)
    assert new_time_of(organisation=in_scope.organisation, booking=booking) is None


def test_hold_of_somebody_else_moves_nothing(in_scope: Practice) -> None:
    booking = booked(in_scope)
    hold = hold_time(
        organisation=in_scope.organisation,
        treatment=in_scope.treatment,
        practitioner=in_scope.practitioner,
        clinic=in_scope.clinic,
        starts_at=next_monday_at(11),
        visitor="somebody",
    )

    with pytest.raises(HoldExpired):
        move_booking(organisation=in_scope.organisation, booking=booking, new_time=hold.public_id)


def test_cancellation_gives_the_new_time_back_too(in_scope: Practice) -> None:
    booking = booked(in_scope)
    hold = hold_new_time(organisation=in_scope.organisation, booking=booking, starts_at=next_monday_at(11))

    cancel_booking(organisation=in_scope.organisation, booking=booking)

    assert {next_monday_at(9), next_monday_at(11)} <= set(free_starts(in_scope))
    with pytest.raises(ChangeRefused):
        moved(in_scope, fresh(booking), next_monday_at(12))
    with pytest.raises(HoldExpired):
        move_booking(organisation=in_scope.organisation, booking=booking, new_time=hold.public_id)


def test_move_further_than_the_treatment_allows_is_refused(in_scope: Practice) -> None:
    in_scope.treatment.move_within_days = 3
    in_scope.treatment.save()
    booking = booked(in_scope)

    assert is_within_reach(booking=booking, starts_at=next_monday_at(15))
    with pytest.raises(ChangeRefused) as refused:
        moved(in_scope, booking, next_monday_at(9) + timedelta(days=4))
    assert refused.value.refusal == Refusal.TOO_FAR


def test_booking_without_a_patient_is_cancelled_without_a_message(in_scope: Practice) -> None:
    booking = BookingFactory(
        organisation=in_scope.organisation,
        clinic=in_scope.clinic,
        practitioner=in_scope.practitioner,
        treatment=in_scope.treatment,
    )

    cancel_booking(organisation=in_scope.organisation, booking=booking)

    assert Message.across.count() == 0
