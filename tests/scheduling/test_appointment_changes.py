"""Cancelling and moving what the clinic made: what is written, who is told, what a refusal brings back."""

from collections import Counter
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.utils import timezone

import scheduling.appointment_changes as changes_module
from clinics.models import Organisation
from notifications.models import Channel, Kind, Message
from scheduling.appointment_changes import (
    KEPT_AFTER,
    cancel_appointment,
    forget_changes,
    hold_new_time_for,
    move_appointment,
    refusal_for,
    settle_appointment_change,
)
from scheduling.appointments import AGAIN_AFTER, ClinicAppointment, State, clinic_appointment
from scheduling.change_rules import Change, Refusal
from scheduling.errors import ChangeRefused, HoldExpired
from scheduling.events import note_agent_seen
from scheduling.free_weeks import differing_weeks
from scheduling.links import linked_booking, path_of
from scheduling.logins import end_login
from scheduling.models import AgentEvent, AppointmentChange, Booking, Login, Lookup
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.races import at_once
from tests.scheduling.booked import fresh
from tests.scheduling.clinic_made import (
    HETU,
    NUMBER,
    answered,
    appointment_facts,
    logged_in,
    seen,
    the_one,
)
from tests.scheduling.test_holds import starts


def shown(practice: Practice, **facts: Any) -> tuple[Login, ClinicAppointment]:
    """Somebody logged in, with one appointment that the clinic made."""
    login, _ = logged_in(practice)
    answered(practice, login, appointment_facts(**facts))
    return login, the_one(practice, login)


def cancel(practice: Practice, login: Login, appointment: ClinicAppointment) -> None:
    cancel_appointment(
        organisation=practice.organisation, login=login, appointment=appointment, language="en"
    )


def hold(practice: Practice, appointment: ClinicAppointment, hour: int = 11) -> Booking:
    return hold_new_time_for(
        organisation=practice.organisation, appointment=appointment, starts_at=next_monday_at(hour)
    )


def move(practice: Practice, login: Login, appointment: ClinicAppointment, held: Booking) -> Booking:
    return move_appointment(
        organisation=practice.organisation,
        login=login,
        appointment=appointment,
        new_time=held.public_id,
        language="en",
    )


def answer(organisation: Organisation, event: AgentEvent, outcome: str, reason: str = "") -> None:
    """What the agent says of the event."""
    event.outcome, event.reason, event.acknowledged_at = outcome, reason, timezone.now()
    event.save()
    settle_appointment_change(organisation=organisation, event=event)


def newest(kind: str) -> AgentEvent:
    event: AgentEvent = AgentEvent.across.filter(type=kind).latest("sequence")
    return event


def told(kind: Kind) -> list[tuple[str, str]]:
    return sorted(Message.across.filter(kind=kind).values_list("channel", "to"))


EVERYWHERE = [(Channel.EMAIL, "maija@example.com"), (Channel.SMS, NUMBER)]

# The rules


@pytest.mark.django_db
@pytest.mark.parametrize("change", list(Change))
@pytest.mark.parametrize("has_treatment", [True, False])
@pytest.mark.parametrize(
    ("organisation", "without", "treatment", "clinic"), list(product([True, False], repeat=4))
)
def test_rules_of_what_the_clinic_made(
    practice: Practice,
    in_scope: Practice,
    change: Change,
    has_treatment: bool,
    organisation: bool,
    without: bool,
    treatment: bool,
    clinic: bool,
) -> None:
    verb = change.value
    chosen = practice.organisation.settings
    setattr(chosen, f"{verb}_allowed", organisation)
    setattr(chosen, f"{verb}_without_template", without)
    setattr(practice.treatment, f"{verb}_allowed", treatment)
    practice.treatment.save()
    facts = {f"{verb}_allowed": clinic, "treatment": "t1" if has_treatment else None}
    _, appointment = shown(practice, **facts)

    refusal = refusal_for(organisation=practice.organisation, appointment=appointment, change=change)

    assert refusal == expected(change, has_treatment, organisation, without, treatment, clinic)


def expected(
    change: Change, has_treatment: bool, organisation: bool, without: bool, treatment: bool, clinic: bool
) -> Refusal | None:
    if not organisation:
        return Refusal.ORGANISATION
    if not has_treatment and not without:
        return Refusal.WITHOUT_TREATMENT
    if has_treatment and not treatment:
        return Refusal.TREATMENT
    return None if clinic else Refusal.APPOINTMENT


@pytest.mark.django_db
def test_deadline_holds_for_what_the_clinic_made(practice: Practice, in_scope: Practice) -> None:
    _, appointment = shown(practice)

    with time_machine.travel(appointment.starts_at - timedelta(hours=23)):
        refusal = refusal_for(
            organisation=practice.organisation, appointment=appointment, change=Change.CANCEL
        )

    assert refusal == Refusal.DEADLINE


@pytest.mark.django_db
def test_move_stays_within_the_treatments_days(practice: Practice, in_scope: Practice) -> None:
    practice.treatment.move_within_days = 0
    practice.treatment.save()
    _, appointment = shown(practice)

    with pytest.raises(ChangeRefused) as no:
        hold(practice, appointment)

    assert no.value.refusal == Refusal.TOO_FAR


