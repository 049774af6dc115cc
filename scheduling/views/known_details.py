"""What need not be typed again by who is logged in."""

from typing import Any

from clinics.tenancy import PatientRequest
from scheduling.models import BookingPatient, Login
from scheduling.my_bookings import latest_booking
from scheduling.views.patients import login_of

AS_LAST_TIME = ("email", "address_1", "address_2", "postcode")


def known_details(request: PatientRequest) -> dict[str, Any]:
    """For the form: what the login has proven, and the rest as it was with the latest booking."""
    login = login_of(request)
    if login is None:
        return {}
    latest = latest_booking(organisation=request.organisation, login=login)
    known = as_last_time(latest.patient) if latest else {}
    return {**known, **proven(login)}


def as_last_time(patient: BookingPatient) -> dict[str, Any]:
    """The names of who booked, who is at the browser again. Never a national id: a phone proves none."""
    known: dict[str, Any] = {
        "first_name": patient.booker_first_name if patient.is_for_other else patient.first_name,
        "last_name": patient.booker_last_name if patient.is_for_other else patient.last_name,
        "mobile": patient.mobile.as_international if patient.mobile else "",
        "email": patient.email,
    }
    if not patient.is_for_other:  # the address that was given then is the patient's
        known |= {name: getattr(patient, name) for name in AS_LAST_TIME}
    return known


def proven(login: Login) -> dict[str, Any]:
    if login.method == Login.Method.SMS:
        return {"mobile": login.mobile.as_international}
    names = {"first_name": login.first_name, "last_name": login.last_name}
    return {**{name: value for name, value in names.items() if value}, "national_id": login.national_id}


def proven_number(request: PatientRequest) -> str:
    """The number with which no code is needed, as people read it; empty where one is, whatever the number."""
    login = login_of(request) if request.organisation.settings.code_by_sms else None
    return str(login.mobile.as_international) if login and login.mobile else ""
