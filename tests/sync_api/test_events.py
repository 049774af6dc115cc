"""GET events, POST events/ack and GET status: what the agent is told, and what it answers."""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from clinics.scope import organisation_scope
from scheduling.events import tell_agent
from scheduling.models import AgentEvent, Booking
from tests.conftest import Practice
from tests.factories import BookingFactory, BookingPatientFactory, TreatmentFactory, next_monday_at
from tests.sync_api.client import Body, SyncAgent


def booked(practice: Practice, hour: int = 9, **patient: object) -> Booking:
    """A booking of the practice that its agent has been told of."""
    booking: Booking = BookingFactory(
        organisation=practice.organisation,
        clinic=practice.clinic,
        practitioner=practice.practitioner,
        treatment=practice.treatment,
        during=practice.treatment.during(next_monday_at(hour)),
    )
    BookingPatientFactory(organisation=practice.organisation, booking=booking, **patient)
    with organisation_scope(practice.organisation.pk):
        tell_agent(
            organisation=practice.organisation,
            event_type=AgentEvent.Type.BOOKING_CREATED,
            booking=booking,
        )
    return booking


def accepted(event: int, **more: object) -> Body:
    return {"event": event, "outcome": "accepted", "appointment": f"a{event}", **more}


def refused(event: int, **more: object) -> Body:
    return {"event": event, "outcome": "refused", "reason": "taken", **more}


def state_of(booking: Booking) -> str:
    state: str = Booking.across.get(pk=booking.pk).state
    return state


def test_events_tell_a_booking_whole(practice: Practice, practice_agent: SyncAgent) -> None:
    practice.treatment.appointment_text = "Nettivaraus"
    practice.treatment.save()
    booking = booked(
        practice,
        national_id="131052-308T",
        address_1="Testikatu 1",
        address_2="A 5",
        postcode="00100",
        campaign_code="1234",
        message="Tulen bussilla.",
        address_update="ask",
    )

    answer = practice_agent.events()

    (event,) = answer.json()["events"]
    start = next_monday_at(9).astimezone(ZoneInfo("Europe/Helsinki"))
    assert answer.json()["cursor"] == 1
    assert (event["id"], event["type"]) == (1, "booking.created")
    assert datetime.fromisoformat(event["created"]).tzinfo is not None
    assert event["data"] == {
        "booking": str(booking.public_id),
        "clinic": "c1",
        "practitioner": "p1",
        "treatment": "t1",
        "start": start.isoformat(),
        "end": start.replace(minute=30).isoformat(),
        "appointment_text": "Nettivaraus\nTulen bussilla.\nCC: 1234",
        "patient": {
            "first_name": "Maija",
            "last_name": "Meikäläinen",
            "national_id": "131052-308T",
            "email": "maija@example.com",
            "mobile": "+358401234567",
            "address_1": "Testikatu 1",
            "address_2": "A 5",
            "postcode": "00100",
            "language": "fi",
            "booked_by": None,
        },
        "address_update": "ask",
    }


def test_events_leave_empty_what_was_not_asked(practice: Practice, practice_agent: SyncAgent) -> None:
    booked(practice, email="", mobile="")

    data = practice_agent.events().json()["events"][0]["data"]

    assert (data["patient"]["email"], data["patient"]["mobile"]) == (None, None)
    assert (data["patient"]["national_id"], data["appointment_text"]) == (None, "")
    assert data["address_update"] == "none"


