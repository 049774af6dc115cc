"""The link at the end of a reminder by e-mail, for people and for mail programs."""

from urllib.parse import urlsplit

import pytest

from clinics.scope import organisation_scope
from notifications.models import Channel, EmailRefusal, Kind, Message, State
from notifications.outbox import queue_message
from notifications.unsubscribing import digest_of, may_email, unsubscribe_url
from tests.conftest import Practice
from tests.pages.conftest import Browser, text_of

pytestmark = pytest.mark.django_db

MAIJA = "Maija@example.com"


def path_for(practice: Practice, address: str = MAIJA) -> str:
    return urlsplit(unsubscribe_url(practice.organisation, address)).path


def may(practice: Practice, address: str = MAIJA) -> bool:
    with organisation_scope(practice.organisation.pk):
        return may_email(organisation=practice.organisation, address=address)


def waiting(practice: Practice, kind: Kind, to: str = MAIJA) -> Message:
    with organisation_scope(practice.organisation.pk):
        message = queue_message(
            organisation=practice.organisation,
            kind=kind,
            channel=Channel.EMAIL,
            to=to,
            language="fi",
            values={"date": "ma 23.11.", "time": "9.00", "clinic": "Demo"},
            about=f"booking:{kind}:{to}",
        )
    assert message is not None
    return message


def test_looking_changes_nothing(practice: Practice) -> None:
    response = Browser(practice.host).get(path_for(practice))

    assert response.status_code == 200
    assert may(practice)
    assert "no-store" in response.headers["Cache-Control"]


def test_no_ends_reminders_and_only_those(practice: Practice, other_practice: Practice) -> None:
    going = waiting(practice, Kind.REMINDER_1)
    staying = [
        waiting(practice, Kind.CONFIRMATION),
        waiting(practice, Kind.REMINDER_1, "otso@example.com"),
        waiting(other_practice, Kind.REMINDER_1),
    ]

    response = Browser(practice.host).post(path_for(practice, "maija@example.com "), {"answer": "no"})

    assert response.status_code == 302
    assert (may(practice), may(practice, "otso@example.com"), may(other_practice)) == (False, True, True)
    assert Message.across.get(pk=going.pk).state == State.CANCELLED
    assert {Message.across.get(pk=message.pk).state for message in staying} == {State.WAITING}
    assert "no more reminders" in text_of(Browser(practice.host).get(path_for(practice)))


def test_mail_program_needs_no_page_and_no_cookie(practice: Practice) -> None:
    browser = Browser(practice.host)
    browser.handler.enforce_csrf_checks = True

    response = browser.post(path_for(practice), {"List-Unsubscribe": "One-Click"})

    assert (response.status_code, may(practice)) == (204, False)


def test_no_can_be_said_twice_and_taken_back(practice: Practice) -> None:
    browser = Browser(practice.host)
    for answer in ("no", "no", "yes"):
        browser.post(path_for(practice), {"answer": answer})

    assert may(practice)
    assert not EmailRefusal.across.exists()


def test_table_holds_no_address(practice: Practice) -> None:
    Browser(practice.host).post(path_for(practice), {"answer": "no"})

    stored = bytes(EmailRefusal.across.get().address_digest)
    assert stored == digest_of(practice.organisation, "maija@example.com")
    assert b"maija" not in stored


@pytest.mark.parametrize("key", ["a", "A" * 32, "-" * 31, "0" * 2000])
def test_invented_link_is_not_found(practice: Practice, key: str) -> None:
    browser = Browser(practice.host)

    assert browser.get(f"/no-reminders/{key}/").status_code == 404
    assert browser.post(f"/no-reminders/{key}/").status_code == 404
    assert not EmailRefusal.across.exists()


def test_link_still_works_after_the_key_has_changed(practice: Practice, settings: object) -> None:
    path = path_for(practice)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another" * 9  # type: ignore[attr-defined]

    Browser(practice.host).post(path, {"answer": "no"})

    assert not may(practice)
