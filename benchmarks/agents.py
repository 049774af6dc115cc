"""From booking to agent: how long after a patient's last click the clinic's waiting agent is told."""

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import orjson
from django.db import connection

from benchmarks.bookings import Codes, Wish, book
from benchmarks.data import Practice, bookable_starts, working_days
from benchmarks.exchange import get
from benchmarks.load import Script, drive
from benchmarks.servers import Stage, at
from benchmarks.table import Row, quantile
from sync_api.models import Agent
from sync_api.tokens import issue_token

MOST_BOOKINGS = 100
LEAD_SECONDS = 3.0
LONGEST_SECONDS = 5.0


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


def agent_row(stage: Stage, practices: Sequence[Practice]) -> Row:
    """With so many agents waiting, a booking with up to a hundred of their organisations."""
    watch = Watch()
    agents = activated(practices)
    connection.close()
    drive(
        [(at(stage.pages), book_each(stage, practices[:MOST_BOOKINGS], Codes(stage.large_url), watch))],
        behind=[(at(stage.api), wait_for_events(stage, agent, watch)) for agent in agents],
        lead_seconds=LEAD_SECONDS,
    )
    lost = len(watch.sent) - len(watch.told)
    is_met = not lost and quantile(watch.seconds, 0.95) <= 1
    return Row(
        f"booking to agent, {len(agents)} agents waiting",
        None,
        watch.seconds,
        f"{len(watch.told)} of {len(watch.sent)} told",
        "p95 ≤ 1,000 ms",
        is_met,
    )
