"""From a held time to a booked one: details, code, done, and every way that it can go wrong."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from clinics.models import PortalText
from clinics.scope import organisation_scope
from notifications.models import CodePause, Message
from scheduling.bookings import refuse_booking
from scheduling.models import Booking, BookingPatient, ConfirmationCode
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.pages.conftest import TYPED, Browser, booking_at, newest_code, text_of

pytestmark = pytest.mark.django_db


def expire(address: str) -> None:
    Booking.across.filter(pk=booking_at(address).pk).update(
        hold_expires_at=timezone.now() - timedelta(seconds=1)
    )


def forget_cool_down() -> None:
    """As if the codes so far had been sent a minute earlier."""
    for code in ConfirmationCode.across.all():
        ConfirmationCode.across.filter(pk=code.pk).update(created_at=code.created_at - timedelta(minutes=1))


def test_booking_goes_from_a_time_to_done(practice: Practice, browser: Browser) -> None:
    address = browser.book(practice)
    done = browser.get(f"{address}done/")

    assert booking_at(address).state == Booking.State.BOOKED
    assert "Your time is booked" in text_of(done)
    assert f"When Monday {next_monday_at(9):%-d %B %Y}, 9:00" in text_of(done)
    assert f"With {practice.practitioner.name}" in text_of(done)
    assert BookingPatient.across.get(booking=booking_at(address)).mobile == "+358401234567"


def test_details_say_until_when_the_time_is_held(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    expires_at = booking_at(address).hold_expires_at
    assert expires_at is not None

    clock = f"{expires_at.astimezone(next_monday_at(9).tzinfo):%-H:%M}"
    assert f"held for you until {clock}" in text_of(browser.get(f"{address}details/"))


def test_visitors_cookie_is_kept_from_scripts_and_stored_as_a_hash(
    practice: Practice, browser: Browser
) -> None:
    address = browser.hold(practice)
    cookie = browser.cookies[settings.VISITOR_COOKIE_NAME]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie.value not in booking_at(address).visitor
    assert len(booking_at(address).visitor) == 64


@pytest.mark.parametrize("page", ["details/", "code/", "done/", "calendar.ics"])
def test_pages_of_a_booking_are_only_for_the_browser_that_made_it(
    practice: Practice, browser: Browser, stranger: Browser, page: str
) -> None:
    address = browser.book(practice)
    stranger.hold(practice, next_monday_at(11))

    assert stranger.get(address + page).status_code == 404
    assert browser.get(address + page).status_code in (200, 302)


@pytest.mark.parametrize("page", ["details/", "code/", "code/resend/", "release/"])
def test_stranger_cannot_send_a_bookings_forms(
    practice: Practice, browser: Browser, stranger: Browser, page: str
) -> None:
    address = browser.hold(practice)
    stranger.hold(practice, next_monday_at(11))

    assert stranger.post(address + page, TYPED).status_code == 404
    assert booking_at(address).state == Booking.State.HELD


def test_private_pages_are_kept_by_no_cache_and_no_search_engine(
    practice: Practice, browser: Browser
) -> None:
    address = browser.hold(practice)
    empty = browser.get(f"{address}details/")
    browser.post(f"{address}details/", TYPED)
    filled = browser.get(f"{address}details/")

    assert empty.headers["Cache-Control"] == "private, no-cache"
    assert filled.headers["Cache-Control"] == "no-store"
    assert {page.headers["X-Robots-Tag"] for page in (empty, filled)} == {"noindex"}


def test_wrong_details_come_back_with_what_was_typed(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    response = browser.post(f"{address}details/", {**TYPED, "email": "maija@", "first_name": "Mäijä"})
    html = response.content.decode()

    assert response.status_code == 422
    assert '<a href="#id_email">' in html
    assert 'aria-describedby="id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="Mäijä"' in html
    assert "<title>\n  Error:" in html or "Error:" in text_of(response)[:200]
    assert not BookingPatient.across.exists()


def test_organisations_own_words_stand_above_the_details(practice: Practice, browser: Browser) -> None:
    PortalText.across.create(
        organisation=practice.organisation, place="details", language="fi", heading="Kerro", body="Hei vaan"
    )

    assert "Kerro" in text_of(browser.get(f"{browser.hold(practice)}details/"))


def test_wrong_code_says_how_many_tries_are_left(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", TYPED)
    wrong = f"{(int(newest_code()) + 1) % 1_000_000:06}"
    answers = [browser.post(f"{address}code/", {"code": wrong}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 6
    assert "You can try 4 more times." in text_of(answers[0])
    assert "You can try 1 more time." in text_of(answers[3])
    assert "it cannot be tried any more" in text_of(answers[4])
    assert "not valid any more" in text_of(answers[5])
    assert booking_at(address).state == Booking.State.HELD


def test_new_code_replaces_the_old_one(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", TYPED)
    forget_cool_down()
    sent = browser.post(f"{address}code/resend/")

    assert sent.headers["Location"] == f"{address}code/?sent=1"
    assert "A new code is on its way." in text_of(browser.get(sent.headers["Location"]))
    assert browser.post(f"{address}code/", {"code": newest_code()}).headers["Location"] == f"{address}done/"


def test_code_asked_for_too_soon_is_refused_in_words(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", TYPED)
    response = browser.post(f"{address}code/resend/")

    assert response.status_code == 429
    assert "A new one can be sent in" in text_of(response)


def test_number_can_be_changed_with_everything_filled_in(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", TYPED)
    html = browser.get(f"{address}details/").content.decode()

    assert 'value="Meikäläinen"' in html
    assert 'value="+358 40 1234567"' in html
    assert "checked" in html

    forget_cool_down()
    browser.post(f"{address}details/", {**TYPED, "mobile": "050 1234567"})
    assert "+358 50 1234567" in text_of(browser.get(f"{address}code/"))


def test_code_page_without_details_leads_to_them(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)

    assert browser.get(f"{address}code/").headers["Location"] == f"{address}details/"
    assert browser.get(f"{address}done/").headers["Location"] == f"{address}details/"


def test_expired_hold_keeps_what_is_typed_for_the_next_time(practice: Practice, browser: Browser) -> None:
    first = browser.hold(practice)
    expire(first)
    late = browser.post(f"{first}details/", TYPED)
    second = browser.hold(practice, next_monday_at(10))

    assert late.status_code == 410
    assert "What you typed is kept" in text_of(late)
    assert 'value="Maija"' in browser.get(f"{second}details/").content.decode()


def test_what_was_typed_is_shown_to_no_other_browser(
    practice: Practice, browser: Browser, stranger: Browser
) -> None:
    browser.post(f"{browser.hold(practice)}details/", TYPED)
    address = stranger.hold(practice, next_monday_at(10))

    assert "Maija" not in stranger.get(f"{address}details/").content.decode()


@pytest.mark.parametrize("page", ["details/", "code/"])
def test_expired_hold_leads_back_to_the_times(practice: Practice, browser: Browser, page: str) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", TYPED)
    expire(address)
    response = browser.get(address + page)

    assert response.status_code == 410
    assert "The time is no longer held" in text_of(response)
    assert f"/book/?clinic={practice.clinic.public_id}" in response.content.decode()
    assert browser.post(f"{address}code/resend/").status_code == 410


def test_changing_the_time_gives_the_old_one_back(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    response = browser.post(f"{address}release/", {"change": "time"})

    assert booking_at(address).state == Booking.State.EXPIRED
    assert f"week={next_monday_at(9).date()}" in response.headers["Location"]


def test_changing_another_choice_asks_for_it_again(practice: Practice, browser: Browser) -> None:
    response = browser.post(f"{browser.hold(practice)}release/", {"change": "treatment"})

    assert "What do you need?" in text_of(browser.get(response.headers["Location"]))


def test_booked_time_cannot_be_given_back_by_the_form(practice: Practice, browser: Browser) -> None:
    address = browser.book(practice)
    browser.post(f"{address}release/", {"change": "time"})

    assert booking_at(address).state == Booking.State.BOOKED


def test_skipped_confirmation_books_at_once(practice: Practice, browser: Browser) -> None:
    practice.organisation.settings.skip_confirmation = True
    practice.organisation.settings.save()
    address = browser.hold(practice)
    response = browser.post(f"{address}details/", TYPED)

    assert response.headers["Location"] == f"{address}done/"
    assert booking_at(address).state == Booking.State.BOOKED
    assert not Message.across.filter(kind="code").exists()


def test_done_offers_the_booking_for_the_calendar(practice: Practice, browser: Browser) -> None:
    address = browser.book(practice)
    response = browser.get(f"{address}calendar.ics")

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.content.startswith(b"BEGIN:VCALENDAR")
    assert practice.treatment.name.encode() not in response.content


def test_held_time_has_no_calendar_file(practice: Practice, browser: Browser) -> None:
    assert browser.get(f"{browser.hold(practice)}calendar.ics").status_code == 404


def test_refused_booking_leads_to_other_times(practice: Practice, browser: Browser) -> None:
    address = browser.book(practice)
    with organisation_scope(practice.organisation.pk):
        refuse_booking(organisation=practice.organisation, booking=booking_at(address), reason="slot_taken")
    text = text_of(browser.get(f"{address}done/"))

    assert "The clinic could not take this time" in text
    assert "Choose another time" in text


def test_too_many_holds_are_refused_in_words(practice: Practice, browser: Browser) -> None:
    for hour in (8, 9, 10, 11, 12):
        browser.hold(practice, next_monday_at(hour))
    response = browser.get(browser.choose(practice, next_monday_at(13)).headers["Location"])

    assert "You already hold several times." in text_of(response)


def test_booking_twice_by_the_back_button_books_once(practice: Practice, browser: Browser) -> None:
    address = browser.book(practice)
    again = browser.post(f"{address}code/", {"code": newest_code()})

    assert again.headers["Location"] == f"{address}done/"
    assert Booking.across.filter(state=Booking.State.BOOKED).count() == 1


@pytest.mark.parametrize(
    ("fallback", "advice"), [(True, "Please give an e-mail address, or call"), (False, "Please try again in")]
)
def test_paused_codes_are_said_with_what_to_do(
    practice: Practice, browser: Browser, fallback: bool, advice: str
) -> None:
    chosen = practice.organisation.settings
    chosen.code_by_email, chosen.email_fallback, chosen.ask_email = False, fallback, False
    chosen.save()
    CodePause(organisation=practice.organisation, until=timezone.now() + timedelta(minutes=5)).save()
    address = browser.hold(practice)

    response = browser.post(f"{address}details/", {**TYPED, "email": ""})

    assert response.status_code == 422
    assert f"SMS cannot be sent right now. {advice}" in text_of(response)
    assert "Meikäläinen" in response.content.decode()
