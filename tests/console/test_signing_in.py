"""Signing in: password and second factor, guessing, forgotten passwords, sessions, the operator."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail

from clinics.models import User
from notifications.models import Message
from tests.conftest import Practice
from tests.console.conftest import PASSWORD, SECRET, seat_at
from tests.console.test_people import MAIL
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db


def code() -> str:
    return str(format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))))


def log_in(browser: Browser, user: User, password: str = PASSWORD) -> Any:
    return browser.post("/manage/login/", {"login": user.email, "password": password})


def test_password_alone_is_not_enough(practice: Practice) -> None:
    user, browser = seat_at(practice), Browser(practice.host)

    assert log_in(browser, user).headers["Location"] == "/manage/2fa/authenticate/"
    assert browser.get("/manage/").status_code == 302


def test_code_of_the_app_opens_the_console(practice: Practice) -> None:
    user, browser = seat_at(practice), Browser(practice.host)
    log_in(browser, user)

    assert browser.post("/manage/2fa/authenticate/", {"code": code()}).headers["Location"] == "/manage/"
    assert browser.get("/manage/").status_code == 200


def test_wrong_code_opens_nothing(practice: Practice) -> None:
    user, browser = seat_at(practice), Browser(practice.host)
    log_in(browser, user)

    assert browser.post("/manage/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert browser.get("/manage/").status_code == 302


def test_secret_of_the_app_is_stored_encrypted(practice: Practice) -> None:
    user = seat_at(practice)

    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data

    assert SECRET not in str(stored)


def test_guessing_is_stopped(practice: Practice) -> None:
    user, browser = seat_at(practice), Browser(practice.host)
    for _ in range(6):
        log_in(browser, user, "wrong")

    response = log_in(browser, user)

    assert response.status_code in (200, 429)
    assert browser.get("/manage/").status_code == 302


def test_stranger_and_wrong_password_get_the_same_answer(
    practice: Practice, other_practice: Practice
) -> None:
    own, other = seat_at(practice), seat_at(other_practice)

    wrong = text_of(log_in(Browser(practice.host), own, "wrong"))
    stranger = text_of(log_in(Browser(practice.host), other))

    assert wrong == stranger


def test_forgotten_password_is_replaced_by_mail(practice: Practice, settings: Any) -> None:
    settings.EMAIL_BACKEND = MAIL
    user, browser = seat_at(practice), Browser(practice.host)
    browser.post("/manage/password/reset/", {"email": user.email})
    message = Message.across.get()
    assert (message.to, message.is_secret) == (user.email, True)
    link = re.search(r"(/manage/password/reset/key/\S+)", message.body)
    assert link

    form = browser.get(link[1], follow=True).redirect_chain[-1][0]
    new = "kolme uutta sanaa"
    assert browser.post(form, {"password1": new, "password2": new}).status_code == 302

    assert log_in(Browser(practice.host), user, new).status_code == 302
    assert log_in(Browser(practice.host), user).status_code == 200


def test_unknown_address_gets_no_mail(practice: Practice, settings: Any) -> None:
    settings.EMAIL_BACKEND = MAIL

    response = Browser(practice.host).post("/manage/password/reset/", {"email": "nobody@example.com"})

    assert response.status_code == 302
    assert not Message.across.exists()
    assert mail.outbox == []


def test_nobody_signs_up(practice: Practice) -> None:
    assert Browser(practice.host).get("/manage/signup/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/a-b/",
        "password/reset/key/done/",
        "inactive/",
    ],
)
@pytest.mark.parametrize("language", ["fi", "sv", "nb", "en"])
def test_page_of_signing_in_speaks_the_language(practice: Practice, path: str, language: str) -> None:
    page = Browser(practice.host, language).get(f"/manage/{path}").content.decode()

    assert f'<html lang="{language}"' in page
    assert "<h1" in page


@pytest.mark.parametrize(
    "path", ["2fa/", "2fa/webauthn/", "sessions/", "password/change/", "logout/", "reauthenticate/"]
)
def test_page_of_ones_account_opens(practice: Practice, path: str) -> None:
    browser = Browser(practice.host)
    browser.force_login(seat_at(practice))

    assert browser.get(f"/manage/{path}").status_code == 200


def test_operators_host_has_the_same_login(practice: Practice) -> None:
    operator = User.objects.create_superuser("operator@example.com", PASSWORD)
    browser = Browser("admin.localhost:8000")

    assert browser.get("/records/login/").headers["Location"] == "/manage/login/?next=/"
    assert log_in(browser, operator).status_code == 302
    assert browser.get("/").headers["Location"] == "/manage/2fa/"
    TOTP.activate(operator, SECRET)
    assert browser.get("/").status_code == 200
