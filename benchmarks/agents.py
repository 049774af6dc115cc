"""From booking to agent: how long after a patient's last click the clinic's waiting agent is told.

And what so many waiting agents cost: memory, events a second, and other organisations' pages meanwhile.
"""

import multiprocessing
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle
from multiprocessing.context import ForkProcess
from typing import Any

import orjson
import psutil
from django.db import connection

from benchmarks.bookings import Codes, Wish, book
from benchmarks.data import Practice, bookable_starts, working_days
from benchmarks.exchange import get
from benchmarks.load import Asked, Script, drive
from benchmarks.pages import Target
from benchmarks.servers import Stage, at
from benchmarks.table import Row, quantile
from clinics.scope import organisation_scope
from scheduling.events import tell_agent
from scheduling.models import AgentEvent
from sync_api.models import Agent
from sync_api.tokens import issue_token

MOST_BOOKINGS = 100
LEAD_SECONDS = 3.0
LONGEST_SECONDS = 5.0
FLOOD_SECONDS = 3.0
BESIDE_SECONDS = 4.0
EVENTS_A_SECOND = 50
PAGE_CONNECTIONS = 4
ROUNDS = 3
MIB = 1024 * 1024
FORKED = multiprocessing.get_context("fork")


class Watch:
    """When each organisation's booking was sent off, and when its agent knew."""

    def __init__(self) -> None:
        self.sent: dict[int, float] = {}
        self.told: dict[int, float] = {}

    @property
    def seconds(self) -> list[float]:
        return [self.told[pk] - sent for pk, sent in self.sent.items() if pk in self.told]


def activated(practices: Sequence[Practice]) -> list[Agent]:
    """An agent for each, as if it had been activated long ago."""
    agents: list[Any] = [
        Agent(organisation=practice.organisation, generation=1, public_key={}) for practice in practices
    ]
    return Agent.across.bulk_create(agents)


def wait_for_events(stage: Stage, agent: Agent, watch: Watch) -> Script:
    """Holds the long poll, and asks again after each answer."""
    headers = {"Authorization": f"Bearer {issue_token(agent)}"}
    cursor = 0
    while True:
        answer = yield get(stage.api_host, f"/sync/v1/events?wait=30&after={cursor}", headers)
        told = orjson.loads(answer.require(200).body)
        if told["events"]:
            watch.told.setdefault(agent.organisation_id, time.perf_counter())
        cursor = told["cursor"]


def book_each(stage: Stage, practices: Sequence[Practice], codes: Codes, watch: Watch) -> Script:
    """One booking with each organisation, one after the other, each until its agent knows."""
    for practice in practices:
        starts_at = next(bookable_starts(working_days(), 0))
        yield from noted(stage, Wish(practice, practice.practitioners[0], starts_at), codes, watch)
        deadline = time.perf_counter() + LONGEST_SECONDS
        while practice.organisation.pk not in watch.told and time.perf_counter() < deadline:
            yield get(stage.host(practice.subdomain), "/health/")


def noted(stage: Stage, wish: Wish, codes: Codes, watch: Watch) -> Script:
    """A booking that notes when its last request was sent off."""
    script = book(stage, wish, codes, [])
    request = next(script)
    with suppress(StopIteration):
        while True:
            watch.sent[wish.practice.organisation.pk] = time.perf_counter()
            answer = yield request
            request = script.send(answer)


def agent_rows(stage: Stage, practices: Sequence[Practice], page: Target) -> list[Row]:
    """With so many agents waiting: bookings, a flood of events, and the pages of another organisation."""
    agents = activated(practices)
    connection.close()
    before = memory_at(stage.api)
    latency, with_agents = booking_row(stage, practices, agents)
    name = f"memory of the API, {len(agents)} agents waiting"
    each = (with_agents - before) / len(agents)
    grown = f"{before / MIB:,.0f} MiB before, {with_agents / MIB:,.0f} with them"
    memory = Row(name, None, (), f"{grown}: {each / 1024:,.0f} KiB each", "", None)
    return [latency, memory, flood_row(stage, agents), beside_row(stage, agents, page)]


def booking_row(stage: Stage, practices: Sequence[Practice], agents: Sequence[Agent]) -> tuple[Row, int]:
    """Bookings with up to a hundred of the organisations; and how much memory the API had by then."""
    watch, memory = Watch(), list[int]()

    def booked() -> Script:
        memory.append(memory_at(stage.api))
        yield from book_each(stage, practices[:MOST_BOOKINGS], Codes(stage.large_url), watch)

    drive(
        [(at(stage.pages), booked())],
        behind=[(at(stage.api), wait_for_events(stage, agent, watch)) for agent in agents],
        lead_seconds=LEAD_SECONDS,
    )
    lost = len(watch.sent) - len(watch.told)
    is_met = not lost and quantile(watch.seconds, 0.95) <= 1
    name = f"booking to agent, {len(agents)} agents waiting"
    told = f"{len(watch.told)} of {len(watch.sent)} told"
    return Row(name, None, watch.seconds, told, "p95 ≤ 1,000 ms", is_met), memory[0]


