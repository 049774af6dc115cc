"""``kill -9`` in the midst of a booking: afterwards booking, messages and appointment are there, once."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import psycopg
import pytest

from tests.journeys.outcomes import assert_booked_once, message_states
from tests.journeys.patient import Patient
from tests.journeys.portal import Portal
from tests.journeys.waiting import eventually

pytestmark = pytest.mark.xdist_group("journeys")

CHOICES = ("Demoklinikka Keskusta", "Hammastarkastus", "Aino Koivuranta")


@pytest.fixture
def patient(portal: Portal) -> Iterator[Patient]:
    """A patient who is about to choose a time."""
    with Patient(portal, "demoklinikka") as patient:
        patient.choose(*CHOICES)
        yield patient


@pytest.fixture
def moment(patient: Patient) -> datetime:
    """A time that is free and lies in the middle of the week's."""
    times = patient.times()
    return times[len(times) // 2]


@contextmanager
def messages_blocked(portal: Portal) -> Iterator[None]:
    """While inside, whoever wants to send a message waits in the middle of it."""
    with portal.messages_file.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def marking_blocked(portal: Portal, patient: Patient) -> Iterator[None]:
    """While inside, nobody can mark the patient's messages as sent; what has tried by then is broken off.

    PostgreSQL would otherwise finish the statement of a client that is long dead.
    """
    with psycopg.connect(portal.database_url) as connection:
        connection.execute(
            'select from notifications_message where "to" = any(%s) for update',
            [[patient.person.mobile, patient.person.email]],
        )
        yield
        portal.rows(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )
        connection.rollback()


@contextmanager
def acknowledging_blocked(portal: Portal, booking_id: str) -> Iterator[None]:
    """While inside, no answer of an agent to the booking's event can be stored."""
    with psycopg.connect(portal.database_url) as connection:
        connection.execute(
            "select from scheduling_agentevent e join scheduling_booking b on b.id = e.booking_id"
            " where b.public_id = %s for update",
            [booking_id],
        )
        yield
        connection.rollback()


def test_worker_killed_before_it_sent_leaves_each_message_once(
    portal: Portal, patient: Patient, moment: datetime
) -> None:
    portal.messages_file.touch()
    with messages_blocked(portal):
        patient.hold(moment)
        patient.give_details()
        eventually(lambda: message_states(patient) == {"sending"}, "the worker is sending the code")
        portal.programs["worker"].kill()
    assert patient.message_counts() == (0, 0)

    portal.programs["worker"].start()
    patient.type_code()

    assert_booked_once(patient, portal.demoklinikka, moment)


def test_worker_killed_before_it_marked_a_message_sends_none_twice(
    portal: Portal, patient: Patient, moment: datetime
) -> None:
    portal.messages_file.touch()
    with ExitStack() as marking:
        with messages_blocked(portal):
            patient.hold(moment)
            patient.give_details()
            eventually(lambda: message_states(patient) == {"sending"}, "the worker is sending the code")
            marking.enter_context(marking_blocked(portal, patient))
        eventually(lambda: patient.message_counts() == (1, 1), "the code has been sent")
        portal.programs["worker"].kill()
    assert message_states(patient) == {"sending"}

    portal.programs["worker"].start()
    patient.type_code()

    assert_booked_once(patient, portal.demoklinikka, moment)


def test_redis_killed_with_bells_in_it_leaves_each_message_once(
    portal: Portal, patient: Patient, moment: datetime
) -> None:
    portal.programs["worker"].freeze()
    patient.hold(moment)
    patient.give_details()
    portal.kill_redis()
    assert message_states(patient) == {"waiting"}

    portal.redis.start()
    portal.programs["worker"].thaw()
    patient.type_code()

    assert_booked_once(patient, portal.demoklinikka, moment)


def test_booking_needs_no_redis(portal: Portal, patient: Patient, moment: datetime) -> None:
    portal.kill_redis()

    patient.book(moment)

    assert patient.path.endswith("/done/")
    assert_booked_once(patient, portal.demoklinikka, moment)


def test_api_killed_during_the_long_poll_loses_no_booking(
    portal: Portal, patient: Patient, moment: datetime
) -> None:
    portal.programs["api"].kill()
    patient.book(moment)
    assert portal.demoklinikka.appointments(patient.booking_id) == []

    portal.programs["api"].start()

    assert_booked_once(patient, portal.demoklinikka, moment)


def test_agent_killed_before_it_acknowledged_enters_the_booking_once(
    portal: Portal, patient: Patient, moment: datetime
) -> None:
    """The API dies with it, so that no acknowledgement can still be on its way."""
    surgery, api = portal.demoklinikka, portal.programs["api"]
    patient.hold(moment)
    patient.give_details()
    code = patient.code()
    surgery.agent.freeze()
    patient.type_code(code)
    with acknowledging_blocked(portal, patient.booking_id):
        surgery.agent.thaw()
        eventually(lambda: surgery.appointments(patient.booking_id), "the agent has written the booking")
        surgery.agent.kill()
        api.kill()
    assert portal.booking(patient.booking_id)["accepted_at"] is None

    api.start()
    surgery.agent.start()

    assert_booked_once(patient, surgery, moment)


def test_web_killed_between_two_pages_loses_nothing(
    portal: Portal, patient: Patient, moment: datetime
) -> None:
    patient.hold(moment)
    patient.give_details()
    portal.programs["web"].kill()

    portal.programs["web"].start()
    eventually(portal.are_pages_answering, "the pages open again")
    patient.open(patient.path)
    patient.type_code()

    assert_booked_once(patient, portal.demoklinikka, moment)
