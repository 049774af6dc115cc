"""Staff and patient at the same booking in the same moment: one is first, and the other is told."""

from typing import Any

import pytest
from django.db import connection

from scheduling.cancellations import cancel_booking
from scheduling.changes import Staff, state_stamp
from scheduling.desk import cancel_at_desk, move_at_desk, send_confirmation_again
from scheduling.models import AgentEvent, Booking, DeskAct
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.races import at_once
from tests.scheduling.booked import booked, fresh
from tests.scheduling.test_change_races import mover, state_is_right

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


def by_desk(practice: Practice, booking: Booking, **more: Any) -> dict[str, Any]:
    staff = Staff(tells_patient=True, seen=state_stamp(booking))
    return {
        "organisation": practice.organisation,
        "booking": booking,
        "staff": staff,
        "who": "Editor",
        **more,
    }


def move_to(practice: Practice, booking: Booking, hour: int) -> Any:
    there = {"starts_at": next_monday_at(hour), "practitioner": practice.practitioner}
    return lambda: move_at_desk(**by_desk(practice, booking, **there))


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_desk_moves_while_the_patient_cancels(practice: Practice, in_scope: Practice, round_: int) -> None:
    booking = booked(practice)

    moved, cancelled = at_once(
        practice.organisation,
        move_to(practice, booking, 11),
        lambda: cancel_booking(organisation=practice.organisation, booking=booking),
    )

    assert cancelled == "done"
    assert moved in ("done", "ChangedMeanwhile")
    assert fresh(booking).state == Booking.State.CANCELLED
    told = list(AgentEvent.across.filter(booking=booking).order_by("sequence").values_list("type", flat=True))
    assert told == ["booking.created", *(["booking.moved"] if moved == "done" else []), "booking.cancelled"]
    assert DeskAct.across.count() == (moved == "done")
    assert Booking.across.filter(state__in=["held", "booked"]).count() == 0
    state_is_right(practice)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_at_the_desk_move_one_booking_once(practice: Practice, in_scope: Practice, round_: int) -> None:
    booking = booked(practice)

    outcomes = at_once(practice.organisation, move_to(practice, booking, 11), move_to(practice, booking, 12))

    assert outcomes.count("done") == 1
    assert fresh(booking).starts_at == next_monday_at(11 if outcomes[0] == "done" else 12)
    assert AgentEvent.across.filter(type="booking.moved").count() == DeskAct.across.count() == 1
    state_is_right(practice)


def test_desk_and_another_patient_want_one_time(practice: Practice, in_scope: Practice) -> None:
    first, second = booked(practice), booked(practice, next_monday_at(10))

    outcomes = at_once(practice.organisation, move_to(practice, first, 11), mover(practice, second, 11))

    assert sorted(outcomes) == ["TimeTaken", "done"]
    state_is_right(practice)


def test_two_clicks_cancel_once_and_send_once(practice: Practice, in_scope: Practice) -> None:
    booking = booked(practice)
    again: dict[str, Any] = {
        "organisation": practice.organisation,
        "booking": booking,
        "sent_before": 0,
        "seen": state_stamp(booking),
        "who": "Editor",
    }
    sent = at_once(practice.organisation, *[lambda: send_confirmation_again(**again)] * 2)
    cancelled = at_once(practice.organisation, *[lambda: cancel_at_desk(**by_desk(practice, booking))] * 2)

    assert sorted(sent) == sorted(cancelled) == ["ChangedMeanwhile", "done"]
    assert sorted(DeskAct.across.values_list("act", flat=True)) == ["cancelled", "sent_again"]
    assert AgentEvent.across.filter(type="booking.cancelled").count() == 1


def test_without_the_stamp_the_desk_moves_what_it_has_not_seen(
    practice: Practice, in_scope: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the guard is for: the second at the desk would move what the first has just moved."""
    booking = booked(practice)
    monkeypatch.setattr("scheduling.changes.require_as_seen", lambda booking, staff: None)
    monkeypatch.setattr("scheduling.desk.require_as_seen", lambda booking, staff: None)

    move_to(practice, booking, 11)()
    move_to(practice, booking, 12)()

    assert AgentEvent.across.filter(type="booking.moved").count() == 2


def test_act_stands(practice: Practice, in_scope: Practice) -> None:
    cancel_at_desk(**by_desk(practice, booked(practice)))
    with connection.cursor() as cursor:
        cursor.execute("SET portal.audit_retention = 'off'")
        try:
            with pytest.raises(Exception, match="stands"):
                cursor.execute("DELETE FROM scheduling_deskact")
        finally:
            cursor.execute("SET portal.audit_retention = 'on'")
