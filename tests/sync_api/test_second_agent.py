"""An agent that was written from the protocol alone works with the portal: all that it can ask, once."""

from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings
from django.test import override_settings

from clinics.accounts import issue_account_key
from clinics.scope import organisation_scope
from scheduling.appointments import appointments_seen, ask_clinic
from scheduling.cancellations import cancel_booking
from scheduling.changes import hold_new_time, move_booking
from scheduling.models import Booking, Slot
from tests.agent.histories.line import Line
from tests.agent.histories.world import served
from tests.conftest import Practice, open_practice
from tests.factories import next_monday_at
from tests.scheduling.booked import booked, fresh
from tests.scheduling.clinic_made import logged_in
from tests.sync_api.second_agent import ProblemFound, SecondAgent, Visit, Wire

CATALOGUE = {
    "clinics": [{"id": "c1", "name": "Toinen", "time_zone": "Europe/Helsinki"}],
    "practitioners": [{"id": "p1", "name": "Eino Elo", "clinics": ["c1"]}],
    "categories": [{"id": "exam", "name": "Tarkastus"}],
    "treatments": [{"id": "t1", "name": "Tarkastus", "minutes": 30, "category": "exam"}],
}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address(transactional_db: None) -> Iterator[tuple[str, httpx.Client]]:
    host = settings.API_URL.split("/")[2]
    with served() as port:
        line = Line(port, host)
        address = f"http://127.0.0.1:{port}/sync/v1/"
        with override_settings(API_URL=address), httpx.Client(transport=line) as client:
            yield address, client
            line.hang_up()


@pytest.fixture
def practice_and_agent(address: tuple[str, httpx.Client]) -> Iterator[tuple[Practice, SecondAgent]]:
    """Activated, and with Monday from 8 to 16 free."""
    practice = open_practice("demoklinikka")
    wire = Wire(*address)
    wire.activate(issue_account_key(organisation=practice.organisation))
    agent = SecondAgent(wire, (next_monday_at(8), next_monday_at(16)), "p1", "c1", CATALOGUE)
    agent.put_catalogue()
    agent.put_slots()
    with organisation_scope(practice.organisation.pk):
        yield practice, agent


def published(practice: Practice) -> list[tuple[object, object]]:
    rows = Slot.objects.filter(organisation=practice.organisation).order_by("starts_at")
    return [(slot.starts_at, slot.ends_at) for slot in rows]


def test_second_agent_keeps_its_book_in_step(practice_and_agent: tuple[Practice, SecondAgent]) -> None:
    practice, agent = practice_and_agent
    assert agent.put_slots(again=True) == {"sequence": 1, "replayed": True}
    booking = booked(practice)

    (entered,) = agent.work()
    assert (entered["outcome"], fresh(booking).appointment_id) == ("accepted", entered["appointment"])
    assert published(practice) == [
        (next_monday_at(8), next_monday_at(9)),
        (next_monday_at(9, 30), next_monday_at(16)),
    ]

    held = hold_new_time(organisation=practice.organisation, booking=booking, starts_at=next_monday_at(11))
    move_booking(organisation=practice.organisation, booking=booking, new_time=held.public_id)
    assert [result["outcome"] for result in agent.work()] == ["accepted"]
    assert agent.visits[0].start == next_monday_at(11)

    cancel_booking(organisation=practice.organisation, booking=fresh(booking))
    assert [result["outcome"] for result in agent.work()] == ["accepted"]
    assert published(practice) == [(next_monday_at(8), next_monday_at(16))]
    assert agent.wire.ask("GET", "status")["pending_events"] == 0


def test_second_agent_meets_what_goes_otherwise(practice_and_agent: tuple[Practice, SecondAgent]) -> None:
    practice, agent = practice_and_agent
    first = booked(practice)
    agent.result(agent.events()[0])  # written, and then the power went
    (entered,) = agent.work()
    assert (len(agent.visits), entered["appointment"]) == (1, "n1")

    moved = {"start": next_monday_at(13).isoformat(), "end": next_monday_at(13, 30).isoformat()}
    agent.desk_change(str(first.public_id), state="moved", **moved, practitioner="p1", notify_patient=False)
    assert fresh(first).starts_at == next_monday_at(13)

    second = booked(practice, next_monday_at(10))
    agent.visits.append(Visit("d1", next_monday_at(10), next_monday_at(11), "p1", "c1"))
    (refused,) = agent.work()
    assert (refused["reason"], fresh(second).state) == ("taken", Booking.State.REFUSED)

    login, _ = logged_in(practice)
    ask_clinic(organisation=practice.organisation, login=login)
    agent.work()
    assert appointments_seen(organisation=practice.organisation, login=login).is_complete

    agent.desk_change(str(first.public_id), state="cancelled", notify_patient=True)
    assert fresh(first).state == Booking.State.CANCELLED

    other = Wire(agent.wire.base, agent.wire.http)
    other.activate(issue_account_key(organisation=practice.organisation))
    with pytest.raises(ProblemFound) as told:
        agent.put_slots()
    assert (told.value.status, told.value.kind) == (409, "urn:portal:agent-superseded")
    assert other.ask("GET", "status")["sequence"] == 0
