"""Whatever happens between a clinic and its portal, in the end both say the same."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from agent.events import EventReader
from tests.agent.histories.line import Fault
from tests.agent.histories.machine import machine_in
from tests.agent.histories.world import World, open_world

pytestmark = pytest.mark.django_db(transaction=True)

HISTORIES = int(os.environ.get("HISTORIES", "30"))
STEPS = 8


class HastyReader(EventReader):
    """Acknowledges, and only then writes: what must not be."""

    def read(self, *, wait: int = 0) -> int:
        events = self._portal.events(wait=wait)
        if events:
            self._acknowledge([(event, hopeful(event)) for event in events])
            for event in events:
                self._handle(event)
        return len(events)


def hopeful(event: Mapping[str, Any]) -> dict[str, object]:
    return {"event": event["id"], "outcome": "accepted"}


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path) as world:
        yield world


def test_both_sides_agree_after_any_history(world: World) -> None:
    quick = settings(
        max_examples=HISTORIES,
        stateful_step_count=STEPS,
        derandomize=True,  # the same histories each time; ``benchmarks.histories`` plays others
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    run_state_machine_as_test(machine_in(world), settings=quick)

    assert world.happened["histories"] >= HISTORIES


def test_agent_that_acknowledges_before_it_writes_loses_bookings(world: World) -> None:
    """The control: what the histories are to find, they find."""
    for reader, is_lost in ((EventReader, False), (HastyReader, True)):
        world.reader_class = reader
        world.begin()
        world.desk.publish("p1", 0, 4)
        world.agent.work()
        world.patients.hold("p1", world.desk.at(0))
        world.patients.confirm(0)
        world.line.faults = [None, Fault.KILLED_AFTER]  # read, and gone while the answer is on its way
        world.let_work(lambda agent: agent.read())

        world.come_to_rest()

        assert any("not in the book" in found for found in world.disagreements()) is is_lost
