"""Logging in by SMS as a browser sees it: alike for known and unknown numbers, and back to where one was."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings as project_settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from clinics.models import PortalText
from notifications.models import Kind, Message
from scheduling.forms import stamp_of
from scheduling.models import Booking, BookingPatient, Login, LoginCode
from tests.conftest import Practice
from tests.factories import next_monday_at
from tests.pages.conftest import (
    TYPED,
    Answer,
    Browser,
    booking_at,
    log_in,
    open_login,
    text_of,
    type_login_code,
)
from tests.pages.test_linked_pages import choose

pytestmark = pytest.mark.django_db

NUMBER = "040 1234567"
STRANGE = "040 7654321"


@pytest.fixture
def open_portal(practice: Practice, browser: Browser) -> Practice:
    """Login is on, and the number has a booking."""
    open_login(practice)
    browser.book(practice)
    return practice


def ask(browser: Browser, mobile: str = NUMBER, **more: str) -> Answer:
    return browser.post("/login/", {"mobile": mobile, **more})


def cookie_of(browser: Browser) -> str:
    found = browser.cookies.get(project_settings.LOGIN_COOKIE_NAME)
    return found.value if found else ""


def without_token(response: Answer) -> str:
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", response.content.decode())


@pytest.mark.parametrize("path", ["/login/", "/login/code/", "/my/"])
def test_pages_are_not_there_where_login_is_off(practice: Practice, browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404
    assert browser.post("/logout/").status_code == 404
    assert "My bookings" not in text_of(browser.get("/"))

    choose(practice, login=True, sms_login=False)
    assert browser.get(path).status_code == 404


def test_code_logs_in_and_leads_to_my_bookings(open_portal: Practice, stranger: Browser) -> None:
    assert "My bookings" in text_of(stranger.get("/"))
    assert stranger.get("/my/").headers["Location"] == "/login/?next=%2Fmy%2F"
    sent = ask(stranger)
    assert (sent.status_code, sent.headers["Location"]) == (302, "/login/code/")
    assert "+358 40 1234567" in text_of(stranger.get("/login/code/"))

    typed = type_login_code(stranger)

    assert (typed.status_code, typed.headers["Location"]) == (302, "/my/")
    assert open_portal.practitioner.name in text_of(stranger.get("/my/"))
    assert stranger.get("/login/").headers["Location"] == "/my/"


def test_answers_are_the_same_for_known_and_unknown_numbers(open_portal: Practice) -> None:
    seen, asked = {}, {}
    for mobile in (NUMBER, STRANGE):
        browser = Browser(open_portal.host)
        with CaptureQueriesContext(connection) as captured:
            answer = ask(browser, mobile)
        asked[mobile] = len(captured)
        pages = [browser.get("/login/code/")]
        pages += [browser.post("/login/code/", {"code": "000000"}) for _ in range(6)]
        pages.append(browser.post("/login/code/resend/"))
        seen[mobile] = [(page.status_code, without_token(page).replace(mobile[4:], "N")) for page in pages]
        seen[mobile].append((answer.status_code, answer.headers["Location"]))

    assert asked[NUMBER] == asked[STRANGE]
    assert seen[NUMBER] == seen[STRANGE]


def test_login_cookie_is_kept_from_scripts_and_stored_as_a_hash(
    open_portal: Practice, stranger: Browser
) -> None:
    log_in(stranger)

    cookie = stranger.cookies[project_settings.LOGIN_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")
    assert cookie.value.encode() not in bytes(Login.across.get().key_digest)


def test_each_login_has_a_new_key_and_ends_the_one_before(open_portal: Practice, stranger: Browser) -> None:
    stranger.cookies[project_settings.LOGIN_COOKIE_NAME] = "set-by-somebody-else"
    log_in(stranger)
    first = cookie_of(stranger)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        log_in(stranger)

    assert len({"set-by-somebody-else", first, cookie_of(stranger)}) == 3
    assert Login.across.count() == 1


def test_logging_out_ends_the_login(open_portal: Practice, stranger: Browser) -> None:
    log_in(stranger)
    key = cookie_of(stranger)
    assert stranger.get("/logout/").status_code == 405

    out = stranger.post("/logout/")

    assert "You have logged out." in text_of(stranger.get(out.headers["Location"]))
    assert (cookie_of(stranger), Login.across.count()) == ("", 0)
    stranger.cookies[project_settings.LOGIN_COOKIE_NAME] = key
    assert stranger.get("/my/").status_code == 302


def test_login_ends_when_the_organisation_turns_it_off(open_portal: Practice, stranger: Browser) -> None:
    log_in(stranger)
    choose(open_portal, login=False)

    assert stranger.get("/my/").status_code == 404


def test_login_of_another_organisation_opens_nothing(
    open_portal: Practice, other_practice: Practice, stranger: Browser
) -> None:
    open_login(other_practice)
    log_in(stranger)
    there = Browser(other_practice.host)
    there.cookies = stranger.cookies

    assert there.get("/my/").headers["Location"].startswith("/login/")


@pytest.mark.parametrize("mobile", ["", "12", "09 1234567", "+1 212 555 0100"])
def test_what_is_no_mobile_number_is_refused_and_kept(
    open_portal: Practice, stranger: Browser, mobile: str
) -> None:
    answer = ask(stranger, mobile)

    assert answer.status_code == 422
    assert f'value="{mobile}"' in answer.content.decode() or not mobile
    assert not LoginCode.across.exists()


def test_code_asked_for_too_soon_is_refused_in_words(open_portal: Practice, stranger: Browser) -> None:
    ask(stranger)

    for again in (ask(stranger), stranger.post("/login/code/resend/")):
        assert again.status_code == 429
        assert "A new one can be sent in" in text_of(again)


def test_new_code_can_be_sent_and_goes_on_to_the_same_page(open_portal: Practice, stranger: Browser) -> None:
    ask(stranger, next="/privacy/")
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        again = stranger.post("/login/code/resend/", {"next": "/privacy/"})
        page = stranger.get(again.headers["Location"])

        assert "a new code is on its way" in text_of(page)
        assert 'name="next" value="/privacy/"' in page.content.decode()
        assert type_login_code(stranger, next="/privacy/").headers["Location"] == "/privacy/"


@pytest.mark.parametrize("path", ["/login/code/", "/login/code/resend/"])
def test_code_page_of_who_has_asked_for_none_leads_to_the_number(
    open_portal: Practice, stranger: Browser, path: str
) -> None:
    ask(Browser(open_portal.host))

    assert stranger.post(path, {"code": "123456"}).headers["Location"] == "/login/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "book/",
        "/login/?next=/login/",
        "/" + "a" * 600,
        "/a\nb",
        "/ä",
    ],
)
def test_login_leads_to_no_page_of_others(open_portal: Practice, stranger: Browser, elsewhere: str) -> None:
    asked = ask(stranger, next=elsewhere)
    assert asked.headers["Location"] == "/login/code/"

    assert type_login_code(stranger, next=elsewhere).headers["Location"] == "/my/"


def test_pages_are_kept_by_nobody(open_portal: Practice, stranger: Browser) -> None:
    ask(stranger)
    for path in ("/login/", "/login/code/", "/my/"):
        headers = stranger.get(path).headers
        assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex")


def test_clinics_own_words_stand_above_the_login(open_portal: Practice, browser: Browser) -> None:
    PortalText.across.create(
        organisation=open_portal.organisation,
        place="login",
        language="fi",
        heading="Tervetuloa takaisin",
        body="Omat ajat",
    )

    assert "Tervetuloa takaisin" in text_of(browser.get("/login/"))


def test_login_is_shut_with_the_portal(open_portal: Practice, stranger: Browser) -> None:
    log_in(stranger)
    choose(open_portal, maintenance_mode=True)

    for path in ("/login/", "/my/"):
        assert stranger.get(path).status_code == 503


@pytest.mark.parametrize("language", ["fi", "sv", "nb", "en"])
def test_code_comes_in_the_language_of_the_page(open_portal: Practice, language: str) -> None:
    browser = Browser(open_portal.host, language=language)
    log_in(browser)

    assert Message.across.get(kind=Kind.LOGIN_CODE).language == language
    assert f'<html lang="{language}"' in browser.get("/my/").content.decode()


def test_captcha_is_asked_before_anything_is_sent(
    open_portal: Practice, stranger: Browser, settings: Settings
) -> None:
    settings.RECAPTCHA_PUBLIC_KEY, settings.RECAPTCHA_PRIVATE_KEY = "public", "private"

    page, answer = stranger.get("/login/"), ask(stranger)

    assert "google.com/recaptcha/" in page.headers["Content-Security-Policy"]
    assert (answer.status_code, "not a robot" in text_of(answer)) == (422, True)
    assert not LoginCode.across.exists()


# New bookings that require a login


@pytest.fixture
def closed_shop(open_portal: Practice) -> Practice:
    """Only who is logged in may book."""
    choose(open_portal, new_booking_requires_login=True)
    return open_portal


def next_in(response: Answer) -> str:
    return parse_qs(urlsplit(response.headers["Location"]).query)["next"][0]


def test_choosing_a_time_leads_through_the_login_to_the_very_same_time(
    closed_shop: Practice, stranger: Browser
) -> None:
    assert stranger.get("/").status_code == 200
    chosen = stranger.choose(closed_shop, next_monday_at(11))

    assert chosen.headers["Location"].startswith("/login/?next=")
    assert Booking.across.filter(state=Booking.State.HELD).count() == 0
    then = next_in(chosen)
    assert f"at={stamp_of(next_monday_at(11))}" in then
    assert log_in(stranger, then).headers["Location"] == then
    assert f'value="{stamp_of(next_monday_at(11))}"' in stranger.get(then).content.decode()
    held = stranger.choose(closed_shop, next_monday_at(11))
    assert booking_at(held.headers["Location"]).starts_at == next_monday_at(11)


def test_pages_of_a_hold_want_the_login_too_and_keep_what_was_typed(
    closed_shop: Practice, stranger: Browser
) -> None:
    log_in(stranger)
    address = stranger.hold(closed_shop, next_monday_at(11))
    stranger.post("/logout/")

    for path in ("details/", "code/"):
        assert next_in(stranger.get(address + path)) == address + path
    assert next_in(stranger.post(f"{address}code/resend/")) == f"{address}code/"
    typed = stranger.post(f"{address}details/", {**TYPED, "first_name": "Matti"})

    assert next_in(typed) == f"{address}details/"
    assert booking_at(address).state == Booking.State.HELD
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        log_in(stranger)
        assert 'value="Matti"' in stranger.get(f"{address}details/").content.decode()
        assert stranger.post(f"{address}details/", TYPED).headers["Location"] == f"{address}done/"


def test_waiting_list_wants_the_login_too(closed_shop: Practice, stranger: Browser) -> None:
    assert next_in(stranger.get("/waiting/")) == "/waiting/"
    log_in(stranger)
    assert stranger.get("/waiting/").status_code == 200


def test_portal_stays_closed_where_nobody_could_log_in(closed_shop: Practice, browser: Browser) -> None:
    choose(closed_shop, sms_login=False)

    assert "Online booking is closed" in text_of(browser.get("/"))


def test_login_cannot_be_required_and_off(practice: Practice) -> None:
    with pytest.raises(IntegrityError, match="settings_required_login_is_on"), transaction.atomic():
        choose(practice, login=False, new_booking_requires_login=True)


# Booking while logged in


def test_details_are_filled_in_and_the_proven_number_needs_no_code(
    open_portal: Practice, stranger: Browser
) -> None:
    log_in(stranger)
    address = stranger.hold(open_portal, next_monday_at(11))
    page = stranger.get(f"{address}details/")

    for value in ("Maija", "Meikäläinen", "maija@example.com", "+358 40 1234567"):
        assert f'value="{value}"' in page.content.decode()
    assert "With this number no code is needed." in text_of(page)
    sent = stranger.post(f"{address}details/", TYPED)

    booking = booking_at(address)
    assert sent.headers["Location"] == f"{address}done/"
    assert (booking.state, booking.confirmed_by) == (Booking.State.BOOKED, Booking.Confirmation.LOGIN)


def test_another_number_still_needs_its_code(open_portal: Practice, stranger: Browser) -> None:
    log_in(stranger)
    address = stranger.hold(open_portal, next_monday_at(11))

    sent = stranger.post(f"{address}details/", {**TYPED, "mobile": STRANGE})

    assert sent.headers["Location"] == f"{address}code/"
    assert booking_at(address).state == Booking.State.HELD


def test_code_by_mail_alone_is_still_asked(open_portal: Practice, stranger: Browser) -> None:
    choose(open_portal, code_by_sms=False)
    log_in(stranger)
    address = stranger.hold(open_portal, next_monday_at(11))

    assert stranger.post(f"{address}details/", TYPED).headers["Location"] == f"{address}code/"


def test_booking_says_how_it_was_confirmed(practice: Practice, browser: Browser) -> None:
    assert booking_at(browser.book(practice)).confirmed_by == Booking.Confirmation.CODE
    choose(practice, skip_confirmation=True)
    address = browser.hold(practice, next_monday_at(11))
    browser.post(f"{address}details/", TYPED)
    assert booking_at(address).confirmed_by == Booking.Confirmation.SKIPPED


OTHER = {"for_other": "on", "booker_first_name": "Maija", "booker_last_name": "M"}


@pytest.mark.parametrize(
    ("is_logged_in", "typed", "asked"),
    [
        (True, {}, "apply"),
        (True, {"postcode": "00200"}, "apply"),
        (True, {"mobile": STRANGE}, "ask"),
        (True, {"national_id": "131052-308T"}, "ask"),
        (True, OTHER, "ask"),
        (False, {}, "ask"),
    ],
)
def test_address_is_taken_over_only_from_who_has_shown_to_be_the_patient(
    open_portal: Practice, stranger: Browser, is_logged_in: bool, typed: dict[str, str], asked: str
) -> None:
    choose(open_portal, ask_address_1=True, ask_postcode=True)
    if is_logged_in:
        log_in(stranger)
    address = stranger.hold(open_portal, next_monday_at(11))

    stranger.post(f"{address}details/", {**TYPED, "address_1": "Uusikatu 2", "postcode": "00100", **typed})

    assert BookingPatient.across.get(booking=booking_at(address)).address_update == asked
