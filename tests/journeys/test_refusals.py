"""What the desk does at the clinic's own book, and what the portal makes of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling.dates import day_and_clock
from tests.journeys.patient import Patient
from tests.journeys.portal import Portal
from tests.journeys.waiting import eventually
from tests.journeys.walk import let_expire

pytestmark = pytest.mark.xdist_group("journeys")

EERO = ("Demoklinikka Keskusta", "Hammastarkastus", "Eero Lehtisalo")
ANYBODY = ("Demoklinikka Keskusta", "Hammastarkastus", "Kuka tahansa", "Anyone")
HELSINKI = ZoneInfo("Europe/Helsinki")


def times_of(portal: Portal, choices: tuple[str, ...], week: datetime) -> list[datetime]:
    """The week's times as somebody sees them who has just come."""
    with Patient(portal, "demoklinikka") as visitor:
        visitor.choose(*choices)
        visitor.go_to_week(week)
        return visitor.times()


def nearest(times: list[datetime], moment: datetime) -> list[str]:
    """The three times nearest to one, in the words of a message."""
    others = sorted((time for time in times if time != moment), key=lambda time: abs(time - moment))
    return [day_and_clock(time, HELSINKI, "fi") for time in sorted(others[:3])]


def test_time_taken_at_the_desk_meanwhile_is_refused_with_three_others(portal: Portal) -> None:
    surgery = portal.demoklinikka
    with Patient(portal, "demoklinikka") as patient:
        patient.choose(*EERO)
        moment = patient.times()[len(patient.times()) // 2]
        surgery.agent.freeze()
        patient.book(moment)
        assert patient.path.endswith("/done/")

        appointment = surgery.book_at_desk(surgery.practitioner_id("Eero Lehtisalo"), moment, 30)
        surgery.agent.thaw()

        refusal = eventually(lambda: patient.sms()[2:], "the patient is told of the refusal")[0]
        eventually(lambda: len(patient.mail()) == 3, "and by e-mail")
        eventually(lambda: moment not in times_of(portal, EERO, moment), "the time is offered to nobody")
        spoken = nearest(times_of(portal, ANYBODY, moment), moment)
        assert [line for line in refusal["text"].splitlines() if line in spoken] == spoken
        assert all(time in patient.mail()[2]["text"] for time in spoken)
        booking = portal.booking(patient.booking_id)
        assert (booking["state"], booking["refusal_reason"]) == ("refused", "taken")
        assert surgery.appointments(patient.booking_id) == []
        assert surgery.overlaps() == []

        patient.open(patient.path)
        assert patient.status == 200
        assert patient.page.form("/language/").fields["next"] == patient.path
        assert "calendar.ics" not in patient.page.text

    surgery.cancel_at_desk(appointment)
    eventually(lambda: moment in times_of(portal, EERO, moment), "the cancelled time is offered again")


def test_expired_hold_keeps_what_was_typed_and_gives_the_time_back(portal: Portal) -> None:
    with Patient(portal, "demoklinikka", language="en") as patient:
        patient.choose(*EERO)
        moment = patient.times()[2]
        patient.hold(moment)
        hold = patient.booking_id
        assert moment not in times_of(portal, EERO, moment)
        let_expire(portal, hold)

        patient.give_details(message="By bus")

        assert (patient.status, patient.page.heading) == (410, "The time is no longer held")
        eventually(lambda: moment in times_of(portal, EERO, moment), "the time is offered again")
        patient.choose(*EERO)
        patient.hold(moment)
        typed = patient.page.form("").fields
        assert patient.booking_id != hold
        assert typed["first_name"] == patient.person.first_name
        assert typed["email"] == patient.person.email
        assert typed["message"] == "By bus"
        patient.give_details()
        patient.type_code()
        assert patient.page.heading == "Your time is booked"
        eventually(lambda: portal.demoklinikka.appointments(patient.booking_id), "the booking is in the book")


def test_code_of_an_expired_hold_books_nothing(portal: Portal) -> None:
    with Patient(portal, "demoklinikka", language="en") as patient:
        patient.choose(*EERO)
        patient.hold(patient.times()[2])
        patient.give_details()
        code = patient.code()
        let_expire(portal, patient.booking_id)

        patient.type_code(code)

        assert (patient.status, patient.page.heading) == (410, "The time is no longer held")
        assert portal.booking(patient.booking_id)["state"] in ("held", "expired")
        assert portal.demoklinikka.appointments(patient.booking_id) == []


def test_what_the_desk_cancels_in_its_book_is_cancelled_for_the_patient(portal: Portal) -> None:
    surgery = portal.demoklinikka
    with Patient(portal, "demoklinikka", language="en") as patient:
        patient.choose(*EERO)
        moment = patient.times()[-1]
        patient.book(moment)
        [appointment] = eventually(
            lambda: surgery.appointments(patient.booking_id), "the booking is in the book"
        )

        surgery.cancel_at_desk(str(appointment["id"]), tells_patient=True)

        eventually(lambda: portal.booking(patient.booking_id)["state"] == "cancelled", "the portal follows")
        told = eventually(lambda: patient.sms()[2:], "the patient is told")
        assert len(told) == 1
        patient.open(patient.path)
        assert "cancelled" in patient.page.heading
        eventually(lambda: moment in times_of(portal, EERO, moment), "the time is offered again")
