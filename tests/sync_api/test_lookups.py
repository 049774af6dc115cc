"""``patient.lookup`` and its answer: who is told of whom, what is taken, and what nobody waits for."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from clinics.models import OrganisationSettings
from clinics.scope import organisation_scope
from notifications.models import Kind, Message
from scheduling.appointment_changes import cancel_appointment, hold_new_time_for, move_appointment
from scheduling.appointments import appointments_seen, ask_clinic
from scheduling.events import close_lapsed_lookups, note_agent_seen
from scheduling.login_codes import MOST_QUESTIONS, answer_code, ask_code, log_in_with_code
from scheduling.logins import end_login
from scheduling.models import AgentEvent, AppointmentChange, Booking, Login, LoginCode, Lookup
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.scheduling.clinic_made import HETU, NUMBER, logged_in, show_whole_list
from tests.sync_api.client import Body, SyncAgent

pytestmark = pytest.mark.django_db

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def asked(practice: Practice, *, eid: bool = False) -> tuple[Login, Lookup]:
    """Somebody logged in, about whom the clinic is asked."""
    with organisation_scope(practice.organisation.pk):
        login, _ = logged_in(practice, eid=eid)
        lookup = ask_clinic(organisation=practice.organisation, login=login)
    assert lookup is not None
    return login, lookup


def appointment(name: str = "a77", **more: Any) -> Body:
    start = next_monday_at(9) + timedelta(days=1)
    return {
        "id": name,
        "booking": None,
        "clinic": "c1",
        "practitioner": "p1",
        "treatment": "t1",
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=30)).isoformat(),
        "text": "Kontrolli",
        "move_allowed": True,
        "cancel_allowed": True,
        **more,
    }


def body(*appointments: Body, **more: Any) -> Body:
    patient = {"first_name": "Maija", "last_name": "Meikäläinen", "email": "maija@example.com"}
    return {"found": True, "patient": patient, "appointments": list(appointments), **more}


def put(agent: SyncAgent, lookup: object, answer: Any) -> Any:
    return agent.ask("PUT", f"lookups/{lookup}", answer)


def seen(practice: Practice, login: Login) -> list[str]:
    with organisation_scope(practice.organisation.pk):
        found = appointments_seen(organisation=practice.organisation, login=login)
    return [one.appointment_id for one in found.appointments]


@pytest.mark.parametrize(
    ("eid", "national_id", "mobile"), [(True, HETU, None), (False, None, NUMBER)], ids=["eid", "sms"]
)
def test_event_says_what_has_been_proven(
    practice: Practice, practice_agent: SyncAgent, eid: bool, national_id: str | None, mobile: str | None
) -> None:
    _, lookup = asked(practice, eid=eid)

    (event,) = practice_agent.events().json()["events"]

    assert event["type"] == "patient.lookup"
    data = event["data"]
    assert (data["lookup"], data["national_id"], data["mobile"]) == (
        str(lookup.public_id),
        national_id,
        mobile,
    )
    assert data["expires"].startswith(f"{lookup.expires_at:%Y-%m-%dT%H:%M}")


def code_asked(practice: Practice, mobile: str = "+358401112223", *, sees: str = "all") -> LoginCode:
    """Somebody asks for a code to a number that has no booking here, and a worker has looked."""
    with organisation_scope(practice.organisation.pk):
        note_agent_seen(organisation=practice.organisation)
        show_whole_list(practice.organisation)
        OrganisationSettings.objects.filter(organisation=practice.organisation).update(sms_login_sees=sees)
        ask_code(
            organisation=practice.organisation, mobile=mobile, visitor=mobile, address=mobile, language="en"
        )
    code: LoginCode = LoginCode.across.latest("pk")
    answer_code(code.pk)
    return code


def digits_sent() -> list[str]:
    bodies = Message.across.filter(kind=Kind.LOGIN_CODE).values_list("to", "body")
    return [f"{to} {re.findall(r'[0-9]{6}', body)[0]}" for to, body in bodies]


def test_code_goes_to_a_number_that_only_the_clinic_knows(
    practice: Practice, practice_agent: SyncAgent
) -> None:
    code = code_asked(practice)
    assert digits_sent() == []

    (event,) = practice_agent.events().json()["events"]
    assert (event["type"], event["data"]["mobile"], event["data"]["national_id"]) == (
        "patient.lookup",
        "+358401112223",
        None,
    )
    for _ in range(2):
        answer = put(practice_agent, event["data"]["lookup"], body(appointment()))
        assert (answer.status, answer.json()) == (200, {"appointments": 1})

    (sent,) = digits_sent()
    to, digits = sent.split()
    assert to == "+358401112223"
    with organisation_scope(practice.organisation.pk):
        login, _ = log_in_with_code(organisation=practice.organisation, visitor=code.visitor, digits=digits)
    assert login.mobile.as_e164 == to
    assert "Kontrolli" not in (Lookup.across.get(code=code).answer or "")


def test_code_does_not_go_to_a_number_that_the_clinic_does_not_know_either(
    practice: Practice, practice_agent: SyncAgent
) -> None:
    code_asked(practice)
    (event,) = practice_agent.events().json()["events"]

    assert put(practice_agent, event["data"]["lookup"], {"found": False}).status == 200

    assert digits_sent() == []
    assert LoginCode.across.get().digest is None


def test_code_is_not_sent_once_nobody_can_type_it(practice: Practice, practice_agent: SyncAgent) -> None:
    code_asked(practice)
    (event,) = practice_agent.events().json()["events"]
    LoginCode.across.update(created_at=long_ago(), expires_at=long_ago() + timedelta(minutes=10))

    assert put(practice_agent, event["data"]["lookup"], body()).status == 422

    assert digits_sent() == []
    assert practice_agent.events().json()["events"] == []


def long_ago() -> datetime:
    return timezone.now() - timedelta(hours=1)


def test_clinic_is_not_asked_where_a_login_shows_only_what_was_booked_here(
    practice: Practice, practice_agent: SyncAgent
) -> None:
    code_asked(practice, sees="own")

    assert not Lookup.across.exists()
    assert practice_agent.events().json()["events"] == []


def test_clinic_is_asked_about_so_many_numbers_at_once(practice: Practice, practice_agent: SyncAgent) -> None:
    for number in range(MOST_QUESTIONS + 2):
        code_asked(practice, f"+3584011122{number:02}")

    assert Lookup.across.count() == MOST_QUESTIONS


def test_answer_is_seen_by_the_patient(practice: Practice, practice_agent: SyncAgent) -> None:
    login, lookup = asked(practice)

    answer = put(practice_agent, lookup.public_id, body(appointment(), appointment("a78", treatment=None)))

    assert (answer.status, answer.json()) == (200, {"appointments": 2})
    assert seen(practice, login) == ["a77", "a78"]


def test_answer_put_twice_is_one_and_a_later_one_takes_its_place(
    practice: Practice, practice_agent: SyncAgent
) -> None:
    login, lookup = asked(practice)

    statuses = {put(practice_agent, lookup.public_id, body(appointment())).status for _ in range(2)}
    assert (statuses, seen(practice, login)) == ({200}, ["a77"])
    put(practice_agent, lookup.public_id, body(appointment("a78")))

    assert seen(practice, login) == ["a78"]


def test_patient_who_is_not_found_has_no_appointments(practice: Practice, practice_agent: SyncAgent) -> None:
    login, lookup = asked(practice)

    answer = put(practice_agent, lookup.public_id, {"found": False})

    assert (answer.status, seen(practice, login)) == (200, [])


@pytest.mark.parametrize(
    ("email", "mobile", "kept"),
    [
        ("ei ole", "ei ole", {"email": "", "mobile": ""}),
        (None, None, {"email": "", "mobile": ""}),
        ("maija@example.com", "040 123 4567", {"email": "maija@example.com", "mobile": NUMBER}),
    ],
)
def test_what_is_no_address_on_the_card_counts_as_none(
    practice: Practice, practice_agent: SyncAgent, email: str, mobile: str, kept: Body
) -> None:
    _, lookup = asked(practice)
    patient = {"first_name": "Maija", "email": email, "mobile": mobile, "national_id": HETU}

    assert put(practice_agent, lookup.public_id, body(patient=patient)).status == 200

    stored = Lookup.across.get().answer or ""
    assert all(f'"{name}":"{value}"' in stored for name, value in kept.items())
    assert HETU not in stored


@pytest.mark.parametrize(
    ("answer", "pointer"),
    [
        ({}, "/found"),
        ({"found": True}, "/patient"),
        ({"found": "yes"}, "/found"),
        (body(appointment(start="tomorrow")), "/appointments/0/start"),
        (body(appointment(start="2026-12-07T08:00:00")), "/appointments/0/start"),
        (body(appointment(end="2026-01-07T08:00:00Z")), "/appointments/0/end"),
        (body(appointment(end="2300-01-07T08:00:00Z")), "/appointments/0/start"),
        (body(appointment(), appointment()), "/appointments/1/id"),
        (body(appointment(id="")), "/appointments/0/id"),
        (body(appointment(text="x" * 2001)), "/appointments/0/text"),
        (body(appointment(move_allowed="no")), "/appointments/0/move_allowed"),
        (body(appointments=[appointment(f"a{number}") for number in range(501)]), "/appointments"),
    ],
)
def test_answer_points_at_what_is_wrong(
    practice: Practice, practice_agent: SyncAgent, answer: Body, pointer: str
) -> None:
    _, lookup = asked(practice)

    refused = put(practice_agent, lookup.public_id, answer)

    assert (refused.status, refused.kind, refused.pointers[0]) == (422, "invalid-body", pointer)
    assert Lookup.across.get().answered_at is None


@pytest.mark.parametrize("member", ["clinic", "practitioner", "treatment"])
def test_answer_names_what_the_catalogue_never_did(
    practice: Practice, practice_agent: SyncAgent, member: str
) -> None:
    _, lookup = asked(practice)

    refused = put(practice_agent, lookup.public_id, body(appointment(), appointment("b", **{member: "x9"})))

    assert (refused.kind, refused.pointers) == ("unknown-id", [f"/appointments/1/{member}"])


def test_lookup_of_another_organisation_is_unknown(
    practice: Practice, other_practice_agent: SyncAgent
) -> None:
    login, lookup = asked(practice)

    refused = put(other_practice_agent, lookup.public_id, body())

    assert (refused.status, refused.kind, refused.pointers) == (422, "unknown-id", [""])
    assert put(other_practice_agent, UNKNOWN, body()).json() == refused.json()
    assert other_practice_agent.events().json()["events"] == []
    assert seen(practice, login) == []


@pytest.mark.parametrize("name", ["x", "1", "%00", "a%2Fb"])
def test_lookup_with_an_id_that_is_none_is_a_problem(practice_agent: SyncAgent, name: str) -> None:
    refused = put(practice_agent, name, body())

    assert refused.status in {404, 422}
    assert refused.headers["Content-Type"].startswith("application/problem+json")


def test_answer_after_logout_is_discarded_and_the_event_is_no_more(
    practice: Practice, practice_agent: SyncAgent
) -> None:
    login, lookup = asked(practice)
    (event,) = practice_agent.events().json()["events"]
    with organisation_scope(practice.organisation.pk):
        end_login(organisation=practice.organisation, login=login)

    assert practice_agent.events().json()["events"] == []
    assert practice_agent.status().json()["pending_events"] == 0
    refused = put(practice_agent, lookup.public_id, body(appointment()))
    assert (refused.status, refused.kind) == (422, "unknown-id")
    assert "logged out" in refused.json()["detail"]
    close_lapsed_lookups()
    for outcome in ("accepted", "refused"):
        result = {"event": event["id"], "outcome": outcome}
        assert practice_agent.acknowledge(result).status == 200
    assert AgentEvent.across.get().outcome == AgentEvent.Outcome.LAPSED


def test_agent_that_will_not_look_lets_nobody_wait(practice: Practice, practice_agent: SyncAgent) -> None:
    login, lookup = asked(practice)
    event = AgentEvent.across.get()

    practice_agent.acknowledge({"event": event.sequence, "outcome": "refused", "reason": "other"})

    with organisation_scope(practice.organisation.pk):
        found = appointments_seen(organisation=practice.organisation, login=login)
    assert (found.is_waiting, found.is_complete) == (False, False)
    assert put(practice_agent, lookup.public_id, body()).kind == "unknown-id"


@pytest.mark.parametrize("outcome", ["accepted", "refused"])
def test_cancelling_goes_to_the_agent_and_its_word_counts(
    practice: Practice, practice_agent: SyncAgent, outcome: str
) -> None:
    login, lookup = asked(practice)
    put(practice_agent, lookup.public_id, body(appointment()))
    with organisation_scope(practice.organisation.pk):
        (standing,) = appointments_seen(organisation=practice.organisation, login=login).appointments
        cancel_appointment(
            organisation=practice.organisation, login=login, appointment=standing, language="en"
        )
    event = practice_agent.events().json()["events"][-1]

    assert (event["type"], event["data"]) == (
        "appointment.cancel",
        {"appointment": "a77", "by": "patient", "record_in_journal": False},
    )
    result = {"event": event["id"], "outcome": outcome, "appointment": "a77"}
    assert [practice_agent.acknowledge(result).status for _ in range(2)] == [200, 200]
    assert seen(practice, login) == (["a77"] if outcome == "refused" else [])
    assert AppointmentChange.across.count() == (0 if outcome == "refused" else 1)


@pytest.mark.parametrize("outcome", ["accepted", "refused"])
def test_moving_goes_to_the_agent_and_its_word_counts(
    practice: Practice, practice_agent: SyncAgent, outcome: str
) -> None:
    login, lookup = asked(practice)
    put(practice_agent, lookup.public_id, body(appointment()))
    with organisation_scope(practice.organisation.pk):
        (standing,) = appointments_seen(organisation=practice.organisation, login=login).appointments
        held = hold_new_time_for(
            organisation=practice.organisation, appointment=standing, starts_at=next_monday_at(11)
        )
        booking = move_appointment(
            organisation=practice.organisation,
            login=login,
            appointment=standing,
            new_time=held.public_id,
            language="en",
        )
    event = practice_agent.events().json()["events"][-1]

    assert event["type"] == "appointment.move"
    assert (event["data"]["appointment"], event["data"]["booking"]) == ("a77", str(booking.public_id))
    assert event["data"]["old"]["start"] == appointment()["start"]
    assert event["data"]["new"] == {
        "start": next_monday_at(11).isoformat(),
        "end": next_monday_at(11, 30).isoformat(),
        "practitioner": "p1",
        "clinic": "c1",
    }
    result = {"event": event["id"], "outcome": outcome, "appointment": "a77", "reason": "taken"}
    if outcome == "accepted":
        del result["reason"]
    assert practice_agent.acknowledge(result).status == 200
    assert Booking.across.get(pk=booking.pk).state == ("booked" if outcome == "accepted" else "refused")
    assert seen(practice, login) == (["a77"] if outcome == "refused" else [])
