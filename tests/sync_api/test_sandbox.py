"""Sandboxes: what goes wrong there on request, who copes with it, and that no patient ever sees one."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from agent import portal as agent_portal
from agent.books.sample.book import SampleBook
from agent.desk_changes import DeskChanges
from agent.events import EventReader
from agent.identity import Identity
from agent.problems import PortalError, Superseded, TryLater
from agent.push_state import PushState
from agent.pusher import Pusher
from clinics.accounts import issue_account_key
from clinics.models import Organisation, OrganisationSettings
from scheduling.models import AgentLink
from sync_api import sandbox_faults
from sync_api.meters import agents, bookings
from sync_api.sandbox import open_sandbox
from sync_api.sandbox_faults import Fault
from sync_api.tasks import tell_of_silent_agents
from tests.agent.small_book import fill_small_book
from tests.agent.test_conformance import InProcess
from tests.conftest import Practice
from tests.pages.conftest import Browser
from tests.sync_api.client import Answered, Body, DjangoTransport, SyncAgent, catalogue_body

pytestmark = pytest.mark.django_db


class Author:
    """Somebody who writes an agent: has the sandbox's key, asks for faults and reads the report."""

    def __init__(self) -> None:
        self.organisation, self.key = open_sandbox(name="Author", subdomain="tryout")
        self.transport = DjangoTransport()

    def ask(self, method: str, path: str, content: bytes = b"") -> Answered:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        return self.transport.send(method, path, content, headers)

    def want(self, fault: str) -> None:
        assert self.ask("POST", "sandbox/faults", b'{"fault": "%s"}' % fault.encode()).status == 201

    def book(self) -> str:
        answer = self.ask("POST", "sandbox/bookings")
        assert answer.status == 201, answer.content
        return str(answer.json()["booking"])

    def verdicts(self) -> dict[str, str]:
        return {trial["fault"]: trial["state"] for trial in self.ask("GET", "sandbox").json()["trials"]}


@pytest.fixture
def author(db: None, monkeypatch: pytest.MonkeyPatch) -> Author:
    monkeypatch.setattr(sandbox_faults, "SLOW_SECONDS", 0)
    return Author()


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        yield traveller


class ReferenceAgent:
    """The agent of this project, step by step, without its threads."""

    def __init__(self, author: Author, folder: Path, clock: Any) -> None:
        activated = SyncAgent.activated(DjangoTransport(), author.key)
        identity = Identity(
            agent_id=activated.agent_id,
            generation=activated.generation,
            organisation="Author",
            api_url="https://api.example.com/sync/v1/",
            private_key=dict(activated.key.as_dict(private=True)),
        )
        self.book = SampleBook(f"sqlite:///{folder / 'book.db'}")
        fill_small_book(self.book)
        self.portal = agent_portal.Portal(identity)
        self.portal._client = httpx.Client(base_url=settings.API_URL, transport=InProcess())
        self.state = PushState(folder, agent=activated.agent_id)
        self.pusher = Pusher(self.book, self.portal, self.state)
        self.reader = EventReader(self.book, self.portal, on_change=_nothing, on_taken=_nothing)
        self.desk = DeskChanges(self.book, self.portal, self.state, writing=self.reader.writing)
        self.clock = clock
        self.is_stopped = False

    def work(self) -> None:
        """A round of everything, and once more what has failed, after a rest."""
        for step in (self.read, self.push):
            for _ in range(4):
                if self.is_stopped or self.is_done(step):
                    break

    def is_done(self, step: Callable[[], object]) -> bool:
        try:
            step()
        except Superseded:
            self.is_stopped = True
        except PortalError as trouble:
            self.clock.shift((isinstance(trouble, TryLater) and trouble.after) or 1)
            return False
        return True

    def read(self) -> None:
        self.reader.read(wait=0)

    def push(self) -> None:
        self.pusher.meet()
        self.desk.tell(datetime.now(UTC))
        self.pusher.push(datetime.now(UTC))

    def close(self) -> None:
        self.book.close()
        self.portal.close()
        self.state.close()


def _nothing(*_: object) -> None:
    pass


def test_agent_of_this_project_copes_with_every_fault(author: Author, tmp_path: Path, clock: Any) -> None:
    agent = ReferenceAgent(author, tmp_path, clock)
    agent.work()
    bookings = [author.book()]
    agent.work()
    for fault in Fault:
        author.want(fault)
        if fault in (Fault.LOST_ANSWER, Fault.LOST_ACKNOWLEDGEMENT):
            bookings.append(author.book())
        agent.work()
        agent.work()
        if fault == Fault.SUPERSEDED:
            assert agent.is_stopped
            clock.shift(40)
            agent.is_stopped = False  # somebody activates it again

    assert author.verdicts() == dict.fromkeys(Fault.values, "handled")
    entered = [one.booking for one in agent.book.portal_bookings(ended_after=datetime.now(UTC))]
    assert sorted(entered) == sorted(bookings)
    agent.close()


def careless(author: Author) -> SyncAgent:
    """An agent that has a booking to answer, and whose author has not read the protocol."""
    agent = SyncAgent.activated(author.transport, author.key)
    agent.put_catalogue(catalogue_body())
    agent.put_slots(1, week())
    author.book()
    return agent


def week(hour: int = 8) -> Body:
    monday = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday += timedelta(days=14 - monday.weekday())
    start, end = (monday + timedelta(hours=at) for at in (hour, 16))
    slots = [{"start": start.isoformat(), "end": end.isoformat()}]
    whole = {"from": monday.isoformat(), "to": (monday + timedelta(days=7)).isoformat()}
    return {"practitioner": "p1", "clinic": "c1", **whole, "slots": slots}