def memory_at(port: int) -> int:
    """What the processes that listen on the port, and their children, have to themselves."""
    listening = {one.pid for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == port}
    roots = [psutil.Process(pid) for pid in listening if pid]
    processes = {one.pid: one for root in roots for one in [root, *root.children(recursive=True)]}
    own = os.getpid()
    return sum(process.memory_full_info().uss for pid, process in processes.items() if pid != own)


class Flood(ForkProcess):
    """Tells one organisation after the other something, so many times a second, or as fast as it goes.

    A process of its own, as those that take bookings are: as a thread of what measures it would have kept it
    from looking at the clock.
    """

    def __init__(self, agents: Sequence[Agent], a_second: float = float("inf")) -> None:
        super().__init__(daemon=True)
        self.agents, self.pause = agents, 1 / a_second
        self.told_at: dict[tuple[int, int], float] = {}
        self.is_over = FORKED.Event()
        self.report, self.hand_in = FORKED.Pipe(duplex=False)

    def run(self) -> None:
        due = time.perf_counter()
        for agent in cycle(self.agents):
            due += self.pause
            if self.is_over.wait(max(0.0, due - time.perf_counter())):
                break
            self.tell(agent)
        self.hand_in.send(self.told_at)

    def tell(self, agent: Agent) -> None:
        organisation = agent.organisation
        with organisation_scope(organisation.pk):
            event = tell_agent(
                organisation=organisation,
                event_type=AgentEvent.Type.APPOINTMENT_CANCEL,
                data={"appointment": "a1", "by": "patient", "record_in_journal": False},
            )
        self.told_at[organisation.pk, event.sequence] = time.perf_counter()

    def stop(self) -> None:
        self.is_over.set()
        self.told_at = self.report.recv()
        self.join()


def hear(stage: Stage, agent: Agent, heard: dict[tuple[int, int], float]) -> Script:
    """As ``wait_for_events``, noting each event."""
    headers = {"Authorization": f"Bearer {issue_token(agent)}"}
    cursor = 0
    while True:
        answer = yield get(stage.api_host, f"/sync/v1/events?wait=30&after={cursor}", headers)
        told, now = orjson.loads(answer.require(200).body), time.perf_counter()
        for event in told["events"]:
            heard[agent.organisation_id, event["id"]] = now
        cursor = told["cursor"]


def flooded(
    stage: Stage, agents: Sequence[Agent], flood: Flood, scripts: Sequence[Asked]
) -> tuple[list[float], int]:
    """How long each event took that was told while the scripts ran, and how many were not heard at all."""
    heard: dict[tuple[int, int], float] = {}
    drive(
        scripts,
        behind=[(at(stage.api), hear(stage, agent, heard)) for agent in agents],
        lead_seconds=LEAD_SECONDS,
    )
    if flood.is_alive():
        flood.stop()
    told = flood.told_at
    waits = [max(0.0, heard[event] - moment) for event, moment in told.items() if event in heard]
    return waits, len(told) - len(waits)


def flood_row(stage: Stage, agents: Sequence[Agent]) -> Row:
    """As many events as can be told, to all agents by turns."""
    flood, began = Flood(agents), list[float]()

    def told() -> Script:
        flood.start()
        began.append(time.perf_counter())
        while time.perf_counter() < began[0] + FLOOD_SECONDS:
            yield get(stage.api_host, "/health/")
            time.sleep(0.01)
        flood.stop()
        deadline = time.perf_counter() + LONGEST_SECONDS
        while time.perf_counter() < deadline:
            yield get(stage.api_host, "/health/")

    waits, lost = flooded(stage, agents, flood, [(at(stage.api), told())])
    rate = len(waits) / FLOOD_SECONDS
    name = f"events as fast as they go, {len(agents)} agents"
    return Row(name, rate, waits, f"{lost} not heard", "", None)


def beside_row(stage: Stage, agents: Sequence[Agent], page: Target) -> Row:
    """Another organisation's pages while the agents wait, without events and with fifty a second."""
    alone, beside = list[float](), list[float]()
    for seconds, a_second in ((alone, 0), (beside, EVENTS_A_SECOND)) * ROUNDS:
        flood = Flood(agents, a_second or 1)
        if a_second:
            flood.start()
        until = time.perf_counter() + LEAD_SECONDS + BESIDE_SECONDS
        scripts = [(page.address, page.ask(until, seconds)) for _ in range(PAGE_CONNECTIONS)]
        flooded(stage, agents, flood, scripts)
    slower = quantile(beside, 0.95) / quantile(alone, 0.95)
    name = f"week page at {PAGE_CONNECTIONS} connections, {EVENTS_A_SECOND} events a second"
    ratio = f"p95 {slower:.2f} × that without events"
    return Row(name, None, beside, ratio, "≤ 1.2 ×", slower <= 1.2)
