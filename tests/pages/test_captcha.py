"""reCAPTCHA: nothing is sent before it is answered, and only its page may load what is Google's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from notifications.models import Message
from scheduling.models import Booking, BookingPatient
from tests.conftest import Practice
from tests.pages.conftest import TYPED, Answer, Browser, booking_at, newest_code, text_of
from tests.pages.fake_recaptcha import GOOD, FakeRecaptcha, running

pytestmark = [
    pytest.mark.django_db,
    # django-recaptcha leaves it to the garbage collector to close what it has asked with.
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning"
    ),
]

GOOGLE = "https://www.google.com/recaptcha/"


@pytest.fixture
def google(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRecaptcha]:
    """Keys are set, and Google is a server on this machine whose certificate is believed."""
    with running(tmp_path) as fake:
        settings.RECAPTCHA_PUBLIC_KEY = "public"
        settings.RECAPTCHA_PRIVATE_KEY = "private"
        settings.RECAPTCHA_DOMAIN = fake.domain
        settings.RECAPTCHA_VERIFY_REQUEST_TIMEOUT = 2
        monkeypatch.setenv("SSL_CERT_FILE", str(fake.certificate))
        monkeypatch.setenv("no_proxy", "*")
        yield fake


def send(browser: Browser, practice: Practice, answer: str = GOOD, **typed: str) -> tuple[str, Answer]:
    address = browser.hold(practice)
    return address, browser.post(f"{address}details/", {**TYPED, "g-recaptcha-response": answer, **typed})


def assert_nothing_was_sent(address: str) -> None:
    assert not Message.across.exists()
    assert not BookingPatient.across.exists()
    assert booking_at(address).state == Booking.State.HELD


def test_right_answer_sends_the_code(practice: Practice, browser: Browser, google: FakeRecaptcha) -> None:
    address, response = send(browser, practice)

    assert response.headers["Location"] == f"{address}code/"
    assert google.asked == [{"secret": "private", "response": GOOD}]
    assert browser.post(f"{address}code/", {"code": newest_code()}).headers["Location"] == f"{address}done/"


@pytest.mark.parametrize(
    ("answer", "words"),
    [("", "Please tick “I’m not a robot”"), ("a robot’s", "That could not be confirmed.")],
)
def test_wrong_answer_sends_nothing_and_keeps_what_was_typed(
    practice: Practice, browser: Browser, google: FakeRecaptcha, answer: str, words: str
) -> None:
    address, response = send(browser, practice, answer)

    assert response.status_code == 422
    assert words in text_of(response)
    assert 'value="Maija"' in response.content.decode()
    assert '<a href="#id_captcha">' in response.content.decode()
    assert_nothing_was_sent(address)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (429, b'{"success": true}'),
        (200, b"<html>"),
        (200, b"\xff"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"success": "yes"}'),
        (200, b"null"),
    ],
)
def test_answer_that_is_none_sends_nothing(
    practice: Practice, browser: Browser, google: FakeRecaptcha, status: int, body: bytes
) -> None:
    google.status, google.body = status, body
    address, response = send(browser, practice)

    assert response.status_code == 422
    assert practice.clinic.phone in text_of(response)
    assert_nothing_was_sent(address)


def test_google_out_of_reach_sends_nothing(
    practice: Practice, browser: Browser, google: FakeRecaptcha, settings: Settings
) -> None:
    settings.RECAPTCHA_DOMAIN = "127.0.0.1:9"
    address, response = send(browser, practice)

    assert response.status_code == 422
    assert "We cannot check just now that you are not a robot, so nothing has been sent." in text_of(response)
    assert_nothing_was_sent(address)


def test_stranger_in_googles_place_is_not_believed(
    practice: Practice, browser: Browser, google: FakeRecaptcha, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    address, response = send(browser, practice)

    assert response.status_code == 422
    assert google.asked == []
    assert_nothing_was_sent(address)


def test_google_is_asked_only_once_the_rest_is_right(
    practice: Practice, browser: Browser, google: FakeRecaptcha
) -> None:
    _, response = send(browser, practice, email="maija@")

    assert response.status_code == 422
    assert google.asked == []


def test_more_time_is_given_without_asking(
    practice: Practice, browser: Browser, google: FakeRecaptcha
) -> None:
    _, response = send(browser, practice, "", extend="1")

    assert response.status_code == 200
    assert google.asked == []


def test_policy_is_opened_for_google_only_where_it_is_asked(
    practice: Practice, browser: Browser, google: FakeRecaptcha
) -> None:
    address, _ = send(browser, practice)
    policies = {
        page: browser.get(page).headers["Content-Security-Policy"]
        for page in (f"{address}details/", f"{address}code/", "/", "/privacy/")
    }
    opened = {page for page, policy in policies.items() if "google" in policy}

    assert opened == {f"{address}details/"}
    policy = dict(part.strip().split(" ", 1) for part in policies[f"{address}details/"].split(";"))
    assert policy["script-src"] == f"'self' {GOOGLE} https://www.gstatic.com/recaptcha/"
    assert policy["frame-src"] == f"{GOOGLE} https://recaptcha.google.com/recaptcha/"
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in policies[f"{address}details/"]


def test_page_that_asks_is_loaded_whole(practice: Practice, browser: Browser, google: FakeRecaptcha) -> None:
    """Swapped into another page it would be under that page's policy."""
    page = f"{browser.hold(practice)}details/"
    html = browser.get(page).content.decode()

    assert browser.get(page, headers={"hx-request": "true"}).headers["HX-Redirect"] == page
    assert 'hx-boost="false">' in html
    assert 'data-sitekey="public"' in html
    assert html.count(f"{GOOGLE}api.js?hl=en") == 1
    assert practice.clinic.phone in html
    assert "<script>" not in html


def test_privacy_notice_names_google_where_it_is_asked(
    practice: Practice, browser: Browser, settings: Settings
) -> None:
    assert "Google" not in text_of(browser.get("/privacy/"))

    settings.RECAPTCHA_PUBLIC_KEY, settings.RECAPTCHA_PRIVATE_KEY = "public", "private"

    assert "Google’s reCAPTCHA" in text_of(browser.get("/privacy/"))


def test_nothing_of_google_is_there_without_keys(practice: Practice, browser: Browser) -> None:
    response = browser.get(f"{browser.hold(practice)}details/", headers={"hx-request": "true"})

    assert "google" not in response.content.decode() + response.headers["Content-Security-Policy"]
    assert "frame-src" not in response.headers["Content-Security-Policy"]
    assert "HX-Redirect" not in response.headers
