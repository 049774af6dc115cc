"""``PUT lookups/{id}``: what the agent found about a patient who is logged in, checked and kept."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from clinics.models import Clinic, Organisation, Practitioner
from scheduling.lookups import take_answer
from scheduling.models import Treatment
from sync_api.problems import InvalidBody, UnknownId
from sync_api.schemas import AppointmentIn, LookupIn, LookupPatientIn
from sync_api.windows import EARLIEST, LATEST, Path, ids_of, invalid, parsed

KINDS: dict[str, Any] = {"clinic": Clinic, "practitioner": Practitioner, "treatment": Treatment}
NOT_AWAITED = (
    "There is no such lookup, or nobody waits for its answer any more: the patient has logged out, or it"
    " came too late. Nothing has been kept, and there is nothing more to do."
)


def take_lookup(*, organisation: Organisation, public_id: UUID, answer: LookupIn) -> int:
    """Keeps the answer while the login lasts; how many appointments it has.

    Raises InvalidBody and UnknownId with what is wrong, and UnknownId where nobody waits for it.
    """
    if answer.found and answer.patient is None:
        raise InvalidBody("Who was found must be said.", errors=[(("patient",), "This is missing.")])
    appointments = answer.appointments if answer.found else []
    require_once(appointments)
    require_known(organisation, appointments)
    facts = {
        "found": answer.found,
        "patient": patient_facts(organisation, answer.patient) if answer.found and answer.patient else None,
        "appointments": [
            appointment_facts(appointment, ("appointments", index))
            for index, appointment in enumerate(appointments)
        ],
    }
    if not take_answer(organisation=organisation, public_id=public_id, answer=facts):
        raise UnknownId(NOT_AWAITED, errors=[((), NOT_AWAITED)])
    return len(appointments)


def require_once(appointments: list[AppointmentIn]) -> None:
    seen: set[str] = set()
    for index, appointment in enumerate(appointments):
        if appointment.id in seen:
            raise invalid(("appointments", index, "id"), "This id has come before.")
        seen.add(appointment.id)


def require_known(organisation: Organisation, appointments: list[AppointmentIn]) -> None:
    """Every clinic, practitioner and treatment has been in the catalogue at some time."""
    unknown = list(unknown_ids(organisation, appointments)) if appointments else []
    if unknown:
        detail = "An appointment names something that the catalogue never did."
        raise UnknownId(detail, errors=unknown)


def unknown_ids(organisation: Organisation, appointments: list[AppointmentIn]) -> Iterator[tuple[Path, str]]:
    known = {name: ids_of(model, organisation) for name, model in KINDS.items()}
    for index, appointment in enumerate(appointments):
        for name in KINDS:
            said = getattr(appointment, name)
            if said is not None and said not in known[name]:
                yield ("appointments", index, name), f"There is no {name} with this id."


def appointment_facts(appointment: AppointmentIn, path: Path) -> dict[str, Any]:
    start, end = parsed(appointment.start, (*path, "start")), parsed(appointment.end, (*path, "end"))
    if start >= end:
        raise invalid((*path, "end"), "An appointment must end after it starts.")
    if start < EARLIEST or end > LATEST:
        raise invalid((*path, "start"), "An appointment must lie between the years 2000 and 2200.")
    return {**appointment.model_dump(), "start": start.isoformat(), "end": end.isoformat()}


def patient_facts(organisation: Organisation, patient: LookupPatientIn) -> dict[str, str]:
    """What messages need. A card may hold what is no address or number: it counts as none."""
    return {
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "email": usable_email(patient.email or ""),
        "mobile": usable_mobile(patient.mobile or "", organisation.country),
    }


def usable_email(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def usable_mobile(number: str, country: str) -> str:
    """In E.164."""
    try:
        parsed_number = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed_number):
        return ""
    return str(phonenumbers.format_number(parsed_number, phonenumbers.PhoneNumberFormat.E164))
