"""Logged-in patients, and what their clinic's agent says of them."""

from datetime import datetime, timedelta
from typing import Any

from clinics.models import Organisation
from scheduling.appointments import ClinicAppointment, appointments_seen, ask_clinic
from scheduling.events import note_agent_seen
from scheduling.logins import start_login
from scheduling.lookups import take_answer
from scheduling.models import Login, Lookup
from tests.conftest import Practice
from tests.factories import next_monday_at

NUMBER = "+358401234567"
HETU = "131052-308T"
TUESDAY = timedelta(days=1)
MAIJA = {
    "first_name": "Maija",
    "last_name": "Meikäläinen",
    "email": "maija@example.com",
    "mobile": NUMBER,
}


def show_whole_list(organisation: Organisation) -> None:
    """Lets both ways of logging in show what the clinic made, and patients log in."""
    chosen = organisation.settings
    chosen.login = chosen.sms_login = True
    chosen.sms_login_sees = chosen.eid_login_sees = "all"
    chosen.sms_login_decided_by = "Operator"
    chosen.sms_login_decided_at = datetime.fromisoformat("2026-01-01T08:00:00+00:00")
    chosen.save()


def logged_in(practice: Practice, *, eid: bool = False) -> tuple[Login, str]:
    """Somebody at the practice, whose agent is heard; its organisation has to be in scope."""
    show_whole_list(practice.organisation)
    note_agent_seen(organisation=practice.organisation)
    proven: dict[str, Any] = {"method": Login.Method.SMS, "mobile": NUMBER}
    if eid:
        names = {"first_name": "Maija", "last_name": "Meikäläinen"}
        proven = {"method": Login.Method.EID, "national_id": HETU, **names}
    return start_login(organisation=practice.organisation, **proven)


def appointment_facts(
    name: str = "a77", starts_at: datetime | None = None, *, minutes: int = 30, **more: Any
) -> dict[str, Any]:
    """An appointment as it is kept: on the Tuesday after next at 9, for the treatment that is known."""
    starts_at = starts_at or next_monday_at(9) + TUESDAY
    return {
        "id": name,
        "booking": None,
        "clinic": "c1",
        "practitioner": "p1",
        "treatment": "t1",
        "start": starts_at.isoformat(),
        "end": (starts_at + timedelta(minutes=minutes)).isoformat(),
        "text": "Kontrolli",
        "move_allowed": True,
        "cancel_allowed": True,
        **more,
    }


def answered(practice: Practice, login: Login, *told: dict[str, Any]) -> Lookup:
    """The clinic is asked, and answers with these appointments."""
    lookup = ask_clinic(organisation=practice.organisation, login=login)
    assert lookup is not None
    facts = {"found": True, "patient": MAIJA, "appointments": list(told or [appointment_facts()])}
    assert take_answer(organisation=practice.organisation, public_id=lookup.public_id, answer=facts)
    return lookup


def seen(practice: Practice, login: Login) -> list[ClinicAppointment]:
    return appointments_seen(organisation=practice.organisation, login=login).appointments


def the_one(practice: Practice, login: Login) -> ClinicAppointment:
    (appointment,) = seen(practice, login)
    return appointment