def test_events_tell_moves_and_cancellations(practice: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(practice)
    practice_agent.acknowledge(accepted(1))
    with organisation_scope(practice.organisation.pk):
        tell_agent(
            organisation=practice.organisation,
            event_type=AgentEvent.Type.BOOKING_CANCELLED,
            booking=booking,
            data={"by": "patient", "record_in_journal": True},
        )

    (event,) = practice_agent.events().json()["events"]

    assert (event["id"], event["type"]) == (2, "booking.cancelled")
    assert event["data"] == {
        "booking": str(booking.public_id),
        "appointment": "a1",
        "by": "patient",
        "record_in_journal": True,
    }


def test_events_come_in_order_and_again_until_acknowledged(
    practice: Practice, practice_agent: SyncAgent
) -> None:
    for hour in (9, 10, 11):
        booked(practice, hour)

    def ids(**parameters: int) -> tuple[list[int], int]:
        answer = practice_agent.events(**parameters).json()
        return [event["id"] for event in answer["events"]], answer["cursor"]

    assert ids() == ids() == ([1, 2, 3], 3)
    assert ids(limit=2) == ([1, 2], 2)
    assert ids(after=2) == ([3], 3)
    assert ids(after=9) == ([], 9)
    practice_agent.acknowledge(accepted(2))
    assert ids() == ([1, 3], 3)
    practice_agent.acknowledge(accepted(1), accepted(3))
    assert ids() == ([], 3)


def test_events_of_one_organisation_are_not_the_others(
    practice: Practice, other_practice: Practice, practice_agent: SyncAgent, other_practice_agent: SyncAgent
) -> None:
    booking = booked(practice)

    assert other_practice_agent.events().json() == {"events": [], "cursor": 0}
    answer = other_practice_agent.acknowledge(refused(1))
    assert (answer.status, answer.kind, answer.pointers) == (422, "unknown-id", ["/results/0/event"])
    assert state_of(booking) == Booking.State.BOOKED
    assert len(practice_agent.events().json()["events"]) == 1


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 0},
        {"limit": 501},
        {"limit": "many"},
        {"wait": -1},
        {"wait": "long"},
        {"after": -1},
        {"after": 10**20},
        {"after": "\0"},
        {"after": ""},
    ],
)
def test_events_refuse_wrong_parameters(practice_agent: SyncAgent, parameters: dict[str, object]) -> None:
    answer = practice_agent.ask("GET", f"events?{urlencode(parameters)}")

    assert (answer.status, answer.kind) == (422, "invalid-body")
    assert next(iter(parameters)) in answer.json()["detail"]


# Answers


