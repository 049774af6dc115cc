"""The demo's telephone and mailbox."""

import pytest
from django.test import Client
from pytest_django import Settings

from clinics.models import Organisation
from notifications.delivery import deliver
from notifications.models import Channel
from tests.notifications.conftest import Queued

HOST = "demoklinikka.localhost:8000"


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.DEMO = True
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def page(client: Client, host: str = HOST, path: str = "/demo/messages/") -> str:
    response = client.get(path, headers={"host": host})
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def delivered(waiting: Queued, organisation: Organisation, other_organisation: Organisation) -> None:
    for message in (
        waiting(body="Koodi <123456>"),
        waiting(channel=Channel.EMAIL, to="maija@example.com", subject="Aihe & asia", body="Hei!"),
        waiting(organisation=other_organisation, body="Toisen viesti"),
    ):
        deliver(message.pk)


def test_page_shows_what_this_hosts_organisation_sent(
    client: Client, demo: None, delivered: None, organisation: Organisation
) -> None:
    organisation.name = "Demo Hammas Oy"
    organisation.save()
    shown = page(client)

    assert "Koodi &lt;123456&gt;" in shown
    assert "Aihe &amp; asia" in shown
    assert "<span>Demo Hammas Oy → maija@example.com</span>" in shown
    assert "Toisen viesti" not in shown


def test_other_organisations_host_shows_its_own(client: Client, demo: None, delivered: None) -> None:
    shown = page(client, host="pikkuhammas.localhost:8000")

    assert "Toisen viesti" in shown
    assert "Koodi" not in shown


def test_bare_host_shows_all(client: Client, demo: None, delivered: None) -> None:
    shown = page(client, host="localhost:8000")

    assert "Toisen viesti" in shown
    assert "Koodi" in shown


def test_live_part_is_the_inbox_alone(client: Client, demo: None, delivered: None) -> None:
    shown = page(client, path="/demo/messages/now/")

    assert "Koodi &lt;123456&gt;" in shown
    assert "<html" not in shown


def test_page_without_messages_says_so(client: Client, demo: None, organisation: Organisation) -> None:
    assert page(client).count('class="nothing"') == 2


@pytest.mark.parametrize("path", ["/demo/messages/", "/demo/messages/now/"])
def test_page_is_not_there_outside_the_demo(
    client: Client, settings: Settings, demo: None, delivered: None, path: str
) -> None:
    settings.DEMO = False

    assert client.get(path, headers={"host": HOST}).status_code == 404


def test_page_changes_nothing_and_takes_no_posts(
    client: Client, demo: None, organisation: Organisation
) -> None:
    assert client.post("/demo/messages/", headers={"host": HOST}).status_code == 405
