"""Booking for a child or another person: the time is theirs, the messages are the booker's."""

import re

import pytest

from clinics.scope import organisation_scope
from notifications.models import Kind, Message
from scheduling.events import waiting_events
from scheduling.models import BookingPatient
from sync_api.events import patient_document
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.pages.conftest import TYPED, Browser, booking_at, newest_code, text_of

pytestmark = pytest.mark.django_db

CHILD = {
    **TYPED,
    "for_other": "on",
    "booker_first_name": "Maija",
    "booker_last_name": "Meikäläinen",
    "first_name": "Otso",
    "last_name": "Metsä",
    "national_id": "131052-308T",
}


def book_for_child(practice: Practice, browser: Browser) -> str:
    address = browser.hold(practice)
    assert browser.post(f"{address}details/", CHILD).headers["Location"] == f"{address}code/"
    browser.post(f"{address}code/", {"code": newest_code()})
    return address


def test_child_is_the_patient_and_the_parent_is_written_to(practice: Practice, browser: Browser) -> None:
    patient = BookingPatient.across.get(booking=booking_at(book_for_child(practice, browser)))

    assert (patient.first_name, patient.last_name) == ("Otso", "Metsä")
    assert (patient.booker_first_name, patient.booker_last_name) == ("Maija", "Meikäläinen")
    assert (patient.national_id, patient.mobile, patient.email) == (
        "131052-308T",
        "+358401234567",
        "maija@example.com",
    )


def test_messages_greet_the_parent_and_say_nothing_of_the_child(practice: Practice, browser: Browser) -> None:
    practice.organisation.settings.name_treatment_in_messages = True
    practice.organisation.settings.save()
    book_for_child(practice, browser)
    messages = list(Message.across.filter(organisation=practice.organisation))
    everything = "\n".join(message.subject + message.body for message in messages)

    assert {message.kind for message in messages} == {Kind.CODE, Kind.CONFIRMATION}
    assert {message.to for message in messages} == {"+358401234567", "maija@example.com"}
    assert "Maija Meikäläinen" in everything
    assert "Otso" not in everything
    assert practice.treatment.name not in everything


def test_agent_is_told_the_patient_and_who_booked(practice: Practice, browser: Browser) -> None:
    book_for_child(practice, browser)
    with organisation_scope(practice.organisation.pk):
        (event,) = waiting_events(organisation=practice.organisation, after=None, limit=10)
        told = patient_document(event.own_booking.patient)

    assert (told["first_name"], told["national_id"]) == ("Otso", "131052-308T")
    assert told["mobile"] == "+358401234567"
    assert told["booked_by"] == {"first_name": "Maija", "last_name": "Meikäläinen"}


def test_names_are_asked_for_by_whose_they_are(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    response = browser.post(f"{address}details/", {"for_other": "on", "mobile": "040 1234567"})
    text = text_of(response)

    assert response.status_code == 422
    assert "Please give your own first name." in text
    assert "Please give the patient’s last name." in text
    assert "Please give your first name." not in text


def test_booker_left_over_from_before_is_forgotten_without_the_tick(
    practice: Practice, browser: Browser
) -> None:
    address = browser.hold(practice)
    typed = {name: value for name, value in CHILD.items() if name != "for_other"}
    browser.post(f"{address}details/", typed)
    patient = BookingPatient.across.get(booking=booking_at(address))

    assert not patient.is_for_other
    assert patient_document(patient)["booked_by"] is None


def test_everything_stands_there_again_when_the_number_is_changed(
    practice: Practice, browser: Browser
) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", CHILD)
    html = browser.get(f"{address}details/").content.decode()

    for typed in ("Otso", "Metsä", "Maija", "Meikäläinen", "131052-308T"):
        assert f'value="{typed}"' in html
    assert html.count(" checked") == 2


def test_next_time_keeps_who_booked_for_whom(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", CHILD)
    browser.post(f"{address}release/", {"change": "time"})
    html = browser.get(f"{browser.hold(practice, next_monday_at(10))}details/").content.decode()

    assert 'value="Otso"' in html
    assert 'value="Meikäläinen"' in html


def test_details_ask_for_the_booker_only_of_who_says_so(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)

    plain = browser.get(f"{address}details/")
    asked = browser.get(f"{address}details/", {"for": "other"})

    assert b'name="booker_first_name"' not in plain.content
    assert b'name="for"' in plain.content
    assert b'name="booker_first_name"' in asked.content
    assert b'name="for"' not in asked.content


def test_saying_so_keeps_what_is_half_typed_and_stores_nothing(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    response = browser.post(
        f"{address}details/",
        {"for": "other", "first_name": "Ot", "email": "maija@", "message": "Hei"},
        headers={"HX-Request": "true"},
    )
    html = response.content.decode()

    assert response.status_code == 200
    for typed in ('name="booker_first_name"', 'value="Ot"', 'value="maija@"', "Hei</textarea>", " checked"):
        assert typed in html
    assert 'class="errors"' not in html
    assert response.headers["HX-Push-Url"] == f"{address}details/?for=other"
    assert not BookingPatient.across.exists()


def test_enter_in_a_field_goes_on_and_not_to_somebody_else(practice: Practice, browser: Browser) -> None:
    html = browser.get(f"{browser.hold(practice)}details/").content.decode()
    form = html.partition('class="form"')[2]
    first_button = re.search(r"<button[^>]*>", form)

    assert first_button
    assert "name=" not in first_button.group()
