"""What breaks down for a while, and both sides agreeing once it is mended."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from sqlalchemy import event, insert
from sqlalchemy.exc import OperationalError

import agent.portal
from agent.books.engine import writing
from agent.books.sample import tables
from agent.runner import Runner
from tests.agent.histories.world import World, open_world

A_YEAR = 365 * 86_400

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    """With a morning published, and a booking that the agent has not seen yet."""
    with open_world(tmp_path) as world:
        world.desk.publish("p1", 0, 8)
        world.agent.work()
        world.patients.hold("p1", world.desk.at(0))
        world.patients.confirm(0)
        yield world


def assert_in_agreement(world: World) -> None:
    world.come_to_rest()
    assert not (found := world.disagreements()), found
    assert [row["portal_booking"] for row in world.desk.standing()].count(None) <= 1
    assert world.desk.standing()


def runner_of(world: World) -> Runner:
    return Runner(world.book, world.portal, world.agent.state)


def test_full_disks_write_nothing_and_acknowledge_nothing(world: World) -> None:
    """First the book's, then the agent's own: a real limit of SQLite, and its real error."""
    runner = runner_of(world)
    event.listen(world.book.engine, "connect", limit)
    world.book.close()
    until_full(lambda text: write_card(world, text), OperationalError)

    assert isinstance(runner._attempt(world.agent.read), OperationalError)
    assert world.desk.rows() == []
    assert world.patients.events()[0].acknowledged_at is None

    event.remove(world.book.engine, "connect", limit)
    world.book.close()
    limit(world.agent.state._database)
    state, sequence = world.agent.state, world.agent.state.sequence
    trouble = runner._attempt(lambda: state.begin(sequence + 1, bytes(100_000), {}))
    assert isinstance(trouble, sqlite3.OperationalError)
    assert (state.sequence, state.pending) == (sequence, None)

    world.restart()
    assert_in_agreement(world)


def until_full(write: Callable[[str], object], full: type[Exception]) -> None:
    """To the last byte."""
    for size in (3_000, 200, 10):
        with suppress(full):
            for _ in range(10_000):
                write("x" * size)
            pytest.fail("the disk is never full")


def write_card(world: World, text: str) -> None:
    with writing(world.book.engine) as connection:
        connection.execute(insert(tables.patients).values(first_name=text, last_name=""))


def limit(connection: Any, _record: object = None) -> None:
    """No page more than there are: as on a full disk."""
    connection.execute("PRAGMA max_page_count = 1")


@pytest.mark.parametrize("wrong_by", [A_YEAR, -A_YEAR])
def test_clock_that_is_wrong_by_a_year_is_told_the_right_time(
    world: World, monkeypatch: pytest.MonkeyPatch, wrong_by: int
) -> None:
    clock = SimpleNamespace(time=lambda: time.time() + wrong_by, monotonic=time.monotonic)
    with monkeypatch.context() as wrong:
        wrong.setattr(agent.portal, "time", clock)
        world.restart()
        world.agent.portal = world.portal = world.connected(world.identity)
        trouble = runner_of(world)._attempt(world.portal.status)
        assert f"this server's clock reads {timezone.now():%Y-%m-%dT}" in str(trouble)
        world.agent.work()
        assert world.desk.rows() == []

    assert_in_agreement(world)


def test_a_week_apart_is_caught_up_with(world: World) -> None:
    """The agent was away, or the portal was: the same to both."""
    world.patients.hold("p1", world.desk.at(1))
    world.patients.confirm(0)
    world.patients.cancel(1)
    world.patients.move(0, world.desk.at(3))
    world.desk.enter("p1", 2)
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=True):
        world.restart()
        assert_in_agreement(world)
