"""What only the portal or only the clinic's book has: kept for the clinic's people, and changed by nobody."""

from uuid import uuid4

import pytest

from clinics.scope import organisation_scope
from scheduling.models import AgentEvent, Booking
from sync_api.mismatches import coming_mismatches, enter_again
from sync_api.models import Mismatch
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.scheduling.booked import booked, fresh
from tests.sync_api.client import SyncAgent
from tests.sync_api.test_events import accepted

pytestmark = pytest.mark.django_db


def entered(practice: Practice, agent: SyncAgent) -> Booking:
    """A booking that stands in the clinic's book."""
    with organisation_scope(practice.organisation.pk):
        booking = booked(practice)
    (event,) = agent.events().json()["events"]
    agent.acknowledge(accepted(event["id"]))
    return booking


def say(agent: SyncAgent, booking: object, state: str, **more: object) -> int:
    return agent.ask("PUT", f"bookings/{booking}", {"state": state, **more}).status


def test_lost_booking_stands_until_somebody_has_it_entered_again(
    practice: Practice, practice_agent: SyncAgent, other_practice: Practice
) -> None:
    booking = entered(practice, practice_agent)

    assert [say(practice_agent, booking.public_id, "missing") for _ in range(2)] == [200, 200]
    assert fresh(booking).state == Booking.State.BOOKED
    with organisation_scope(other_practice.organisation.pk):
        assert enter_again(organisation=other_practice.organisation) == 0
    with organisation_scope(practice.organisation.pk):
        assert [one.booking for one in coming_mismatches(organisation=practice.organisation)] == [
            str(booking.public_id)
        ]
        assert [enter_again(organisation=practice.organisation) for _ in range(2)] == [1, 0]

    (event,) = practice_agent.events().json()["events"]
    assert (event["type"], event["data"]["booking"]) == ("booking.created", str(booking.public_id))
    assert fresh(booking).accepted_at is None
    practice_agent.acknowledge({**accepted(event["id"]), "appointment": "new"})
    assert fresh(booking).appointment_id == "new"


def test_booking_that_is_yet_to_be_entered_is_not_lost(in_scope: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(in_scope)

    assert say(practice_agent, booking.public_id, "missing") == 200

    assert not coming_mismatches(organisation=in_scope.organisation)
    assert AgentEvent.objects.count() == 1


def test_booking_that_is_there_again_is_lost_no_more(practice: Practice, practice_agent: SyncAgent) -> None:
    booking = entered(practice, practice_agent)
    say(practice_agent, booking.public_id, "missing")

    say(practice_agent, booking.public_id, "booked")

    assert not Mismatch.across.exists()


def test_booking_that_the_portal_does_not_know_is_kept_until_it_is_cancelled(
    in_scope: Practice, practice_agent: SyncAgent
) -> None:
    unknown = uuid4()
    place = {"start": next_monday_at(9).isoformat(), "end": next_monday_at(10).isoformat()}

    assert say(practice_agent, unknown, "booked", **place, practitioner="p1") == 422
    (row,) = coming_mismatches(organisation=in_scope.organisation)
    assert (row.kind, row.starts_at, row.who) == ("unknown", next_monday_at(9), in_scope.practitioner.name)

    assert say(practice_agent, unknown, "cancelled") == 422
    assert not Mismatch.across.exists()
