"""The pages of what the clinic itself made: seen by its own patient only, changed by POST only."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from clinics.scope import organisation_scope
from scheduling.appointments import PATIENCE, ask_clinic
from scheduling.forms import stamp_of
from scheduling.models import AgentEvent, AgentLink, AppointmentChange, Booking, Login
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.pages.conftest import Browser, text_of
from tests.scheduling.clinic_made import answered, appointment_facts, logged_in, the_one

pytestmark = pytest.mark.django_db
LIST = "/my/appointments/"


def let_in(browser: Browser, practice: Practice) -> Login:
    with organisation_scope(practice.organisation.pk):
        login, key = logged_in(practice)
    browser.cookies[settings.LOGIN_COOKIE_NAME] = key
    return login


def told(browser: Browser, practice: Practice, **facts: Any) -> str:
    """The address of one appointment that the clinic made for the browser's patient."""
    login = let_in(browser, practice)
    with organisation_scope(practice.organisation.pk):
        answered(practice, login, appointment_facts(**facts))
        return f"{LIST}{the_one(practice, login).reference}/"


def part(browser: Browser) -> Any:
    return browser.get(LIST, headers={"HX-Request": "true"})


def choose(practice: Practice, **chosen: object) -> None:
    row = type(practice.organisation.settings).objects.get(organisation=practice.organisation)
    for name, value in chosen.items():
        setattr(row, name, value)
    row.save()


@pytest.mark.parametrize("page", ["", "cancel/", "move/", "move/confirm/"])
def test_pages_ask_a_stranger_to_log_in(
    practice: Practice, browser: Browser, stranger: Browser, page: str
) -> None:
    address = told(browser, practice)

    response = stranger.get(address + page)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/")


@pytest.mark.parametrize("page", ["", "cancel/", "move/", "move/confirm/"])
def test_another_patients_appointment_is_not_there(
    practice: Practice, browser: Browser, stranger: Browser, page: str
) -> None:
    address = told(browser, practice)
    let_in(stranger, practice)

    assert stranger.get(address + page).status_code == 404
    assert stranger.post(address + page).status_code in {404, 405}
    assert stranger.get(f"{LIST}{uuid.uuid4()}/{page}").status_code == 404


def test_page_shows_the_appointment_and_is_kept_by_nobody(practice: Practice, browser: Browser) -> None:
    address = told(browser, practice)

    page = browser.get(address)

    words = text_of(page)
    for shown in (practice.clinic.name, practice.practitioner.name, practice.treatment.name, "9:00"):
        assert shown in words
    assert "Maija" not in words
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert {f"{address}move/", f"{address}cancel/"} <= set(
        re.findall(r'href="([^"]+)"', page.content.decode())
    )


def test_looking_changes_nothing(practice: Practice, browser: Browser) -> None:
    address = told(browser, practice)
    before = AgentEvent.across.count()

    for page in ("", "cancel/", "move/", "move/confirm/"):
        browser.get(address + page)
    part(browser)

    assert AgentEvent.across.count() == before
    assert not AppointmentChange.across.exists()
    assert not Booking.across.exists()


def test_cancelling_is_asked_first_and_then_said(practice: Practice, browser: Browser) -> None:
    address = told(browser, practice)
    asked = text_of(browser.get(f"{address}cancel/"))
    assert "Cancel this appointment?" in asked
    assert "free for others" not in asked  # that is the clinic's to say

    response = browser.post(f"{address}cancel/")

    assert response.headers["Location"] == address
    words = text_of(browser.get(address))
    assert "This appointment has been cancelled" in words
    assert "The clinic has been told" in words
    assert "Move to another time" not in words
    assert AgentEvent.across.filter(type="appointment.cancel").count() == 1
    for page in ("cancel/", "move/"):
        assert browser.get(address + page).headers["Location"] == address
    assert browser.post(f"{address}cancel/").headers["Location"] == address
    assert AgentEvent.across.filter(type="appointment.cancel").count() == 1


def test_moving_goes_by_the_week_and_ends_at_the_new_bookings_page(
    practice: Practice, browser: Browser
) -> None:
    address = told(browser, practice)
    assert f'value="{stamp_of(next_monday_at(11))}"' in browser.get(f"{address}move/").content.decode()

    held = browser.post(f"{address}move/", {"at": stamp_of(next_monday_at(11))})
    assert held.headers["Location"] == f"{address}move/confirm/"
    page = browser.get(f"{address}move/confirm/")
    assert "11:00" in text_of(page)
    new_time = re.search(r'name="new_time" value="([^"]+)"', page.content.decode())
    assert new_time
    moved = browser.post(f"{address}move/confirm/", {"new_time": new_time.group(1)})

    assert re.fullmatch(r"/b/[\w-]{12}/\?moved=1", moved.headers["Location"])
    assert "Your appointment has been moved." in text_of(browser.get(moved.headers["Location"]))
    assert browser.get(address).headers["Location"] == moved.headers["Location"].partition("?")[0]
    assert "9:00" not in text_of(part(browser))


@pytest.mark.parametrize("facts", [{"treatment": None, "text": "Hoitokäynti"}, {"minutes": 75}])
def test_what_no_treatment_describes_is_moved_the_same_way(
    practice: Practice, browser: Browser, facts: dict[str, Any]
) -> None:
    address = told(browser, practice, **facts)
    choose(practice, move_without_template=True, step_minutes=15)
    browser.post(f"{address}move/", {"at": stamp_of(next_monday_at(11))})
    page = browser.get(f"{address}move/confirm/")
    new_time = re.search(r'name="new_time" value="([^"]+)"', page.content.decode())
    assert new_time

    moved = browser.post(f"{address}move/confirm/", {"new_time": new_time.group(1)})

    words = text_of(browser.get(moved.headers["Location"]))
    assert "Your appointment has been moved." in words
    assert facts.get("text", practice.treatment.name) in words
    assert f"{facts.get('minutes', 30)} min" in words
    assert "11:00" in words
    listed = text_of(browser.get("/my/"))
    assert facts.get("text", practice.treatment.name) in listed


