"""PUT bookings/{id}: what the clinic's people did in their book to a booking of the portal."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from clinics.scope import organisation_scope
from notifications.models import Kind, Message
from scheduling.book_changes import doubled_bookings
from scheduling.cancellations import cancel_booking
from scheduling.changes import hold_new_time, move_booking
from scheduling.errors import TimeNotOffered, TimeTaken
from scheduling.free_weeks import differing_weeks
from scheduling.holds import hold_time
from scheduling.models import AgentEvent, Booking, DeskAct
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.scheduling.booked import booked, colleague_of, fresh, newest_event
from tests.sync_api.client import Answered, Body, SyncAgent

pytestmark = pytest.mark.django_db


def told(agent: SyncAgent, booking: Booking, state: str, **more: Any) -> Answered:
    return agent.ask("PUT", f"bookings/{booking.public_id}", {"state": state, **more})


def at(hour: int, minute: int = 0, **more: Any) -> Body:
    """Half an hour from then on."""
    start = next_monday_at(hour, minute)
    end = start.replace(minute=30) if not minute else start.replace(hour=start.hour + 1, minute=0)
    return {"start": start.isoformat(), "end": end.isoformat(), **more}


def kinds_sent(booking: Booking) -> list[str]:
    about = f"booking:{booking.public_id}:"
    rows = Message.across.filter(about__startswith=about).exclude(about__contains=":plan:")
    return sorted(rows.values_list("kind", flat=True))


def acts(booking: Booking) -> list[tuple[str, str, bool | None]]:
    return [
        (act.act, act.who, act.tells_patient)
        for act in DeskAct.across.filter(booking=booking.public_id).order_by("pk")
    ]


def is_offered(practice: Practice, hour: int) -> bool:
    """Whether somebody else can have the time: it is held for them in a transaction that is taken back."""
    with transaction.atomic():
        try:
            hold_time(
                organisation=practice.organisation,
                treatment=practice.treatment,
                practitioner=practice.practitioner,
                clinic=practice.clinic,
                starts_at=next_monday_at(hour),
                visitor="somebody else",
            )
        except (TimeTaken, TimeNotOffered):
            return False
        transaction.set_rollback(True)
    return True


def patient_moves(practice: Practice, booking: Booking, hour: int) -> AgentEvent:
    hold = hold_new_time(organisation=practice.organisation, booking=booking, starts_at=next_monday_at(hour))
    move_booking(organisation=practice.organisation, booking=booking, new_time=hold.public_id)
    return newest_event(booking)


def test_move_at_the_desk_is_taken_over(in_scope: Practice, practice_agent: SyncAgent) -> None:
    colleague_of(in_scope)
    booking = booked(in_scope)
    events = AgentEvent.across.count()

    answer = told(practice_agent, booking, "moved", **at(11, practitioner="p2"), notify_patient=True)

    after = fresh(booking)
    assert (answer.status, answer.json()) == (
        200,
        {
            "changed": True,
            "state": "booked",
            "start": answer.json()["start"],
            "end": answer.json()["end"],
            "practitioner": "p2",
            "clinic": "c1",
            "overlaps": [],
        },
    )
    assert (after.state, after.starts_at, after.revision) == ("booked", next_monday_at(11), 1)
    assert after.practitioner.external_id == "p2"
    assert kinds_sent(booking) == [Kind.MOVE, Kind.MOVE]
    assert acts(booking) == [("moved", "", True)]
    assert AgentEvent.across.count() == events
    assert is_offered(in_scope, 9)
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_cancellation_at_the_desk_frees_the_time(in_scope: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(in_scope)

    answer = told(practice_agent, booking, "cancelled")

    assert (answer.json()["changed"], answer.json()["state"]) == (True, "cancelled")
    assert fresh(booking).state == "cancelled"
    assert kinds_sent(booking) == []
    assert acts(booking) == [("cancelled", "", False)]
    assert is_offered(in_scope, 9)


@pytest.mark.parametrize("state", ["moved", "cancelled", "arrived", "no_show"])
def test_the_same_again_does_nothing_again(in_scope: Practice, practice_agent: SyncAgent, state: str) -> None:
    booking = booked(in_scope)
    body = {**at(11), "notify_patient": True} if state == "moved" else {"notify_patient": True}

    first = told(practice_agent, booking, state, **body).json()
    before = (fresh(booking).revision, kinds_sent(booking), acts(booking))
    again = told(practice_agent, booking, state, **body).json()

    assert (first["changed"], again) == (True, {**first, "changed": False})
    assert (fresh(booking).revision, kinds_sent(booking), acts(booking)) == before


def test_marks_come_and_go_without_a_message(in_scope: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(in_scope)

    states = [
        told(practice_agent, booking, state, notify_patient=True).json()["state"]
        for state in ("arrived", "no_show", "booked")
    ]

    assert states == ["arrived", "no_show", "booked"]
    assert acts(booking) == [("arrived", "", None), ("no_show", "", None), ("unmarked", "", None)]
    assert (kinds_sent(booking), fresh(booking).revision) == ([], 0)


def test_what_was_off_can_stand_again(in_scope: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(in_scope)
    told(practice_agent, booking, "cancelled", notify_patient=True)

    answer = told(practice_agent, booking, "booked", **at(10), notify_patient=True)

    assert (answer.json()["state"], fresh(booking).starts_at) == ("booked", next_monday_at(10))
    assert acts(booking)[-1] == ("restored", "", True)
    assert kinds_sent(booking) == [Kind.CANCELLATION] * 2 + [Kind.CONFIRMATION] * 2
    assert not is_offered(in_scope, 10)


def test_what_is_over_is_told_to_nobody(
    in_scope: Practice, practice_agent: SyncAgent, time_machine_at: Any
) -> None:
    booking = booked(in_scope)

    with time_machine_at(days=30):
        practice_agent.access_token = ""
        told(practice_agent, booking, "cancelled", notify_patient=True)

    assert (fresh(booking).state, kinds_sent(booking)) == ("cancelled", [])


def test_unknown_bookings_are_unknown(
    in_scope: Practice, practice_agent: SyncAgent, other_practice: Practice
) -> None:
    with organisation_scope(other_practice.organisation.pk):
        elsewhere = booked(other_practice)
    held = hold_time(
        organisation=in_scope.organisation,
        treatment=in_scope.treatment,
        practitioner=in_scope.practitioner,
        clinic=in_scope.clinic,
        starts_at=next_monday_at(12),
        visitor="typing",
    )

    for name in (elsewhere.public_id, held.public_id, uuid4(), "a77", "%00", "%ff", "9" * 500):
        answer = practice_agent.ask("PUT", f"bookings/{name}", {"state": "cancelled"})
        assert (answer.status, answer.kind, answer.pointers) == (422, "unknown-id", [""])
    assert {fresh(elsewhere).state, fresh(held).state} == {"booked", "held"}


@pytest.mark.parametrize(
    ("changes", "kind", "pointer"),
    [
        ({"state": "gone"}, "invalid-body", "/state"),
        ({"state": None}, "invalid-body", "/state"),
        ({"start": None}, "invalid-body", "/start"),
        ({"end": None}, "invalid-body", "/end"),
        ({"end": "2026-11-23T08:00:00"}, "invalid-body", "/end"),
        ({"start": "9999-12-31T23:59:59-14:00"}, "invalid-body", "/start"),
        ({"start": "0000-01-01T00:00:00Z"}, "invalid-body", "/start"),
        ({"start": "1999-01-01T08:00:00Z", "end": "1999-01-01T09:00:00Z"}, "invalid-body", "/start"),
        ({"start": "2026-11-23T08:00:00Z", "end": "2026-11-23T08:00:00Z"}, "invalid-body", "/end"),
        ({"start": "2026-11-23T08:00:00Z", "end": "2026-11-24T08:00:01Z"}, "invalid-body", "/end"),
        ({"practitioner": "nobody"}, "unknown-id", "/practitioner"),
        ({"clinic": "nowhere"}, "unknown-id", "/clinic"),
        ({"practitioner": ""}, "invalid-body", "/practitioner"),
        ({"notify_patient": "yes"}, "invalid-body", "/notify_patient"),
    ],
)
def test_bodies_that_cannot_be_are_refused(
    in_scope: Practice, practice_agent: SyncAgent, changes: Body, kind: str, pointer: str
) -> None:
    booking = booked(in_scope)

    answer = told(practice_agent, booking, **{"state": "moved", **at(11), **changes})

    assert (answer.status, answer.kind, answer.pointers) == (422, kind, [pointer])
    assert fresh(booking).starts_at == next_monday_at(9)


def test_patient_who_is_typing_loses_the_time_to_the_book(
    in_scope: Practice, practice_agent: SyncAgent
) -> None:
    booking = booked(in_scope)
    hold = hold_time(
        organisation=in_scope.organisation,
        treatment=in_scope.treatment,
        practitioner=in_scope.practitioner,
        clinic=in_scope.clinic,
        starts_at=next_monday_at(11),
        visitor="typing",
    )

    answer = told(practice_agent, booking, "moved", **at(11))

    assert (answer.json()["changed"], answer.json()["overlaps"]) == (True, [])
    assert (fresh(hold).state, fresh(booking).is_doubled) == ("expired", False)
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_two_at_once_in_the_book_stand_as_the_book_has_them(
    in_scope: Practice, practice_agent: SyncAgent
) -> None:
    booking, other = booked(in_scope), booked(in_scope, next_monday_at(11))

    answer = told(practice_agent, booking, "moved", **at(11))

    assert answer.json()["overlaps"] == [str(other.public_id)]
    assert (fresh(booking).starts_at, fresh(booking).is_doubled) == (next_monday_at(11), True)
    assert fresh(other).state == "booked"
    ((doubled, others),) = doubled_bookings(organisation=in_scope.organisation)
    assert (doubled, others) == (booking, [other])
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_the_one_left_alone_is_guarded_again(in_scope: Practice, practice_agent: SyncAgent) -> None:
    booking, other = booked(in_scope), booked(in_scope, next_monday_at(11))
    told(practice_agent, booking, "moved", **at(11))

    cancel_booking(organisation=in_scope.organisation, booking=other)

    assert fresh(booking).is_doubled is False
    assert doubled_bookings(organisation=in_scope.organisation) == []
    assert not is_offered(in_scope, 11)


def test_two_bookings_change_places(in_scope: Practice, practice_agent: SyncAgent) -> None:
    one, other = booked(in_scope), booked(in_scope, next_monday_at(11))

    told(practice_agent, one, "moved", **at(11))
    told(practice_agent, other, "moved", **at(9))

    assert (fresh(one).starts_at, fresh(other).starts_at) == (next_monday_at(11), next_monday_at(9))
    assert not Booking.across.filter(is_doubled=True).exists()
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_refusal_of_the_other_leaves_the_time_to_the_book(
    in_scope: Practice, practice_agent: SyncAgent
) -> None:
    """The desk took the time in the second in which a patient booked it: both are true for a moment."""
    booking, newer = booked(in_scope), booked(in_scope, next_monday_at(11))
    told(practice_agent, booking, "moved", **at(11))

    event = newest_event(newer).sequence
    practice_agent.acknowledge({"event": event, "outcome": "refused", "reason": "taken"})

    assert (fresh(newer).state, fresh(booking).is_doubled) == ("refused", False)


def test_book_that_has_not_heard_of_a_move_tells_nothing_new(
    in_scope: Practice, practice_agent: SyncAgent
) -> None:
    booking = booked(in_scope)
    event = patient_moves(in_scope, booking, 11)

    answer = told(practice_agent, booking, "booked", **at(9), notify_patient=True)

    assert (answer.json()["changed"], fresh(booking).starts_at) == (False, next_monday_at(11))
    practice_agent.acknowledge({"event": event.sequence, "outcome": "accepted"})
    assert (fresh(booking).starts_at, acts(booking)) == (next_monday_at(11), [])


def test_desk_and_patient_move_at_once_and_the_desk_is_right(
    in_scope: Practice, practice_agent: SyncAgent
) -> None:
    """The patient had just been told of another time, and is told in any case."""
    booking = booked(in_scope)
    event = patient_moves(in_scope, booking, 11)

    told(practice_agent, booking, "moved", **at(13), notify_patient=False)
    practice_agent.acknowledge({"event": event.sequence, "outcome": "refused", "reason": "other"})

    assert (fresh(booking).state, fresh(booking).starts_at) == ("booked", next_monday_at(13))
    assert acts(booking) == [("moved", "", True)]
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_move_that_the_book_carried_out_after_all_stands(
    in_scope: Practice, practice_agent: SyncAgent
) -> None:
    booking = booked(in_scope)
    event = patient_moves(in_scope, booking, 11)
    told(practice_agent, booking, "moved", **at(13))

    practice_agent.acknowledge({"event": event.sequence, "outcome": "accepted"})

    assert fresh(booking).starts_at == next_monday_at(11)
    assert differing_weeks(organisation=in_scope.organisation) == 0


def test_cancellation_that_waits_for_the_book_is_not_undone_by_it(
    in_scope: Practice, practice_agent: SyncAgent
) -> None:
    booking = booked(in_scope)
    cancel_booking(organisation=in_scope.organisation, booking=booking)

    answer = told(practice_agent, booking, "moved", **at(11)).json()

    assert (answer["changed"], answer["state"], fresh(booking).state) == (False, "cancelled", "cancelled")


def test_desk_cancels_what_the_patient_has_just_moved(in_scope: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(in_scope)
    event = patient_moves(in_scope, booking, 11)

    told(practice_agent, booking, "cancelled")
    practice_agent.acknowledge({"event": event.sequence, "outcome": "refused", "reason": "other"})

    assert fresh(booking).state == "cancelled"
    assert Kind.CANCELLATION in kinds_sent(booking)


def test_event_not_fetched_yet_tells_the_first_time(in_scope: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(in_scope)

    told(practice_agent, booking, "moved", **at(11))

    (event,) = practice_agent.events().json()["events"]
    assert "T09:00" in event["data"]["start"]


def test_new_time_that_the_patient_holds_is_let_go(in_scope: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(in_scope)
    hold = hold_new_time(organisation=in_scope.organisation, booking=booking, starts_at=next_monday_at(11))

    told(practice_agent, booking, "cancelled")

    assert fresh(hold).state == "expired"
    assert is_offered(in_scope, 11)
