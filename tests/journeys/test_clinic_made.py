"""A patient who is logged in sees what the desk has booked, moves it and cancels it; the book follows."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.patient import STAMP, Patient
from tests.journeys.portal import Portal
from tests.journeys.surgery import Row
from tests.journeys.test_logins import login_code
from tests.journeys.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

PART = "/my/appointments/"
AADA, VEIKKO, SIIRI = "+358405550101", "+358405550102", "+358405550103"


def show_whole_list(portal: Portal) -> None:
    portal.rows(
        "update clinics_organisationsettings s set login = true, sms_login = true, sms_login_sees = 'all',"
        " sms_login_decided_by = 'Owner', sms_login_decided_at = now(), move_without_template = true"
        " from clinics_organisation o where o.id = s.organisation_id and o.subdomain = 'demoklinikka'"
        " returning s.organisation_id"
    )


def log_in(portal: Portal, patient: Patient, mobile: str) -> None:
    """By a code to a number that has no booking on the portal: only the clinic knows it."""
    show_whole_list(portal)
    patient.open("/login/")
    patient.send("/login/", mobile=mobile)
    patient.send("/login/code/", code=login_code(portal, mobile))
    assert patient.path == "/my/"


def told_by_the_clinic(patient: Patient) -> dict[str, str]:
    """When each appointment is, and the address of its page: the clinic is asked when somebody logs in."""

    def told() -> dict[str, str]:
        page = patient.arrive(patient.http.get(PART, headers={"HX-Request": "true"}))
        return page.answers

    return eventually(told, "the clinic has told of its appointments")


def desk_appointments(portal: Portal, mobile: str) -> list[Row]:
    """What the book has for the patient, however the number is written on the card."""
    return portal.demoklinikka.rows(
        "select a.* from appointments a join patients p on p.id = a.patient_id"
        " where replace(p.mobile, ' ', '') in (?, ?) order by a.start_at",
        mobile,
        mobile.replace("+358", "0"),
    )


@pytest.mark.parametrize(("mobile", "has_treatment"), [(AADA, True), (SIIRI, False)])
def test_desks_appointment_is_seen_and_moved_into_the_book(
    portal: Portal, mobile: str, has_treatment: bool
) -> None:
    with Patient(portal, "demoklinikka", language="en") as patient:
        log_in(portal, patient, mobile)
        before = desk_appointments(portal, mobile)
        listed = told_by_the_clinic(patient)
        assert len(listed) == len(before) > 0

        movable = next(row for row in before if bool(row["template_id"]) is has_treatment)
        address = list(listed.values())[before.index(movable)]
        patient.open(f"{address}move/")
        moment = next(
            moment
            for moment in (datetime.strptime(s, STAMP).replace(tzinfo=UTC) for s in stamps(patient, "/move/"))
            if moment != datetime.fromisoformat(movable["start_at"]).replace(tzinfo=UTC)
        )
        form = patient.page.forms[-1]
        patient.arrive(patient.http.post(form.action, data={**form.fields, "at": moment.strftime(STAMP)}))
        patient.send("/move/confirm/")

        assert patient.path.endswith("?moved=1"), patient.page.text

    def moved() -> bool:
        (row,) = [row for row in desk_appointments(portal, mobile) if row["id"] == movable["id"]]
        return datetime.fromisoformat(row["start_at"]).replace(tzinfo=UTC) == moment

    eventually(moved, "the book has moved it")
    (booking,) = portal.rows(
        "select * from scheduling_booking where appointment_id = %s and state = 'booked'", str(movable["id"])
    )
    (row,) = portal.demoklinikka.appointments(str(booking["public_id"]))
    assert (row["id"], row["template_id"]) == (movable["id"], movable["template_id"])
    assert length(row) == length(movable)
    assert (booking["treatment_id"] is not None) is has_treatment


def length(row: Row) -> timedelta:
    return datetime.fromisoformat(row["end_at"]) - datetime.fromisoformat(row["start_at"])


def stamps(patient: Patient, action: str) -> list[str]:
    """The times of the page; of an empty week, those of the next one that has any."""
    for _ in range(6):
        form = patient.page.forms[-1]
        found = [value for name, value in form.buttons if name == "at"]
        if found:
            return found
        week = patient.path.partition("week=")[2] or form.action.partition("week=")[2]
        later = datetime.fromisoformat(week).timestamp() + 7 * 86_400
        base = patient.path.partition("?")[0]
        patient.open(f"{base}?week={datetime.fromtimestamp(later, UTC).date()}")
    raise AssertionError(action)


def test_desks_appointment_is_cancelled_in_the_book(portal: Portal) -> None:
    with Patient(portal, "demoklinikka", language="en") as patient:
        log_in(portal, patient, VEIKKO)
        (row,) = desk_appointments(portal, VEIKKO)
        (address,) = told_by_the_clinic(patient).values()
        patient.open(f"{address}cancel/")
        patient.send("/cancel/")

        assert patient.page.heading == "This appointment has been cancelled"
        eventually(
            lambda: [found["state"] for found in desk_appointments(portal, VEIKKO)] == ["cancelled"],
            "the book has cancelled it",
        )
        assert eventually(lambda: portal.messages(VEIKKO), "the patient has been told")
        assert row["state"] == "booked"
