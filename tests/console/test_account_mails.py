"""Who is told by mail that an account has changed: in their language, once, by the outbox."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.db import IntegrityError
from django.test import RequestFactory
from django.utils import timezone

from booking_portal.launch.addresses import free_port
from clinics.account_mails import Happening, tell
from clinics.models import User
from clinics.scope import organisation_scope
from notifications.house_mail import deliver_house_mail, due_house_mails, forget_house_mails
from notifications.models import HouseMail, Message
from notifications.transports.file.transport import written_messages
from tests.conftest import Practice
from tests.console.conftest import PASSWORD, SECRET, browser_of, seat_at
from tests.console.test_people import MAIL, recent
from tests.console.test_signing_in import code, log_in
from tests.pages.conftest import Browser

pytestmark = pytest.mark.django_db

NEW = "kolme uutta sanaa"


@pytest.fixture(autouse=True)
def real_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = MAIL
    cache.clear()


@pytest.fixture
def user(practice: Practice) -> User:
    """Who last read the portal in English."""
    found = seat_at(practice)
    User.objects.filter(pk=found.pk).update(language="en")
    return found


@pytest.fixture
def browser(practice: Practice, user: User) -> Browser:
    return recent(browser_of(user, practice))


def told(practice: Practice) -> Message:
    """The one mail there is, to be sent once, of this organisation's."""
    message: Message = Message.across.get()
    assert (message.organisation_id, message.is_secret) == (practice.organisation.pk, True)
    return message


def change_password(browser: Browser) -> None:
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert browser.post("/manage/password/change/", typed).status_code == 302


def test_new_password_is_told_with_what_to_do(practice: Practice, user: User, browser: Browser) -> None:
    browser.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux) Firefox/140.0"
    change_password(browser)

    message = told(practice)

    assert message.to == user.email
    assert "password of your account has been changed" in message.body
    assert "From: Firefox, Linux, network address 127.0.0.1" in message.body
    assert "/manage/sessions/" in message.body
    assert "/manage/password/reset/" in message.body


def test_mail_is_in_the_persons_language(practice: Practice, user: User) -> None:
    User.objects.filter(pk=user.pk).update(language="sv")
    change_password(recent(browser_of(user, practice, "en")))

    assert told(practice).language == "sv"
    assert "Lösenordet" in told(practice).body


def test_language_is_noted_at_login_and_when_chosen(practice: Practice, user: User) -> None:
    browser = Browser(practice.host, "nb")
    log_in(browser, user)
    browser.post("/manage/2fa/authenticate/", {"code": code()})
    user.refresh_from_db()
    assert user.language == "nb"

    browser.post("/language/", {"language": "fi", "next": "/manage/"})
    user.refresh_from_db()
    assert user.language == "fi"