# Cancelling


@pytest.mark.django_db
def test_cancelling_tells_the_clinic_and_the_patient(practice: Practice, in_scope: Practice) -> None:
    practice.organisation.settings.journal_cancellations = True
    login, appointment = shown(practice)

    cancel(practice, login, appointment)

    event = newest("appointment.cancel")
    assert event.data == {"appointment": "a77", "by": "patient", "record_in_journal": True}
    assert told(Kind.CANCELLATION) == EVERYWHERE
    assert seen(practice, login) == []
    found = clinic_appointment(
        organisation=practice.organisation, login=login, reference=appointment.reference
    )
    assert found is not None
    assert found.state is State.CANCELLED


@pytest.mark.django_db
def test_cancelling_without_a_treatment_names_none(practice: Practice, in_scope: Practice) -> None:
    practice.organisation.settings.cancel_without_template = True
    practice.organisation.settings.name_treatment_in_messages = True
    login, appointment = shown(practice, treatment=None)

    cancel(practice, login, appointment)

    assert told(Kind.CANCELLATION) == EVERYWHERE


@pytest.mark.django_db
def test_cancelling_twice_cancels_once(practice: Practice, in_scope: Practice) -> None:
    login, appointment = shown(practice)
    cancel(practice, login, appointment)

    with pytest.raises(ChangeRefused):
        cancel(practice, login, appointment)  # as it was read before
    again = clinic_appointment(
        organisation=practice.organisation, login=login, reference=appointment.reference
    )
    assert again is not None
    cancel(practice, login, again)

    assert AgentEvent.across.filter(type="appointment.cancel").count() == 1
    assert Message.across.filter(kind=Kind.CANCELLATION).count() == 2


@pytest.mark.django_db
def test_accepted_cancellation_forgets_who_was_told(practice: Practice, in_scope: Practice) -> None:
    login, appointment = shown(practice)
    cancel(practice, login, appointment)

    answer(practice.organisation, newest("appointment.cancel"), "accepted")

    change = AppointmentChange.objects.get()
    assert change.contact is None
    assert seen(practice, login) == []


@pytest.mark.django_db
def test_refused_cancellation_is_told_after_logout_and_the_appointment_is_back(
    practice: Practice, in_scope: Practice
) -> None:
    login, appointment = shown(practice)
    cancel(practice, login, appointment)
    event = newest("appointment.cancel")
    other, _ = logged_in(practice)
    answered(practice, other)
    assert seen(practice, other) == []
    end_login(organisation=practice.organisation, login=login)

    answer(practice.organisation, event, "refused", "not-allowed")

    assert told(Kind.CHANGE_REFUSED) == EVERYWHERE
    assert len(seen(practice, other)) == 1
    assert not AppointmentChange.objects.exists()
    cancel(practice, other, the_one(practice, other))
    answer(practice.organisation, newest("appointment.cancel"), "refused", "other")
    assert Message.across.filter(kind=Kind.CHANGE_REFUSED).count() == 4


@pytest.mark.django_db
def test_appointment_that_the_desk_made_again_can_be_cancelled_again(
    practice: Practice, in_scope: Practice
) -> None:
    login, appointment = shown(practice)
    cancel(practice, login, appointment)
    answer(practice.organisation, newest("appointment.cancel"), "accepted")

    with time_machine.travel(timezone.now() + AGAIN_AFTER + timedelta(seconds=1)):
        note_agent_seen(organisation=practice.organisation)
        answered(practice, login)
        cancel(practice, login, the_one(practice, login))

    assert AgentEvent.across.filter(type="appointment.cancel").count() == 2


# Moving


@pytest.mark.django_db
def test_moving_books_the_new_time_and_tells_clinic_and_patient(
    practice: Practice, in_scope: Practice
) -> None:
    login, appointment = shown(practice)

    booking = move(practice, login, appointment, hold(practice, appointment))

    assert fresh(booking).state == Booking.State.BOOKED
    assert (booking.starts_at, booking.appointment_id) == (next_monday_at(11), "a77")
    patient = fresh(booking).patient
    assert (patient.first_name, patient.mobile.as_e164, patient.language) == ("Maija", NUMBER, "en")
    event = newest("appointment.move")
    assert event.booking == booking
    assert (event.data["appointment"], event.data["record_in_journal"]) == ("a77", False)
    assert event.data["old"]["start"] == (next_monday_at(9) + timedelta(days=1)).isoformat()
    assert event.data["new"]["start"] == next_monday_at(11).isoformat()
    assert told(Kind.MOVE) == EVERYWHERE
    assert seen(practice, login) == []
    token = path_of(booking).split("/")[1]
    assert linked_booking(organisation=practice.organisation, token=token) == booking
    assert differing_weeks(organisation=practice.organisation) == 0


@pytest.mark.django_db
def test_moving_with_eid_makes_a_booking_of_that_identity(practice: Practice, in_scope: Practice) -> None:
    login, _ = logged_in(practice, eid=True)
    answered(practice, login)
    appointment = the_one(practice, login)

    booking = move(practice, login, appointment, hold(practice, appointment))

    patient = fresh(booking).patient
    assert patient.national_id == HETU
    assert patient.national_id_digest
    assert patient.email == "maija@example.com"


