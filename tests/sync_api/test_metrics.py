"""The operator's metrics: for who has the token, in Prometheus's words, and about nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from clinics.models import OrganisationSettings
from notifications.models import Channel, Kind, Message, Priority, RouteState, SendingPause, State
from notifications.totals import count_message
from scheduling.models import AgentLink, Booking, BookingPatient
from sync_api.desk import metrics
from tests.conftest import Practice
from tests.factories import BookingFactory
from tests.pages.conftest import Browser

pytestmark = pytest.mark.django_db
TOKEN = "a-token-that-is-long-enough-for-anybody"


@pytest.fixture(autouse=True)
def watched(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "kept", metrics.Kept())
    settings.METRICS_TOKEN, settings.METRICS_KEEP_SECONDS = TOKEN, 0


def scraped(token: str = TOKEN) -> Any:
    return Browser("admin.localhost:8000").get("/metrics/", headers={"authorization": f"Bearer {token}"})


def numbers() -> dict[str, float]:
    """Each sample as the library's parser reads it: ``name{label=value,…}``."""
    found = {}
    for family in text_string_to_metric_families(scraped().content.decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def queue(practice: Practice, about: str, **values: Any) -> Message:
    message: Message = Message.across.create(
        organisation=practice.organisation,
        about=about,
        **{
            "channel": Channel.SMS,
            "kind": Kind.CONFIRMATION,
            "to": "+358409998877",
            "language": "fi",
            "body": "Canaria",
            "next_attempt_at": timezone.now() - timedelta(hours=1),
            **values,
        },
    )
    return message


def test_queue_is_told_by_class_and_channel(practice: Practice, other_practice: Practice) -> None:
    ago = timezone.now() - timedelta(minutes=10)
    queue(practice, "a", created_at=ago, priority=Priority.SOMEBODY_WAITS)
    queue(practice, "b", next_attempt_at=timezone.now() + timedelta(days=1))
    queue(other_practice, "c", channel=Channel.EMAIL)
    OrganisationSettings.objects.filter(organisation=practice.organisation).update(messages_paused=True)
    queue(practice, "d")

    found = numbers()

    assert found["portal_messages_due{channel=sms,class=code}"] == 1
    assert found["portal_messages_due_age_seconds{channel=sms,class=code}"] == pytest.approx(600, abs=30)
    assert found["portal_messages_due{channel=email,class=soon}"] == 1
    assert found["portal_messages_due{channel=sms,class=soon}"] == 0
    assert found["portal_messages_held_by_clinics"] == 1
    assert found["portal_clinics_paused"] == 1


def test_totals_breakers_pauses_agents_and_bookings_are_told(
    practice: Practice, other_practice: Practice
) -> None:
    for outcome in ("sent", "sent", "failed"):
        count_message(outcome=outcome, channel="sms", provider="twilio")
    RouteState.objects.create(route="sms", closed_until=timezone.now())
    RouteState.objects.create(route="sms:7", last_success_at=timezone.now())
    SendingPause.objects.create()
    now = timezone.now()
    heard = {"last_seen_at": now, "last_push_at": now - timedelta(minutes=20)}
    AgentLink.objects.update_or_create(organisation=practice.organisation, defaults=heard)
    old = {"last_seen_at": now - timedelta(days=9), "last_push_at": now - timedelta(days=9)}
    AgentLink.objects.update_or_create(organisation=other_practice.organisation, defaults=old)
    BookingFactory(organisation=practice.organisation, booked_at=now)

    found = numbers()

    assert found["portal_messages_total{channel=sms,outcome=sent,provider=twilio}"] == 2
    assert found["portal_messages_total{channel=sms,outcome=failed,provider=twilio}"] == 1
    assert found["portal_breakers_closed{account=sms}"] == 1
    assert found["portal_breakers_closed{account=own}"] == 0
    assert found["portal_last_success_timestamp_seconds{account=own}"] > 0
    assert found["portal_sending_stopped"] == 1
    assert (found["portal_agents{state=online}"], found["portal_agents{state=silent}"]) == (1, 1)
    assert (found["portal_agents_by_last_push{age=1h}"], found["portal_agents_by_last_push{age=older}"]) == (
        1,
        1,
    )
    assert found["portal_bookings_last_hour"] == 1
    assert found["portal_up{what=database}"] == 1


def test_nothing_in_it_is_about_anybody(practice: Practice) -> None:
    canaries = ["Canaria", "Kanarinen", "canary@example.com", "+358409998877", "SM-canary"]
    organisation = practice.organisation
    organisation.name = "Canaria Hammas"
    organisation.save()
    booking = BookingFactory(organisation=organisation, state=Booking.State.BOOKED)
    BookingPatient.across.filter(booking=booking).delete()
    BookingPatient.across.create(
        organisation=organisation,
        booking=booking,
        first_name="Canaria",
        last_name="Kanarinen",
        email="canary@example.com",
        mobile="+358409998877",
        language="fi",
        consented_at=timezone.now(),
    )
    queue(
        practice,
        "canary@example.com",
        state=State.FAILED,
        last_error="Canaria",
        provider_reference="SM-canary",
    )
    RouteState.objects.create(route="sms", last_error="To +358409998877: Kanarinen")

    text = scraped().content.decode()

    assert "portal_messages_due" in text
    assert [canary for canary in [*canaries, organisation.subdomain] if canary in text] == []


def test_only_who_knows_the_token_reads_it(practice: Practice, settings: Settings) -> None:
    for wrong in ("", "x", TOKEN[:-1], f"{TOKEN}x", "ö"):
        response = scraped(wrong)
        assert response.status_code == 401
        assert b"portal_" not in response.content
    browser = Browser("admin.localhost:8000")
    assert browser.get(f"/metrics/?token={TOKEN}").status_code == 401
    assert browser.post("/metrics/", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 405
    assert Browser(f"{practice.organisation.subdomain}.localhost:8000").get("/metrics/").status_code == 404

    settings.METRICS_TOKEN = ""
    assert scraped("").status_code == scraped().status_code == 404


def test_scrape_takes_as_many_queries_for_any_backlog(
    practice: Practice, settings: Settings, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        queue(practice, f"{number}")

    with django_assert_max_num_queries(12):
        scraped()
    settings.METRICS_KEEP_SECONDS = 60
    scraped()
    with django_assert_max_num_queries(0):
        scraped()


def test_database_that_does_not_answer_is_told_and_nothing_else(practice: Practice) -> None:
    def away(*_args: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(away):
        found = numbers()

    assert found["portal_up{what=database}"] == 0
    assert not [name for name in found if name.startswith("portal_messages")]


@pytest.mark.parametrize(
    ("token", "ids"), [("", {"sync_api.W001"}), ("short", {"sync_api.E002"}), (TOKEN, set())]
)
def test_check_looks_at_the_token(settings: Settings, token: str, ids: set[str]) -> None:
    settings.METRICS_TOKEN = token

    found = {message.id for message in run_checks(include_deployment_checks=True)}

    assert {name for name in found if name and name.startswith("sync_api")} == ids