def test_new_time_can_be_let_go(practice: Practice, browser: Browser) -> None:
    address = told(browser, practice)
    browser.post(f"{address}move/", {"at": stamp_of(next_monday_at(11))})

    response = browser.post(f"{address}move/confirm/", {"answer": "other"})

    assert response.headers["Location"] == f"{address}move/"
    assert Booking.across.get().state == Booking.State.EXPIRED
    assert browser.get(f"{address}move/confirm/").headers["Location"] == f"{address}move/"


@pytest.mark.parametrize(("at", "status"), [("", 422), ("nonsense", 422), ("20260101T0800Z", 409)])
def test_time_that_cannot_be_had_is_asked_again(
    practice: Practice, browser: Browser, at: str, status: int
) -> None:
    address = told(browser, practice)

    assert browser.post(f"{address}move/", {"at": at}).status_code == status


@pytest.mark.parametrize("sent", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_new_time_that_is_not_held_moves_nothing(practice: Practice, browser: Browser, sent: str) -> None:
    address = told(browser, practice)

    response = browser.post(f"{address}move/confirm/", {"new_time": sent})

    assert response.status_code == 409
    assert not AppointmentChange.across.exists()


@pytest.mark.parametrize(
    ("facts", "chosen", "words"),
    [
        ({"cancel_allowed": False}, {}, "can be cancelled by calling the clinic only"),
        ({"move_allowed": False}, {}, "can be moved by calling the clinic only"),
        ({"treatment": None}, {}, "was made by the clinic and cannot be changed online"),
        ({"treatment": None}, {"cancel_without_template": True}, "can be moved by calling the clinic only"),
        ({}, {"cancel_allowed": False}, "cannot be cancelled online"),
        ({}, {"change_deadline_hours": 24 * 30}, "too late to change this online"),
    ],
)
def test_refusal_names_the_rule_and_the_phone_number(
    practice: Practice, browser: Browser, facts: dict[str, Any], chosen: dict[str, object], words: str
) -> None:
    address = told(browser, practice, **facts)
    choose(practice, **chosen)

    page = text_of(browser.get(address))

    assert words in page
    assert "Please call the clinic:" in page


@pytest.mark.parametrize("change", ["cancel", "move"])
def test_forbidden_change_is_refused_by_post_too(practice: Practice, browser: Browser, change: str) -> None:
    address = told(browser, practice, move_allowed=False, cancel_allowed=False)

    responses = browser.get(f"{address}{change}/"), browser.post(f"{address}{change}/", {"at": "x"})

    assert [response.status_code for response in responses] == [409, 409]
    assert not AppointmentChange.across.exists()


def test_silent_agent_lets_nothing_be_moved(practice: Practice, browser: Browser) -> None:
    address = told(browser, practice)
    long_ago = timezone.now() - timedelta(days=2)
    AgentLink.objects.update(last_seen_at=long_ago, last_push_at=long_ago)

    page = text_of(browser.get(f"{address}move/"))

    assert "11:00" not in page
    assert "Choose a new time" not in page


@pytest.mark.parametrize("setting", ["maintenance_mode", "publish_on_portal"])
def test_closed_portal_shows_no_appointment(practice: Practice, browser: Browser, setting: str) -> None:
    address = told(browser, practice)
    choose(practice, **{setting: setting == "maintenance_mode"})

    page = browser.get(address)

    assert page.status_code in (404, 503)
    assert "9:00" not in text_of(page)


# The part of the list


def test_part_waits_then_says_that_the_clinic_does_not_answer(practice: Practice, browser: Browser) -> None:
    login = let_in(browser, practice)
    with organisation_scope(practice.organisation.pk):
        ask_clinic(organisation=practice.organisation, login=login)

    waiting = part(browser)
    assert 'hx-trigger="load delay:2s"' in waiting.content.decode()
    assert "Asking the clinic" in text_of(waiting)
    with time_machine.travel(timezone.now() + PATIENCE):
        over = part(browser)
    assert "hx-trigger" not in over.content.decode()
    assert "does not answer just now" in text_of(over)


def test_part_lists_what_the_clinic_told(practice: Practice, browser: Browser) -> None:
    address = told(browser, practice, treatment=None)

    page = part(browser)

    assert f'href="{address}"' in page.content.decode()
    assert "Kontrolli" in text_of(page)
    assert "hx-trigger" not in page.content.decode()


def test_part_is_empty_where_the_login_shows_own_bookings_only(practice: Practice, browser: Browser) -> None:
    address = told(browser, practice)
    choose(practice, sms_login_sees="own")

    assert text_of(part(browser)) == ""
    assert browser.get(address).status_code == 404


def test_part_leads_to_the_whole_list_without_javascript(practice: Practice, browser: Browser) -> None:
    let_in(browser, practice)

    assert browser.get(LIST).headers["Location"] == "/my/"


def test_asking_again_asks_the_clinic(practice: Practice, browser: Browser) -> None:
    let_in(browser, practice)

    assert browser.get(f"{LIST}ask/").status_code == 405
    assert not AgentEvent.across.exists()
    assert browser.post(f"{LIST}ask/").headers["Location"] == "/my/"
    assert AgentEvent.across.get().type == "patient.lookup"