def pushes_something_else(agent: SyncAgent) -> None:
    agent.put_slots(2, week(9))
    agent.put_slots(2, week(10))


def enters_twice(agent: SyncAgent) -> None:
    for appointment in ("a1", "a2"):
        agent.acknowledge({"event": 1, "outcome": "accepted", "appointment": appointment})


def believes_it_is_new(agent: SyncAgent) -> None:
    agent.acknowledge({"event": 1, "outcome": "accepted", "appointment": "a1"})
    (event,) = agent.events().json()["events"]
    agent.acknowledge({"event": event["id"], "outcome": "accepted", "appointment": "a2"})


def asks_on(agent: SyncAgent) -> None:
    for _ in range(10):
        agent.status()


CARELESSNESS: dict[Fault, Callable[[SyncAgent], None]] = {
    Fault.LOST_ANSWER: pushes_something_else,
    Fault.LOST_ACKNOWLEDGEMENT: enters_twice,
    Fault.DUPLICATE_EVENT: believes_it_is_new,
    Fault.EXPIRY: asks_on,
    Fault.SUPERSEDED: asks_on,
    Fault.RATE_LIMITED: asks_on,
}


@pytest.mark.parametrize("fault", CARELESSNESS)
def test_careless_agent_is_found_out_by_name(author: Author, clock: Any, fault: Fault) -> None:
    agent = careless(author)
    author.want(fault)

    CARELESSNESS[fault](agent)
    clock.shift(40)

    assert author.verdicts() == {fault: "not-handled"}
    (trial,) = author.ask("GET", "sandbox").json()["trials"]
    assert trial["found"].endswith((".", "?"))


def test_agent_that_gives_up_has_not_handled_it(author: Author) -> None:
    agent = careless(author)
    author.want("clock-skew")

    assert agent.status().kind == "token-invalid"
    refused = agent.ask_token()

    assert (refused.status, refused.json()["error"]) == (401, "invalid_client")
    assert "clock reads" in refused.json()["error_description"]
    assert author.verdicts() == {"clock-skew": "playing"}


def test_faults_are_played_one_after_the_other(author: Author) -> None:
    agent = careless(author)
    author.want("token-refused")
    author.want("lost-answer")

    assert author.verdicts() == {"token-refused": "waiting", "lost-answer": "waiting"}
    assert agent.put_slots(2, week()).status == 401
    agent.access_token = ""
    assert agent.put_slots(2, week()).status == 504
    assert agent.put_slots(2, week()).json()["replayed"] is True
    assert author.verdicts() == {"token-refused": "handled", "lost-answer": "handled"}


def test_sandbox_is_never_published(author: Author, practice: Practice) -> None:
    for organisation in (author.organisation, practice.organisation):
        OrganisationSettings.objects.filter(organisation=organisation).update(
            publish_on_portal=True, publish_on_marketplace=True
        )

    shown = OrganisationSettings.objects.values_list(
        "organisation", "publish_on_portal", "publish_on_marketplace"
    )
    assert set(shown) == {(author.organisation.pk, False, False), (practice.organisation.pk, True, True)}
    assert (
        SyncAgent.activated(author.transport, author.key).status().json()["portal"]["state"] == "unpublished"
    )


def test_sandbox_is_for_its_own_key_alone(
    author: Author, practice: Practice, practice_agent: SyncAgent
) -> None:
    author.want("slow")
    key = issue_account_key(organisation=practice.organisation)
    practice_agent.status()

    for secret in (key, practice_agent.access_token, "nobody"):
        headers = {"Authorization": f"Bearer {secret}"}
        for method, path in (("GET", "sandbox"), ("POST", "sandbox/faults"), ("POST", "sandbox/bookings")):
            answer = author.transport.send(method, path, b"", headers)
            assert (answer.status, answer.kind) == (401, "account-key-invalid")
    assert practice_agent.status().status == 200
    assert author.verdicts() == {"slow": "waiting"}


def test_sandbox_without_free_time_says_so(author: Author) -> None:
    answer = author.ask("POST", "sandbox/bookings")

    assert (answer.status, answer.json()["type"]) == (409, "about:blank")


def test_unknown_fault_is_refused(author: Author) -> None:
    answer = author.ask("POST", "sandbox/faults", b'{"fault": "earthquake"}')

    assert (answer.status, answer.kind, answer.pointers) == (422, "invalid-body", ["/fault"])


def test_sandbox_whose_agent_is_gone_rings_no_bells(author: Author, practice: Practice) -> None:
    careless(author)
    now = timezone.now()
    for organisation in (author.organisation, practice.organisation):
        heard = {"last_seen_at": now - timedelta(days=9), "last_push_at": now - timedelta(days=9)}
        AgentLink.objects.update_or_create(organisation=organisation, defaults=heard)

    tell_of_silent_agents()

    alarmed = AgentLink.objects.exclude(alarmed_at=None).values_list("organisation", flat=True)
    assert list(alarmed) == [practice.organisation.pk]
    told = {
        (sample.name, *sample.labels.values()): sample.value
        for family in (*agents(), *bookings())
        for sample in family.samples
    }
    assert (told["portal_agents", "silent"], told["portal_agents", "online"]) == (1, 0)
    assert (told["portal_agent_events_waiting",], told["portal_bookings_last_hour",]) == (0, 0)


def test_sandbox_is_opened_by_a_command(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("open_sandbox", name="Author", subdomain="Tryout")

    assert "tryout-" in capsys.readouterr().out
    assert Organisation.objects.get().sandbox
    assert Browser("tryout.localhost:8000").get("/").status_code != 500
    with pytest.raises(CommandError):
        call_command("open_sandbox", name="Author", subdomain="tryout")
