"""Requests that no page of ours would send: a clear page, the right status, nothing changed."""

from typing import Any

import pytest
from django.test import Client

from scheduling.models import Booking
from tests.conftest import Practice
from tests.pages.conftest import TYPED, Browser, text_of

pytestmark = pytest.mark.django_db

ODD = [
    "",
    "\x00",
    "a" * 5000,
    "../../etc/passwd",
    "<script>",
    "%ED%A0%80",
    "١٢٣",
    "-1",
    "any",
    "'; --",
    "🦷" * 50,
]
NOBODY = "/booking/00000000-0000-4000-8000-000000000000/"


@pytest.mark.parametrize(
    "name", ["clinic", "treatment", "practitioner", "week", "month", "at", "taken", "change", "fresh", "x"]
)
@pytest.mark.parametrize("value", ODD)
def test_hand_changed_url_is_answered_in_words(browser: Browser, name: str, value: str) -> None:
    for page in ("/book/", "/book/month/"):
        response = browser.get(page, {name: value}, follow=True)

        assert response.status_code in (200, 404)
        assert "<h1" in response.content.decode()


@pytest.mark.parametrize("name", ["clinic", "treatment", "practitioner", "at"])
@pytest.mark.parametrize("value", ODD)
def test_hand_changed_time_holds_nothing(practice: Practice, browser: Browser, name: str, value: str) -> None:
    chosen = {"clinic": practice.clinic.public_id, "treatment": practice.treatment.public_id, "at": "x"}
    response = browser.post("/book/time/", {**chosen, "practitioner": "any", name: value})

    assert response.status_code == 302
    assert browser.get(response.headers["Location"]).status_code in (200, 404)
    assert not Booking.across.exists()


@pytest.mark.parametrize("field", [*TYPED, "national_id", "message"])
@pytest.mark.parametrize("value", [*ODD, "x" * 200_000, "\u2028\u0007", "\ufffd"])
def test_odd_details_are_never_an_error_of_ours(
    practice: Practice, browser: Browser, field: str, value: str
) -> None:
    address = browser.hold(practice)

    assert browser.post(f"{address}details/", {**TYPED, field: value}).status_code in (302, 422)


@pytest.mark.parametrize("value", ODD)
def test_odd_code_is_refused(practice: Practice, browser: Browser, value: str) -> None:
    address = browser.hold(practice)
    browser.post(f"{address}details/", TYPED)

    assert browser.post(f"{address}code/", {"code": value}).status_code == 422


def test_lone_surrogate_in_a_form_or_a_path_is_no_error_of_ours(practice: Practice, browser: Browser) -> None:
    address = browser.hold(practice)
    body = "first_name=%ED%A0%80&last_name=%00&mobile=%FF&email=a&consent=on"
    response = browser.post(f"{address}details/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 422
    assert browser.get("/booking/%ED%A0%80/details/").status_code == 404
    assert browser.get("/%00/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/"),
        ("put", "/book/"),
        ("get", "/book/time/"),
        ("delete", "/book/time/"),
        ("get", "/language/"),
        ("patch", f"{NOBODY}details/"),
        ("post", f"{NOBODY}done/"),
        ("get", f"{NOBODY}release/"),
        ("get", f"{NOBODY}code/resend/"),
        ("post", "/privacy/"),
    ],
)
def test_wrong_method_is_answered_with_a_page(browser: Browser, method: str, path: str) -> None:
    response = getattr(browser, method)(path)

    assert response.status_code == 405
    assert response.headers["Allow"]
    assert "That cannot be done here" in text_of(response)


def test_head_is_answered_wherever_get_is(browser: Browser) -> None:
    assert browser.head("/").status_code == 200


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_body_of_ten_megabytes_is_too_large(practice: Practice, browser: Browser, content_type: str) -> None:
    body = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" + b"a" * 10_000_000 + b"\r\n--x--\r\n"
    response = browser.post("/book/time/", body, content_type=content_type)

    assert response.status_code == 413
    assert "That was too large" in text_of(response)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"&".join(b"a=1" for _ in range(1500)), "application/x-www-form-urlencoded"),
        (b"rubbish", "multipart/form-data"),
        (b"rubbish", "multipart/form-data; boundary=" + "x" * 300),
    ],
)
def test_body_that_is_no_form_is_a_bad_request(
    practice: Practice, browser: Browser, body: bytes, content_type: str
) -> None:
    response = browser.post("/book/time/", body, content_type=content_type)

    assert response.status_code in (302, 400)


def test_form_from_elsewhere_is_refused_in_the_visitors_language(practice: Practice) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"host": practice.host, "accept-language": "fi"})
    response = browser.post("/book/time/", {})

    assert response.status_code == 403
    assert "Sivu oli auki liian kauan" in text_of(response)


@pytest.mark.parametrize("language", ["fi", "sv", "nb", "en"])
def test_missing_page_leads_on_in_the_visitors_language(practice: Practice, language: str) -> None:
    response = Browser(practice.host, language).get("/nothing/here/")

    assert response.status_code == 404
    assert f'<html lang="{language}">' in response.content.decode()
    assert 'href="/"' in response.content.decode()


@pytest.mark.parametrize("cookie", ["", "x", "\x7f" * 40, "a" * 4000])
def test_odd_visitor_cookie_is_somebody_new(practice: Practice, browser: Browser, cookie: str) -> None:
    headers: dict[str, Any] = {"cookie": f"visitor={cookie}"}

    assert browser.get(f"{NOBODY}details/", headers=headers).status_code == 404
