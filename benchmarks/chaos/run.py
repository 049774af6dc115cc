"""Killing in the midst of sending, and counting what arrived."""

import random
import time
from collections import Counter
from dataclasses import dataclass

from benchmarks.chaos.stage import Stage, wait_for


@dataclass(frozen=True)
class Figures:
    """What became of all messages."""

    queued: int
    kills: Counter[str]
    lost: int
    doubled: int
    """Messages that the provider took more often than they were queued: how many too many."""
    unsent: int
    """In no way sent, by our own books."""
    look_ups: int
    reports: int
    undelivered: int
    """Sent, but without the report that each has arrived."""
    seconds: float

    def __str__(self) -> str:
        killed = ", ".join(f"{many} × {what}" for what, many in sorted(self.kills.items()))
        return (
            f"{self.queued} messages, {sum(self.kills.values())} kills ({killed}): {self.lost} lost,"
            f" {self.doubled} doubled, {self.unsent} not sent; {self.look_ups} look-ups, {self.reports}"
            f" reports heard, {self.undelivered} without the last; {self.seconds:.0f} s."
        )


def wreak(
    stage: Stage, *, messages: int, kills: int, seed: int = 5, patience: float = 120, servers_every: int = 5
) -> Figures:
    """Queue messages bit by bit, kill something in the midst of each bit, and wait until all is settled."""
    chance, began, killed = random.Random(seed), time.monotonic(), Counter[str]()
    before = stage.arrived()
    for number in range(kills):
        stage.queue(messages * (number + 1) // kills - messages * number // kills)
        wait_for(stage.is_sending, "somebody sends", seconds=patience)
        time.sleep(chance.random() * 0.3)
        killed[kill_something(stage, number, chance, servers_every)] += 1
    wait_for(stage.is_done_in_time, "nothing waits any more", seconds=patience)
    if stage.has_reports:
        wait_for(stage.has_reported, "everything has been reported", seconds=patience)
    return counted(stage, messages, killed, before["listings"], time.monotonic() - began)


def kill_something(stage: Stage, number: int, chance: random.Random, servers_every: int) -> str:
    """Mostly a worker; every so often Redis or PostgreSQL, by turns."""
    if (number + 1) % servers_every:
        stage.kill_worker(chance.randrange(stage.workers))
        return "worker"
    if number // servers_every % 2 == 0:
        stage.kill_redis()
        return "Redis"
    stage.kill_postgres()
    return "PostgreSQL"


def counted(stage: Stage, messages: int, killed: Counter[str], listings: int, seconds: float) -> Figures:
    wanted, arrived = queued(stage), stage.arrived()
    sent = stage.states()["sent"]
    delivered = stage.rows("SELECT count(*) FROM notifications_message WHERE delivery = 'delivered'")[0][0]
    return Figures(
        queued=messages,
        kills=killed,
        lost=(wanted - Counter(arrived["bodies"])).total(),
        doubled=excess(stage).total(),
        unsent=wanted.total() - sent,
        look_ups=arrived["listings"] - listings,
        reports=sum(arrived["reported"].values()),
        undelivered=sent - delivered,
        seconds=seconds,
    )


def queued(stage: Stage) -> Counter[str]:
    return Counter(body for (body,) in stage.rows("SELECT body FROM notifications_message"))


def excess(stage: Stage) -> Counter[str]:
    """What the provider has taken more often than it was queued."""
    return Counter(stage.arrived()["bodies"]) - queued(stage)