def test_mail_of_a_change_that_is_undone_goes_with_it(
    practice: Practice, user: User, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are written in one transaction."""

    def fail(*_args: object, **_kwargs: object) -> None:
        raise IntegrityError

    monkeypatch.setattr("allauth.account.signals.password_changed.send", fail)
    with pytest.raises(IntegrityError):
        change_password(browser)

    assert not Message.across.exists()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_app_added_and_removed_is_told(practice: Practice, user: User, browser: Browser) -> None:
    answer = browser.post("/manage/2fa/totp/deactivate/")
    assert answer.headers["Location"] == "/manage/2fa/"
    assert "has been removed" in told(practice).body
    Message.across.all().delete()

    secret = browser.get("/manage/2fa/totp/activate/").context["form"].secret
    assert browser.post("/manage/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302

    assert "authenticator app has been added" in told(practice).body


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


@pytest.mark.django_db(transaction=True)
def test_new_recovery_codes_are_told(practice: Practice, user: User, browser: Browser) -> None:
    assert browser.post("/manage/2fa/recovery-codes/generate/").status_code == 302

    assert "New recovery codes" in told(practice).body


def test_used_recovery_code_is_told(practice: Practice, user: User) -> None:
    codes = RecoveryCodes(
        Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    ).get_unused_codes()
    browser = Browser(practice.host)
    log_in(browser, user)

    assert browser.post("/manage/2fa/authenticate/", {"code": codes[0]}).status_code == 302

    assert "recovery code has been used" in told(practice).body
    assert codes[0] not in told(practice).body


def test_code_of_the_app_is_nothing_to_tell(practice: Practice, user: User) -> None:
    browser = Browser(practice.host)
    log_in(browser, user)
    browser.post("/manage/2fa/authenticate/", {"code": code()})

    assert not Message.across.exists()


def test_guessing_is_told_once_and_in_the_persons_language(practice: Practice, user: User) -> None:
    User.objects.filter(pk=user.pk).update(language="fi")
    stranger = Browser(practice.host, "en")
    for _ in range(12):
        log_in(stranger, user, "wrong")

    message = told(practice)

    assert (message.to, message.language) == (user.email, "fi")


def test_guessing_codes_is_told(practice: Practice, user: User) -> None:
    browser = Browser(practice.host)
    log_in(browser, user)
    for _ in range(8):
        browser.post("/manage/2fa/authenticate/", {"code": "000000"})

    assert "too often" in told(practice).body


@pytest.mark.parametrize("email", ["nobody@example.com", ""])
def test_guessing_at_nobody_is_told_to_nobody(practice: Practice, email: str) -> None:
    for _ in range(12):
        Browser(practice.host).post("/manage/login/", {"login": email, "password": "wrong"})

    assert not Message.across.exists()


def test_guessing_at_a_stranger_is_not_told_by_this_organisation(
    practice: Practice, other_practice: Practice
) -> None:
    stranger = seat_at(other_practice)
    for _ in range(12):
        log_in(Browser(practice.host), stranger, "wrong")

    assert not Message.across.exists()


def test_operator_who_changes_an_address_is_told_of_at_both(practice: Practice, user: User) -> None:
    operator = User.objects.create_superuser("operator@example.com", PASSWORD)
    TOTP.activate(operator, SECRET)
    browser = Browser("admin.localhost:8000")
    browser.force_login(operator)
    before, path = user.email, f"/records/clinics/user/{user.pk}/change/"
    typed = {"email": "uusi@example.com", "name": user.name, "is_active": "on"}

    assert browser.post(path, typed).status_code == 302

    assert sorted(Message.across.values_list("to", flat=True)) == sorted([before, "uusi@example.com"])


@pytest.mark.parametrize("happening", list(Happening))
@pytest.mark.parametrize("language", ["fi", "sv", "nb", "en"])
def test_each_mail_can_be_written_in_each_language(
    practice: Practice, user: User, happening: Happening, language: str
) -> None:
    user.language = language
    request = RequestFactory().post("/")
    request.organisation = practice.organisation  # type: ignore[attr-defined]
    with organisation_scope(practice.organisation.pk):
        tell(user=user, happening=happening, request=request)

    message = told(practice)
    assert message.language == language
    assert practice.organisation.name in message.subject
    assert len(message.body.splitlines()) > 6
    assert language == "en" or "If it was" not in message.body


@pytest.fixture
def lone_operator(tmp_path: Path, settings: Any) -> User:
    """Who works at no organisation."""
    settings.EMAIL_TRANSPORT, settings.MESSAGES_FILE = "file", str(tmp_path / "messages.jsonl")
    user = User.objects.create_superuser("operator@example.com", PASSWORD, name="Olli", language="fi")
    TOTP.activate(user, SECRET)
    return user


def at_the_desk(user: User) -> Browser:
    browser = Browser("admin.localhost:8000")
    browser.force_login(user)
    return recent(browser)


def test_operator_who_works_nowhere_is_told_too(practice: Practice, lone_operator: User) -> None:
    change_password(at_the_desk(lone_operator))

    mail = HouseMail.objects.get()
    assert (mail.to, mail.language) == ("operator@example.com", "fi")
    assert "Tilisi salasana on vaihdettu" in mail.body
    assert "http://admin.localhost:8000/manage/" in mail.body
    assert practice.organisation.name not in mail.subject + mail.body
    assert not Message.across.exists()

    for _twice in range(2):
        deliver_house_mail(mail.pk)

    (written,) = written_messages()
    assert (written["to"], written["subject"]) == ("operator@example.com", mail.subject)
    mail.refresh_from_db()
    assert (mail.attempts, mail.body, bool(mail.sent_at)) == (1, "", True)


def test_operator_who_works_nowhere_can_have_a_new_password(practice: Practice, lone_operator: User) -> None:
    browser = Browser("admin.localhost:8000")

    assert browser.post("/manage/password/reset/", {"email": lone_operator.email}).status_code == 302

    assert "/manage/password/reset/key/" in HouseMail.objects.get().body


def test_guessing_at_the_operator_is_told_once(lone_operator: User) -> None:
    for _ in range(12):
        log_in(Browser("admin.localhost:8000"), lone_operator, "wrong")

    assert HouseMail.objects.count() == 1


def test_mail_of_the_house_is_tried_again_and_goes_after_a_day(lone_operator: User, settings: Any) -> None:
    change_password(at_the_desk(lone_operator))
    mail = HouseMail.objects.get()
    settings.EMAIL_TRANSPORT, settings.EMAIL_PORT = "smtp", free_port()
    deliver_house_mail(mail.pk)
    deliver_house_mail(mail.pk)
    mail.refresh_from_db()
    assert (mail.attempts, bool(mail.last_error), due_house_mails()) == (1, True, [])

    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert due_house_mails() == [mail.pk]
        settings.EMAIL_TRANSPORT = "file"
        deliver_house_mail(mail.pk)
    assert len(written_messages()) == 1
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        forget_house_mails()
    assert not HouseMail.objects.exists()
