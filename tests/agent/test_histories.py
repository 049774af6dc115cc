"""Whatever happens between a clinic and its portal, in the end both say the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.agent.histories.machine import Histories
from tests.agent.histories.world import World, open_world

pytestmark = pytest.mark.django_db(transaction=True)

QUICK = settings(
    max_examples=int(__import__("os").environ.get("HN","300")),
    phases=[__import__("hypothesis").Phase.generate] + ([__import__("hypothesis").Phase.shrink] if __import__("os").environ.get("HS") else []),
    stateful_step_count=int(__import__("os").environ.get("HC","12")),
    deadline=None,
    report_multiple_bugs=False,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path) as world:
        yield world


def machine_in(world: World) -> type[Histories]:
    return type("HistoriesInOneWorld", (Histories,), {"world": world})


def test_both_sides_agree_after_any_history(world: World) -> None:
    run_state_machine_as_test(machine_in(world), settings=QUICK)
