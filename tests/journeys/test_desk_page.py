"""The desk is played on the agent's own page, and the portal's week follows."""

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.inspector import Inspector
from tests.journeys.patient import Patient
from tests.journeys.portal import Portal
from tests.journeys.test_booking import AINO
from tests.journeys.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

NewContext = Callable[..., BrowserContext]
HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.fixture
def patient(portal: Portal) -> Iterator[Patient]:
    """Somebody who looks at the times."""
    with Patient(portal, "demoklinikka") as patient:
        patient.choose(*AINO)
        yield patient


def test_appointment_entered_on_the_agents_page_takes_the_time_off_the_portal_until_it_is_cancelled(
    portal: Portal, patient: Patient, new_context: NewContext
) -> None:
    surgery = portal.demoklinikka
    moment = patient.times()[-1]
    desk = new_context(locale="en-GB", viewport={"width": 320, "height": 800}).new_page()
    inspector = Inspector(desk)

    open_week(desk, surgery.page_port, surgery.practitioner_id("Aino Koivuranta"), moment)
    expect(desk.get_by_text("Connection: in order")).to_be_visible()
    inspector.look("the desk's week")
    enter(desk, moment, "Puhelimitse")
    expect(desk.get_by_text("The appointment is in the book.")).to_be_visible()
    eventually(lambda: not is_offered(patient, moment), "the time is off the page")

    desk.set_viewport_size({"width": 1280, "height": 900})
    desk.get_by_role("link", name="Puhelimitse").click()
    inspector.look("an appointment")
    desk.get_by_role("button", name="Cancel the appointment").click()
    expect(desk.get_by_text("The appointment has been cancelled.")).to_be_visible()
    inspector.look("the wide week")
    eventually(lambda: is_offered(patient, moment), "the time is back on the page")

    desk.get_by_role("link", name="Overview").click()
    expect(desk.get_by_text("Patients can book.")).to_be_visible()
    inspector.look("the overview")
    assert inspector.faults == []


def is_offered(patient: Patient, moment: datetime) -> bool:
    patient.open(patient.path)
    return moment in patient.times()


def open_week(desk: Page, port: int, practitioner: str, moment: datetime) -> None:
    query = {"practitioner": practitioner, "week": moment.astimezone(HELSINKI).date().isoformat()}
    desk.goto(f"http://127.0.0.1:{port}/desk/?{urlencode(query)}")


def enter(desk: Page, moment: datetime, text: str) -> None:
    desk.get_by_role("link", name="Enter an appointment").click()
    local = moment.astimezone(HELSINKI)
    desk.get_by_label("Day").fill(f"{local:%Y-%m-%d}")
    desk.get_by_label("Begins").fill(f"{local:%H:%M}")
    desk.get_by_label("What or who").fill(text)
    desk.get_by_role("button", name="Enter").click()
