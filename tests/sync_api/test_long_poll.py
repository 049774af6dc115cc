"""The long poll, at a real server: it waits, answers at once, and costs nothing while it waits."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest
from django.db import connection, connections

from clinics.accounts import issue_account_key
from scheduling.models import AgentLink
from sync_api import listener
from sync_api.listener import Listener
from tests.conftest import Practice, open_practice
from tests.sync_api.client import HttpTransport, SyncAgent
from tests.sync_api.live import running_api
from tests.sync_api.test_events import accepted, booked

Activate = Callable[[Practice], SyncAgent]

pytestmark = [pytest.mark.xdist_group("long poll"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def running_address(django_db_setup: None) -> Iterator[str]:
    """One API for all tests, each of which has organisations of its own."""
    with running_api() as address:
        yield address


@pytest.fixture
def api_url(running_address: str, transactional_db: None) -> str:
    return running_address


@pytest.fixture
def live_agent(api_url: str) -> Iterator[Activate]:
    """Activates an agent of a practice at the running API, and connects it."""
    transports: list[HttpTransport] = []

    def activate(practice: Practice) -> SyncAgent:
        transports.append(HttpTransport(api_url))
        key = issue_account_key(organisation=practice.organisation)
        agent = SyncAgent.activated(transports[-1], key, api_url=api_url)
        agent.status()
        return agent

    yield activate
    for transport in transports:
        transport.client.close()


def test_long_poll_is_told_of_what_happens_after_it_was_heard(api_url: str, live_agent: Activate) -> None:
    practice, other = open_practice("demoklinikka"), open_practice("pikkuhammas")
    agent, other_agent = live_agent(practice), live_agent(other)
    assert agent.events(wait=1).json()["events"] == []

    AgentLink.objects.update(last_seen_at=None)
    with ThreadPoolExecutor() as pool:
        waiting, others = pool.submit(agent.events, wait=30), pool.submit(other_agent.events, wait=2)
        wait_until_heard()
        booked(practice)
        (event,) = waiting.result().json()["events"]
        assert event["type"] == "booking.created"
        assert others.result().json()["events"] == []

    agent.acknowledge(accepted(event["id"]))
    assert agent.events().json() == {"events": [], "cursor": 1}


def test_notification_wakes_who_waits_for_it_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once: what would find it otherwise, by looking now and then, is not to look in this hour."""
    monkeypatch.setattr(listener, "CHECK_SECONDS", 3600.0)
    practice, other = open_practice("demoklinikka"), open_practice("pikkuhammas")

    def book() -> None:
        try:
            booked(practice)
        finally:
            connections.close_all()

    async def hear() -> bool:
        ears = Listener()
        ears.start()
        async with asyncio.timeout(60):
            await ears.told(practice.organisation.pk, 0)  # it listens from now on
            told, others = (
                asyncio.ensure_future(ears.told(whose.organisation.pk, ears.mark))
                for whose in (practice, other)
            )
            await asyncio.to_thread(book)
            await told
        is_other_told = others.done()
        await ears.stop()
        return is_other_told

    assert not asyncio.run(hear())


@pytest.mark.parametrize(("payload", "woken"), [("7", 1), ("7 3", 1), ("", 0), ("x 3", 0)])
def test_notification_says_what_the_counter_will_be(payload: str, woken: int) -> None:
    """So that looking at the counters wakes nobody for what has been told."""
    ears = Listener()

    ears._hear(payload)

    assert ears.mark == woken
    assert ears._known == ({7: 3} if " " in payload and woken else {})


def test_long_poll_hears_again_after_its_connection_is_lost(api_url: str, live_agent: Activate) -> None:
    practice = open_practice("demoklinikka")
    agent = live_agent(practice)
    assert agent.events(wait=1).json()["events"] == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    AgentLink.objects.update(last_seen_at=None)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(agent.events, wait=25)
        wait_until_heard()
        booked(practice)
        assert len(waiting.result().json()["events"]) == 1


def test_long_poll_ends_when_another_agent_takes_over(api_url: str, live_agent: Activate) -> None:
    practice = open_practice("demoklinikka")
    agent = live_agent(practice)

    with ThreadPoolExecutor() as pool:
        AgentLink.objects.update(last_seen_at=None)
        waiting = pool.submit(agent.events, wait=30)
        wait_until_heard()
        live_agent(practice)
        answer = waiting.result()

    # Whoever waits to the end is told that there is nothing.
    assert (answer.status, answer.kind) == (409, "agent-superseded")


def test_waiting_agents_hold_no_thread_and_no_connection(api_url: str, live_agent: Activate) -> None:
    practice = open_practice("demoklinikka")
    agent = live_agent(practice)
    before = resources(api_url)
    headers = {"Authorization": f"Bearer {agent.access_token}"}
    limits = httpx.Limits(max_connections=100)
    with (
        httpx.Client(base_url=api_url, trust_env=False, limits=limits, timeout=40) as client,
        ThreadPoolExecutor(60) as pool,
    ):
        polls = [pool.submit(client.get, "events?wait=30", headers=headers) for _ in range(60)]
        eventually(lambda: open_sockets(api_url) >= 60)
        agent.events()  # is asked after them, each in its turn
        # Threads of requests that are over take a moment to end.
        eventually(lambda: resources(api_url)[0] <= before[0] + 20 or polls[0].done())
        connected = resources(api_url)[1]
        assert not any(poll.done() for poll in polls)
        booked(practice)
        answers = [poll.result().json() for poll in polls]

    assert connected <= 12  # the pool of ten, the listener, and this test
    assert [len(answer["events"]) for answer in answers] == [1] * 60


def test_clients_that_hang_up_leave_nothing_behind(api_url: str, live_agent: Activate) -> None:
    practice = open_practice("demoklinikka")
    agent = live_agent(practice)
    headers = {"Authorization": f"Bearer {agent.access_token}"}
    before = open_sockets(api_url)
    with ThreadPoolExecutor(20) as pool:
        for _ in range(20):
            pool.submit(hang_up, api_url, headers)

    eventually(lambda: open_sockets(api_url) == before)
    assert agent.status().status == 200


def hang_up(api_url: str, headers: dict[str, str]) -> None:
    with httpx.Client(base_url=api_url, trust_env=False) as client, pytest.raises(httpx.ReadTimeout):
        client.get("events?wait=25", headers=headers, timeout=1)


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def server(api_url: str) -> list[psutil.Process]:
    """The API's processes: granian's main one and its worker."""
    port = str(httpx.URL(api_url).port)
    children = psutil.Process().children(recursive=True)
    return [
        child
        for child in children
        if (child.is_running() and port_of(child) == port) or is_worker(child, port)
    ]


def port_of(process: psutil.Process) -> str:
    words = process.cmdline()
    return words[words.index("--port") + 1] if "--port" in words else ""


def is_worker(process: psutil.Process, port: str) -> bool:
    parent = process.parent()
    return parent is not None and port_of(parent) == port


def resources(api_url: str) -> tuple[int, int]:
    """How many threads the API has, and how many connections the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        connected = cursor.fetchone()[0]
    return sum(process.num_threads() for process in server(api_url)), connected


def open_sockets(api_url: str) -> int:
    """How many clients are connected to the API."""
    port = httpx.URL(api_url).port
    return sum(
        1
        for process in server(api_url)
        for socket in process.net_connections("tcp")
        if socket.laddr.port == port and socket.status == psutil.CONN_ESTABLISHED
    )


def wait_until_heard() -> None:
    """Until the questions of all agents have reached Django, which notes that it has heard them."""
    eventually(lambda: not AgentLink.objects.filter(last_seen_at=None).exists())