def test_acceptance_gives_the_booking_its_appointment(practice: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(practice)

    answer = practice_agent.acknowledge(accepted(1))

    assert (answer.status, answer.json()) == (200, {"acknowledged": 1})
    booking = Booking.across.get(pk=booking.pk)
    assert (booking.state, booking.appointment_id) == (Booking.State.BOOKED, "a1")
    assert booking.accepted_at is not None


def test_acceptance_without_an_appointment_is_taken(practice: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(practice)

    assert practice_agent.acknowledge({"event": 1, "outcome": "accepted"}).status == 200
    assert Booking.across.get(pk=booking.pk).accepted_at is not None


def test_refusal_lets_the_time_go(practice: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(practice)

    answer = practice_agent.acknowledge(refused(1, detail="Taken at the desk."))

    assert answer.json() == {"acknowledged": 1}
    assert state_of(booking) == Booking.State.REFUSED
    assert AgentEvent.across.get().detail == "Taken at the desk."


def test_the_same_result_twice_is_fine(practice: Practice, practice_agent: SyncAgent) -> None:
    booked(practice)
    practice_agent.acknowledge(accepted(1))

    assert practice_agent.acknowledge(accepted(1), accepted(1)).json() == {"acknowledged": 2}


@pytest.mark.parametrize(
    "other", [refused(1), accepted(1, appointment="a2"), {"event": 1, "outcome": "accepted"}]
)
def test_another_result_is_refused_and_nothing_applied(
    practice: Practice, practice_agent: SyncAgent, other: Body
) -> None:
    first, second = booked(practice, 9), booked(practice, 10)
    practice_agent.acknowledge(accepted(1))

    answer = practice_agent.acknowledge(refused(2), other)

    assert (answer.status, answer.kind, answer.pointers) == (409, "already-acknowledged", ["/results/1"])
    assert (state_of(first), state_of(second)) == (Booking.State.BOOKED, Booking.State.BOOKED)


def test_two_results_for_one_event_in_one_body_are_refused(
    practice: Practice, practice_agent: SyncAgent
) -> None:
    booking = booked(practice)

    answer = practice_agent.acknowledge(refused(1), accepted(1))

    assert (answer.status, answer.kind) == (409, "already-acknowledged")
    assert state_of(booking) == Booking.State.BOOKED


def test_unknown_event_is_refused_and_nothing_applied(practice: Practice, practice_agent: SyncAgent) -> None:
    booking = booked(practice)

    answer = practice_agent.acknowledge(refused(1), accepted(2))

    assert (answer.status, answer.kind, answer.pointers) == (422, "unknown-id", ["/results/1/event"])
    assert state_of(booking) == Booking.State.BOOKED


@pytest.mark.parametrize(
    ("result", "pointer"),
    [
        ({}, "/results/0/event"),
        ({"event": "1", "outcome": "accepted"}, "/results/0/event"),
        ({"event": 0, "outcome": "accepted"}, "/results/0/event"),
        ({"event": 10**19, "outcome": "accepted"}, "/results/0/event"),
        ({"event": 1}, "/results/0/outcome"),
        ({"event": 1, "outcome": "maybe"}, "/results/0/outcome"),
        ({"event": 1, "outcome": "refused", "reason": "weather"}, "/results/0/reason"),
        ({"event": 1, "outcome": "accepted", "appointment": "x" * 65}, "/results/0/appointment"),
        ({"event": 1, "outcome": "refused", "detail": "a\0"}, "/results/0/detail"),
    ],
)
def test_acknowledgement_points_at_what_is_wrong(
    practice: Practice, practice_agent: SyncAgent, result: Body, pointer: str
) -> None:
    booked(practice)

    answer = practice_agent.acknowledge(result)

    assert (answer.status, answer.kind) == (422, "invalid-body")
    assert answer.pointers[0] == pointer


# Status


def test_status_shows_three_green_lights(practice: Practice, practice_agent: SyncAgent) -> None:
    booked(practice)

    status = practice_agent.status().json()

    assert datetime.fromisoformat(status.pop("time")).tzinfo is not None
    assert datetime.fromisoformat(status.pop("last_push")).tzinfo is not None
    assert status == {
        "organisation": {
            "name": "Demoklinikka",
            "subdomain": "demoklinikka",
            "time_zone": "Europe/Helsinki",
        },
        "portal": {"url": "http://demoklinikka.localhost:8000/", "state": "open"},
        "sequence": 0,
        "pending_events": 1,
    }


@pytest.mark.parametrize(
    ("changes", "state"),
    [({"maintenance_mode": True}, "maintenance"), ({"publish_on_portal": False}, "unpublished")],
)
def test_status_says_when_the_portal_is_not_open(
    practice: Practice, practice_agent: SyncAgent, changes: dict[str, bool], state: str
) -> None:
    for name, value in changes.items():
        setattr(practice.organisation.settings, name, value)
    practice.organisation.settings.save()

    assert practice_agent.status().json()["portal"]["state"] == state


def test_status_before_the_first_push_has_none(agent: SyncAgent) -> None:
    assert (agent.status().json()["last_push"], agent.status().json()["sequence"]) == (None, 0)


def test_reading_costs_the_same_queries_for_one_and_three(
    practice: Practice, practice_agent: SyncAgent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = TreatmentFactory(organisation=practice.organisation)
    practice_agent.status()
    booked(practice, 9)
    with django_assert_num_queries(3):
        practice_agent.events()
    with django_assert_num_queries(2):
        practice_agent.status()
    booked(Practice(practice.organisation, practice.clinic, practice.practitioner, other), 10)
    booked(practice, 11)
    with django_assert_num_queries(3):
        practice_agent.events()
    with django_assert_num_queries(2):
        practice_agent.status()
