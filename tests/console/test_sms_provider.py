"""The SMS provider's page: secrets are typed and never shown, one SMS shows whether it works."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from clinics.models import AuditEntry, OrganisationSettings, ProviderAccount
from notifications.models import Channel, Message, State
from notifications.transports.file.transport import written_messages
from tests.conftest import Practice
from tests.console.conftest import browser_of, seat_at
from tests.console.test_people import recent
from tests.console.test_settings_pages import typed_in
from tests.notifications.fake_twilio import SID, TOKEN, Answer, FakeTwilio, running_twilio
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

PAGE, TRIAL = "/manage/sms-provider/", "/manage/sms-provider/test/"
TWILIO = {"provider": "twilio", "account_sid": SID, "auth_token": TOKEN, "sender": "+358501112222"}
LINK = {
    "provider": "link",
    "username": "user-canary",
    "password": "word-canary",
    "platform_id": "COMMON_API",
    "platform_partner_id": "partner-canary",
    "server": "https://no.linkmobility.io/sms",
}


@pytest.fixture
def twilio(settings: Settings) -> Iterator[FakeTwilio]:
    with running_twilio() as running:
        settings.TWILIO_API_URL = running.url
        yield running


@pytest.fixture
def boss(practice: Practice) -> Browser:
    return recent(browser_of(seat_at(practice), practice))


def store(browser: Browser, **typed: Any) -> Any:
    sent = {name: value for name, value in typed_in(browser.get(PAGE)).items() if value is not None}
    return browser.post(PAGE, {**sent, **typed})


def own(practice: Practice) -> ProviderAccount:
    row: ProviderAccount = ProviderAccount.across.get(organisation=practice.organisation)
    return row


def test_account_is_stored_and_its_secrets_are_never_shown(practice: Practice, boss: Browser) -> None:
    assert store(boss, **LINK).status_code == 302

    assert own(practice).secrets["password"] == "word-canary"
    page = boss.get(PAGE).content.decode()
    assert "canary" not in page
    assert f"/hooks/link/{own(practice).token}/incoming/" in page


def test_empty_secrets_stay_as_they_are(practice: Practice, boss: Browser) -> None:
    store(boss, **TWILIO)
    store(boss, auth_token="", account_sid="", sender="Klinikka")

    assert (own(practice).secrets["auth_token"], own(practice).sender) == (TOKEN, "Klinikka")


def test_another_provider_needs_its_own_secrets(practice: Practice, boss: Browser) -> None:
    store(boss, **TWILIO)

    answer = store(boss, provider="link")

    assert answer.status_code == 422
    assert "This is needed for the chosen account." in text_of(answer)
    assert own(practice).provider == "twilio"


def test_services_account_takes_the_own_one_away(practice: Practice, boss: Browser) -> None:
    store(boss, **TWILIO)
    store(boss, provider="")

    assert not ProviderAccount.across.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"account_sid": "AC1"}, "It begins with AC and has 34 characters."),
        ({"sender": "much too long"}, "A number such as +358401234567"),
        ({"sender": "Klinikka", "replies_allowed": "on"}, "Only a number can be replied to."),
        ({"provider": "smoke"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused(
    practice: Practice, boss: Browser, typed: dict[str, str], words: str
) -> None:
    answer = store(boss, **{**TWILIO, **typed})

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not ProviderAccount.across.exists()


def test_email_instead_is_a_setting_of_the_organisation(practice: Practice, boss: Browser) -> None:
    store(boss, email_fallback="on")

    assert OrganisationSettings.objects.get(organisation=practice.organisation).email_fallback


def test_change_that_somebody_made_meanwhile_is_shown_without_secrets(
    practice: Practice, boss: Browser
) -> None:
    store(boss, **TWILIO)
    seen = typed_in(boss.get(PAGE))["seen"]
    store(boss, sender="Toinen")

    answer = boss.post(PAGE, {**TWILIO, "auth_token": "new-canary", "seen": seen})

    assert (answer.status_code, own(practice).sender) == (409, "Toinen")
    assert "Toinen" in text_of(answer)
    assert "canary" not in answer.content.decode()


def test_audit_log_holds_no_secret(practice: Practice, boss: Browser) -> None:
    store(boss, **LINK)
    store(boss, password="other-canary")

    entries = list(AuditEntry.across.filter(organisation=practice.organisation, kind="sms_provider"))
    assert [entry.label for entry in entries] == ["update", "insert"]
    assert "canary" not in json.dumps([[entry.before, entry.after] for entry in entries])
    assert own(practice).token not in json.dumps([entry.after for entry in entries])


def test_trial_sends_one_sms_and_says_so(practice: Practice, boss: Browser, twilio: FakeTwilio) -> None:
    store(boss, **TWILIO)

    answer = boss.post(TRIAL, {"mobile": "040 123 4567"})

    assert "The provider has taken it, from +358501112222" in text_of(answer)
    assert [(taken["to"], taken["from"]) for taken in twilio.taken] == [("+358401234567", "+358501112222")]
    assert own(practice).tested_at is not None
    assert not Message.across.exists()


def test_trial_that_fails_speaks_in_the_providers_words(
    practice: Practice, boss: Browser, twilio: FakeTwilio
) -> None:
    store(boss, **TWILIO)
    twilio.answers = [Answer(401, '{"code": 20003, "message": "Authenticate", "status": 401}')]

    answer = boss.post(TRIAL, {"mobile": "+358401234567"})

    assert answer.status_code == 422
    assert "20003" in text_of(answer)
    assert "20003" in own(practice).last_error


@pytest.mark.parametrize(
    ("mobile", "words"),
    [("12", "This is no telephone number."), ("+447911123456", "SMS to this country are not allowed here.")],
)
def test_trial_keeps_to_the_limits(
    practice: Practice, boss: Browser, twilio: FakeTwilio, mobile: str, words: str
) -> None:
    store(boss, **TWILIO)

    answer = boss.post(TRIAL, {"mobile": mobile})

    assert (answer.status_code, twilio.taken) == (422, [])
    assert words in text_of(answer)
    assert mobile in answer.content.decode()


def test_page_asks_for_who_came_long_ago(practice: Practice, owner: Browser) -> None:
    for answer in (owner.get(PAGE), owner.post(PAGE, TWILIO), owner.post(TRIAL, {"mobile": "1"})):
        assert answer.status_code == 302
        assert "reauthenticate" in answer.headers["Location"]
    assert not ProviderAccount.across.exists()


def test_demo_sends_nothing_by_an_own_account(
    practice: Practice, boss: Browser, twilio: FakeTwilio, settings: Settings, tmp_path: Any
) -> None:
    store(boss, **TWILIO)
    settings.DEMO, settings.SMS_TRANSPORT = True, "file"
    settings.MESSAGES_FILE = str(tmp_path / "messages.jsonl")

    boss.post(TRIAL, {"mobile": "040 123 4567"})

    assert (len(twilio.taken), len(written_messages())) == (0, 1)
    assert not Message.across.filter(channel=Channel.SMS, state=State.SENT).exists()
