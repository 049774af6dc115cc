"""A configuration that cannot send is found by ``check --deploy``."""

from pytest_django import Settings

from notifications.checks import check_transports


def test_check_is_silent_when_all_is_set() -> None:
    assert check_transports() == []


def test_check_finds_what_cannot_send(settings: Settings) -> None:
    settings.EMAIL_TRANSPORT, settings.SMS_TRANSPORT = "pigeon", "twilio"
    settings.TWILIO_ACCOUNT_SID = ""

    assert [found.id for found in check_transports()] == ["notifications.E001", "notifications.W003"]


def test_check_finds_a_missing_file(settings: Settings) -> None:
    settings.MESSAGES_FILE = ""

    assert [found.id for found in check_transports()] == ["notifications.E002"]
