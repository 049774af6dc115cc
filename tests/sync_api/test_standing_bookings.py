"""GET bookings: which of the portal's bookings the clinic's book should have."""

from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from clinics.scope import organisation_scope
from scheduling.cancellations import cancel_booking
from scheduling.models import Booking
from sync_api.mismatches import enter_again
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.scheduling.booked import booked
from tests.sync_api.client import Body, SyncAgent
from tests.sync_api.test_events import accepted

pytestmark = pytest.mark.django_db


def entered(practice: Practice, agent: SyncAgent, *hours: int) -> list[Booking]:
    """Bookings of that Monday that the agent has accepted."""
    with organisation_scope(practice.organisation.pk):
        made = [booked(practice, next_monday_at(hour)) for hour in hours]
    agent.acknowledge(*(accepted(event["id"]) for event in agent.events().json()["events"]))
    return made


def listed(agent: SyncAgent, query: str = "") -> list[Body]:
    bookings: list[Body] = agent.ask("GET", f"bookings{query}").json()["bookings"]
    return bookings


def names(agent: SyncAgent) -> list[str]:
    return [row["booking"] for row in listed(agent)]


def test_booking_is_listed_as_it_stands(
    practice: Practice, practice_agent: SyncAgent, other_practice: Practice, other_practice_agent: SyncAgent
) -> None:
    (booking,) = entered(practice, practice_agent, 9)
    (other,) = entered(other_practice, other_practice_agent, 10)

    (row,) = listed(practice_agent)

    assert row == {
        "booking": str(booking.public_id),
        "state": "booked",
        "start": row["start"],
        "end": row["end"],
        "practitioner": practice.practitioner.external_id,
        "clinic": practice.clinic.external_id,
    }
    assert practice_agent.ask("PUT", f"bookings/{booking.public_id}", row).json()["changed"] is False
    assert names(other_practice_agent) == [str(other.public_id)]


def test_what_the_book_need_not_have_is_left_out(
    practice: Practice, practice_agent: SyncAgent, time_machine_at: Any
) -> None:
    kept, cancelled, missing = entered(practice, practice_agent, 9, 10, 11)
    with organisation_scope(practice.organisation.pk):
        booked(practice, next_monday_at(12))
        cancel_booking(organisation=practice.organisation, booking=cancelled)
    practice_agent.ask("PUT", f"bookings/{missing.public_id}", {"state": "missing"})

    assert names(practice_agent) == [str(kept.public_id)]
    with organisation_scope(practice.organisation.pk):
        enter_again(organisation=practice.organisation)
    assert names(practice_agent) == [str(kept.public_id)]
    with time_machine_at(days=30):
        practice_agent.access_token = ""
        assert names(practice_agent) == []


def test_bookings_come_page_by_page(
    practice: Practice,
    practice_agent: SyncAgent,
    other_practice: Practice,
    other_practice_agent: SyncAgent,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    made = [str(booking.public_id) for booking in entered(practice, practice_agent, 9, 10, 11)]
    (elsewhere,) = entered(other_practice, other_practice_agent, 9)

    found: list[str] = []
    asked: str | None = "bookings?limit=1"
    spent = set()
    while asked:
        with django_assert_max_num_queries(9) as queries:
            page = practice_agent.ask("GET", asked).json()
        spent.add(len(queries))
        found += [row["booking"] for row in page["bookings"]]
        asked = page["next"] and f"bookings?limit=1&after={page['next']}"
    assert found == made
    with django_assert_max_num_queries(9) as queries:
        assert names(practice_agent) == made
    assert {len(queries)} == spent
    for stranger in (elsewhere.public_id, uuid4()):
        assert listed(practice_agent, f"?after={stranger}") == []


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "after=7", "after=%00", "after="])
def test_wrong_parameters_are_invalid(practice_agent: SyncAgent, query: str) -> None:
    answer = practice_agent.ask("GET", f"bookings?{query}")

    assert (answer.status, answer.kind) == (422, "invalid-body")
