"""What the clinic itself has booked: who is asked when, what is seen of it, and for how long."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinics.encryption import ciphers
from clinics.scope import organisation_scope
from scheduling.appointments import (
    AGAIN_AFTER,
    OF_USE,
    PATIENCE,
    State,
    appointments_seen,
    ask_clinic,
    clinic_appointment,
)
from scheduling.events import AWAY_AFTER, close_lapsed_lookups, count_waiting_events
from scheduling.logins import end_login, start_login
from scheduling.lookups import take_answer
from scheduling.models import AgentEvent, AgentLink, Login, Lookup
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.scheduling.booked import booked
from tests.scheduling.clinic_made import (
    HETU,
    MAIJA,
    NUMBER,
    answered,
    appointment_facts,
    logged_in,
    seen,
    the_one,
)

pytestmark = pytest.mark.django_db


def look(practice: Practice, login: Login) -> tuple[int, bool, bool]:
    """How many appointments are seen, whether they are all, and whether more may come."""
    found = appointments_seen(organisation=practice.organisation, login=login)
    return len(found.appointments), found.is_complete, found.is_waiting


def test_asking_tells_the_agent_without_saying_of_whom(practice: Practice, in_scope: Practice) -> None:
    login, _ = logged_in(practice, eid=True)

    lookup = ask_clinic(organisation=practice.organisation, login=login)

    event = AgentEvent.across.get()
    assert (event.type, event.lookup, event.data) == ("patient.lookup", lookup, {})
    assert look(practice, login) == (0, False, True)


def test_asking_again_within_a_minute_asks_nothing(practice: Practice, in_scope: Practice) -> None:
    login, _ = logged_in(practice)
    first = answered(practice, login)

    assert ask_clinic(organisation=practice.organisation, login=login) == first
    with time_machine.travel(timezone.now() + AGAIN_AFTER + timedelta(seconds=1)):
        second = ask_clinic(organisation=practice.organisation, login=login)

    assert second is not None
    assert second != first
    assert AgentEvent.across.count() == 2


def test_nothing_is_asked_while_the_agent_is_away(practice: Practice, in_scope: Practice) -> None:
    login, _ = logged_in(practice)
    AgentLink.objects.update(last_seen_at=timezone.now() - AWAY_AFTER - timedelta(seconds=1))

    assert ask_clinic(organisation=practice.organisation, login=login) is None
    assert look(practice, login) == (0, False, False)
    assert not AgentEvent.across.exists()


def test_nothing_is_asked_of_an_agent_that_was_never_heard(practice: Practice, in_scope: Practice) -> None:
    login, _ = logged_in(practice)
    AgentLink.objects.all().delete()

    assert ask_clinic(organisation=practice.organisation, login=login) is None


def test_login_that_shows_own_bookings_only_asks_and_shows_nothing(
    practice: Practice, in_scope: Practice
) -> None:
    login, _ = logged_in(practice)
    answered(practice, login)
    practice.organisation.settings.sms_login_sees = "own"

    assert ask_clinic(organisation=practice.organisation, login=login) is None
    found = appointments_seen(organisation=practice.organisation, login=login)
    assert (found.is_shown, found.appointments, found.is_complete) == (False, [], False)


def test_ended_login_is_asked_about_no_more(practice: Practice, in_scope: Practice) -> None:
    login, _ = logged_in(practice)
    Login.objects.filter(pk=login.pk).delete()

    assert ask_clinic(organisation=practice.organisation, login=login) is None


def test_answer_is_seen_with_what_its_ids_stand_for(practice: Practice, in_scope: Practice) -> None:
    login, _ = logged_in(practice)
    answered(practice, login, appointment_facts("b2", treatment=None), appointment_facts("a1", minutes=45))

    later = [(one.appointment_id, one.what, one.minutes, one.state) for one in seen(practice, login)]
    assert later == [("b2", "Kontrolli", 30, State.STANDS), ("a1", practice.treatment.name, 45, State.STANDS)]
    assert look(practice, login) == (2, True, False)
    one = seen(practice, login)[0]
    assert (one.clinic, one.practitioner) == (practice.clinic, practice.practitioner)


@pytest.mark.parametrize("kind", ["past", "made here", "unknown practitioner"])
def test_answer_is_seen_without_what_is_past_made_here_or_unknown(
    practice: Practice, in_scope: Practice, kind: str
) -> None:
    login, _ = logged_in(practice)
    facts = {
        "past": appointment_facts(starts_at=timezone.now() - timedelta(minutes=1)),
        "made here": appointment_facts(booking=str(booked(practice).public_id)),
        "unknown practitioner": appointment_facts(practitioner="gone"),
    }
    answered(practice, login, facts[kind])

    assert look(practice, login) == (0, True, False)


@pytest.mark.parametrize("name", ["something", "00000000-0000-4000-8000-000000000000"])
def test_appointment_with_a_booking_that_is_not_here_is_the_clinics(
    practice: Practice, other_practice: Practice, in_scope: Practice, name: str
) -> None:
    login, _ = logged_in(practice)
    with organisation_scope(other_practice.organisation.pk):
        elsewhere = str(booked(other_practice).public_id)
    answered(
        practice, login, appointment_facts("a1", booking=name), appointment_facts("a2", booking=elsewhere)
    )

    assert {one.appointment_id for one in seen(practice, login)} == {"a1", "a2"}


@pytest.mark.parametrize(("mobile", "number_of"), [(NUMBER, 0), ("+358401112233", 1)])
def test_booking_made_here_with_another_number_is_shown_as_well(
    practice: Practice, in_scope: Practice, mobile: str, number_of: int
) -> None:
    login, _ = logged_in(practice)
    booking = booked(practice)
    booking.patient.mobile = mobile
    booking.patient.save()
    answered(practice, login, appointment_facts(booking=str(booking.public_id)))

    found = appointments_seen(organisation=practice.organisation, login=login)
    assert found.bookings == [booking][:number_of]


def test_waiting_ends_and_a_late_answer_is_there_at_the_next_look(
    practice: Practice, in_scope: Practice
) -> None:
    login, _ = logged_in(practice)
    lookup = ask_clinic(organisation=practice.organisation, login=login)
    assert lookup is not None

    with time_machine.travel(timezone.now() + PATIENCE):
        assert look(practice, login) == (0, False, False)
        facts = {"found": True, "patient": MAIJA, "appointments": [appointment_facts()]}
        assert take_answer(organisation=practice.organisation, public_id=lookup.public_id, answer=facts)
        assert look(practice, login) == (1, True, False)


def test_last_answer_is_shown_until_the_next_one(practice: Practice, in_scope: Practice) -> None:
    login, _ = logged_in(practice)
    answered(practice, login)

    with time_machine.travel(timezone.now() + AGAIN_AFTER + timedelta(seconds=1)):
        ask_clinic(organisation=practice.organisation, login=login)
        assert look(practice, login) == (1, False, True)
    with time_machine.travel(timezone.now() + 2 * AGAIN_AFTER + timedelta(seconds=2)):
        AgentLink.objects.update(last_seen_at=timezone.now())
        answered(practice, login, appointment_facts("b1"), appointment_facts("b2"))
        assert look(practice, login) == (2, True, False)
        assert Lookup.objects.count() <= 2


def test_patient_whom_the_clinic_does_not_know_has_a_complete_empty_list(
    practice: Practice, in_scope: Practice
) -> None:
    login, _ = logged_in(practice)
    lookup = ask_clinic(organisation=practice.organisation, login=login)
    assert lookup is not None
    nothing: dict[str, Any] = {"found": False, "patient": None, "appointments": []}

    take_answer(organisation=practice.organisation, public_id=lookup.public_id, answer=nothing)

    assert look(practice, login) == (0, True, False)


@pytest.mark.parametrize("ending", ["logout", "expired login", "expired lookup"])
def test_answer_that_nobody_waits_for_is_not_kept(
    practice: Practice, in_scope: Practice, ending: str
) -> None:
    login, _ = logged_in(practice)
    lookup = ask_clinic(organisation=practice.organisation, login=login)
    assert lookup is not None
    past = lookup.created_at + timedelta(microseconds=1)
    if ending == "logout":
        end_login(organisation=practice.organisation, login=login)
    elif ending == "expired login":
        Login.objects.update(expires_at=login.created_at + timedelta(microseconds=1))
    else:
        Lookup.objects.update(expires_at=past)

    kept = take_answer(organisation=practice.organisation, public_id=lookup.public_id, answer={"found": True})

    assert not kept
    assert not Lookup.objects.exclude(answer=None).exists()
    assert count_waiting_events(organisation=practice.organisation) == 0


def test_answer_of_another_organisation_is_not_kept(
    practice: Practice, other_practice: Practice, in_scope: Practice
) -> None:
    login, _ = logged_in(practice)
    lookup = ask_clinic(organisation=practice.organisation, login=login)
    assert lookup is not None

    with organisation_scope(other_practice.organisation.pk):
        kept = take_answer(
            organisation=other_practice.organisation, public_id=lookup.public_id, answer={"found": True}
        )

    assert not kept
    assert look(practice, login) == (0, False, True)


def test_closing_answers_only_what_nobody_waits_for(practice: Practice, in_scope: Practice) -> None:
    first, _ = logged_in(practice)
    ask_clinic(organisation=practice.organisation, login=first)
    end_login(organisation=practice.organisation, login=first)
    second, _ = logged_in(practice)
    ask_clinic(organisation=practice.organisation, login=second)
    booked(practice)

    assert close_lapsed_lookups() == 1

    outcomes = list(AgentEvent.across.order_by("sequence").values_list("type", "outcome"))
    assert outcomes == [("patient.lookup", "lapsed"), ("patient.lookup", ""), ("booking.created", "")]
    with time_machine.travel(timezone.now() + OF_USE):
        assert close_lapsed_lookups() == 1


def test_appointments_of_another_login_are_not_found(practice: Practice, in_scope: Practice) -> None:
    mine, _ = logged_in(practice)
    answered(practice, mine)
    reference = the_one(practice, mine).reference
    other, _ = start_login(
        organisation=practice.organisation, method=Login.Method.SMS, mobile="+358401112233"
    )

    assert clinic_appointment(organisation=practice.organisation, login=mine, reference=reference)
    assert not clinic_appointment(organisation=practice.organisation, login=other, reference=reference)


def test_answer_is_unreadable_at_rest_and_gone_after_logout(practice: Practice, in_scope: Practice) -> None:
    login, _ = logged_in(practice, eid=True)
    answered(practice, login, appointment_facts(text="Kanarialintu", treatment=None))
    assert "Kanarialintu" in ciphers().decrypt(bytes(raw_answer())).decode()

    for word in ("Kanarialintu", "Meikäläinen", "maija@example.com"):
        assert word not in everything_of("scheduling_lookup", "scheduling_agentevent", "scheduling_booking")
    for table in ("scheduling_login", "scheduling_lookup", "scheduling_agentevent"):
        assert HETU not in everything_of(table)

    end_login(organisation=practice.organisation, login=login)
    assert everything_of("scheduling_lookup", "scheduling_login") == ""


def raw_answer() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM scheduling_lookup WHERE answer IS NOT NULL")
        return bytes(cursor.fetchone()[0])


def everything_of(*tables: str) -> str:
    """All rows of the tables as text."""
    with connection.cursor() as cursor:
        rows: list[str] = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608 - the names are ours
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def test_reading_costs_the_same_queries_for_one_and_three(practice: Practice, in_scope: Practice) -> None:
    bookings = [str(booked(practice, next_monday_at(9 + n)).public_id) for n in range(3)]
    counts = set()
    for number in (1, 3):
        login, _ = logged_in(practice)
        told = [appointment_facts(f"b{n}", booking=bookings[n]) for n in range(number)]
        answered(practice, login, *told, *[appointment_facts(f"c{n}") for n in range(number)])
        with CaptureQueriesContext(connection) as queries:
            assert look(practice, login) == (number, True, False)
        counts.add(len(queries))

    assert len(counts) == 1
