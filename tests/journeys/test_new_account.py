"""An account that is opened beside the running portal works at once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from booking_portal.launch.commands import run_python
from tests.journeys.patient import Patient
from tests.journeys.portal import Portal
from tests.journeys.waiting import eventually
from tests.sync_api.client import HttpTransport, SyncAgent, catalogue_body, window

pytestmark = pytest.mark.xdist_group("journeys")


def next_monday() -> datetime:
    """Eight o'clock (UTC) on the Monday of the week after next."""
    today = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    return today + timedelta(days=14 - today.weekday())


@pytest.fixture
def transport(portal: Portal) -> Iterator[HttpTransport]:
    transport = HttpTransport(portal.addresses.api_url)
    yield transport
    transport.client.close()


def test_account_opened_beside_the_running_portal_is_bookable_at_once(
    portal: Portal, transport: HttpTransport
) -> None:
    names = ("--name", "Uusi Hammas", "--subdomain", "uusihammas", "--language", "sv", "--country", "SE")
    account = json.loads(run_python(["manage.py", "open_account", "--json", *names], portal.environment))
    assert account["portal_url"] == portal.url("uusihammas")
    api_url = portal.addresses.api_url
    begin = next_monday()

    agent = SyncAgent.activated(transport, account["account_key"], api_url=api_url)
    assert agent.put_catalogue(catalogue_body()).status == 200
    pushed = agent.put_slots(1, free_morning(begin))
    assert pushed.status == 200, pushed.content

    with Patient(portal, "uusihammas", language="sv") as patient:
        patient.choose("Tarkastus 30 min", "Aino Aalto")
        assert patient.times() == [begin, begin + timedelta(minutes=30)]
        patient.hold(begin)
        patient.give_details(national_id="19811218-9876")
        patient.type_code()
        assert patient.path.endswith("/done/")
        [event] = agent.events(wait=10).json()["events"]
        assert event["data"]["booking"] == patient.booking_id
        accepted = {"event": event["id"], "outcome": "accepted", "appointment": "a1"}
        assert agent.acknowledge(accepted).status == 200
        eventually(lambda: portal.booking(patient.booking_id)["accepted_at"], "the booking is accepted")
        assert portal.booking(patient.booking_id)["appointment_id"] == "a1"


def free_morning(begin: datetime) -> dict[str, object]:
    end = begin + timedelta(hours=1)
    midnight = begin.replace(hour=0)
    free = {"start": begin.isoformat(), "end": end.isoformat(), "categories": ["exam"]}
    around = {"from": midnight.isoformat(), "to": (midnight + timedelta(days=7)).isoformat()}
    return window(free, **around)