@pytest.mark.django_db
def test_moving_twice_moves_once(practice: Practice, in_scope: Practice) -> None:
    login, appointment = shown(practice)
    held = hold(practice, appointment)

    assert move(practice, login, appointment, held) == move(practice, login, appointment, held)

    assert AgentEvent.across.filter(type="appointment.move").count() == 1
    assert Message.across.filter(kind=Kind.MOVE).count() == 2


@pytest.mark.django_db
def test_holding_another_time_gives_the_first_back(practice: Practice, in_scope: Practice) -> None:
    login, appointment = shown(practice)
    first = hold(practice, appointment, 11)
    second = hold(practice, appointment, 12)

    with pytest.raises(HoldExpired):
        move(practice, login, appointment, first)

    assert fresh_state(first) == Booking.State.EXPIRED
    assert move(practice, login, appointment, second).state == Booking.State.BOOKED


def fresh_state(booking: Booking) -> str:
    return str(Booking.across.get(pk=booking.pk).state)


@pytest.mark.django_db
def test_accepted_move_keeps_the_appointments_id(practice: Practice, in_scope: Practice) -> None:
    login, appointment = shown(practice)
    booking = move(practice, login, appointment, hold(practice, appointment))
    event = newest("appointment.move")
    event.appointment_id = "a78"

    answer(practice.organisation, event, "accepted")

    assert fresh(booking).appointment_id == "a78"
    assert fresh(booking).accepted_at
    assert AppointmentChange.objects.get().contact is None


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["taken", "not-allowed", "other"])
def test_refused_move_gives_the_new_time_back_and_the_appointment_stands(
    practice: Practice, in_scope: Practice, reason: str
) -> None:
    login, appointment = shown(practice)
    booking = move(practice, login, appointment, hold(practice, appointment))

    answer(practice.organisation, newest("appointment.move"), "refused", reason)

    assert fresh_state(booking) == Booking.State.REFUSED
    assert told(Kind.CHANGE_REFUSED) == EVERYWHERE
    assert the_one(practice, login).starts_at == appointment.starts_at
    assert differing_weeks(organisation=practice.organisation) == 0
    assert ("11:00" in starts(practice)) == (reason != "taken")


@pytest.mark.django_db
def test_moved_appointment_is_hidden_as_long_as_its_booking_stands(
    practice: Practice, in_scope: Practice
) -> None:
    login, appointment = shown(practice)
    booking = move(practice, login, appointment, hold(practice, appointment))
    answer(practice.organisation, newest("appointment.move"), "accepted")

    with time_machine.travel(timezone.now() + AGAIN_AFTER + timedelta(seconds=1)):
        note_agent_seen(organisation=practice.organisation)
        answered(practice, login)  # by an agent that does not say which booking it is
        assert seen(practice, login) == []
        Booking.objects.filter(pk=booking.pk).update(state=Booking.State.CANCELLED)
        assert len(seen(practice, login)) == 1


@pytest.mark.django_db
def test_changes_are_forgotten_when_the_appointment_is_over(
    practice: Practice, other_practice: Practice, in_scope: Practice
) -> None:
    login, appointment = shown(practice)
    cancel(practice, login, appointment)

    assert forget_changes() == 0
    with time_machine.travel(appointment.ends_at + KEPT_AFTER + timedelta(seconds=1)):
        assert forget_changes() == 1


# Races


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_cancellation_and_move_at_once_have_one_winner(
    practice: Practice, in_scope: Practice, round_: int
) -> None:
    login, appointment = shown(practice)
    held = hold(practice, appointment)

    outcomes = at_once(
        practice.organisation,
        lambda: cancel(practice, login, appointment),
        lambda: move(practice, login, appointment, held),
    )

    assert outcomes[0] in {"done", "ChangeRefused"}
    assert outcomes.count("done") == 1
    changed = AgentEvent.across.filter(type__startswith="appointment.").values_list("type", flat=True)
    assert list(changed) == ["appointment.cancel" if outcomes[0] == "done" else "appointment.move"]
    assert AppointmentChange.across.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_cancellations_at_once_tell_the_clinic_once(practice: Practice, in_scope: Practice) -> None:
    login, appointment = shown(practice)

    outcomes = at_once(practice.organisation, *[lambda: cancel(practice, login, appointment)] * 4)

    assert Counter(outcomes) == {"done": 1, "ChangeRefused": 3}
    assert AgentEvent.across.filter(type="appointment.cancel").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_changes_row_the_clinic_would_be_told_more_than_once(
    practice: Practice, in_scope: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    login, appointment = shown(practice)
    unguarded = AppointmentChange(pk=1)
    monkeypatch.setattr(changes_module, "begin_change", lambda *_, **__: unguarded)

    at_once(practice.organisation, *[lambda: cancel(practice, login, appointment)] * 4)

    assert AgentEvent.across.filter(type="appointment.cancel").count() > 1
    assert Lookup.across.exists()
