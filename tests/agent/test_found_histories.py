"""Histories that once did not end in agreement."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from agent.books.engine import writing
from agent.books.sample import tables
from clinics.models import Practitioner
from tests.agent.histories.line import Fault
from tests.agent.histories.world import World, open_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path) as world:
        yield world


def begin(world: World, *booked: tuple[str, int]) -> None:
    """A morning is published, and these times of it are booked."""
    world.begin()
    for who in ("p1", "p2"):
        world.desk.publish(who, 0, 4)
    world.agent.work()
    for who, at in booked:
        world.patients.hold(who, world.desk.at(at))
        world.patients.confirm(-1)


def lost_booking_is_moved(world: World) -> None:
    begin(world, ("p1", 0))
    world.save_book()
    world.restore_book()
    world.patients.move(0, world.desk.at(1))


def marked_booking_is_lost(world: World) -> None:
    begin(world, ("p1", 0))
    world.save_book()
    world.agent.work()
    world.desk.mark(0, "no_show")
    world.restore_book()


def time_left_on_the_portal_is_taken_at_the_desk(world: World) -> None:
    begin(world, ("p1", 0))
    world.agent.work()
    world.patients.cancel(0)
    world.agent.read()
    world.desk.enter("p1", 0)


def time_left_is_taken_and_the_agent_killed(world: World) -> None:
    time_left_on_the_portal_is_taken_at_the_desk(world)
    world.restart()


def moved_to_a_taken_time_and_the_old_one_booked(world: World) -> None:
    begin(world, ("p1", 0))
    world.agent.work()
    world.desk.enter("p1", 1)
    world.patients.move(0, world.desk.at(1))
    world.patients.hold("p1", world.desk.at(0))
    world.patients.confirm(-1)


def old_time_booked_after_the_refused_move_was_read(world: World) -> None:
    begin(world, ("p1", 0))
    world.agent.work()
    world.desk.enter("p1", 1)
    world.patients.move(0, world.desk.at(1))

    def book_it() -> None:
        world.patients.hold("p1", world.desk.at(0))
        world.patients.confirm(-1)

    world.line.meanwhile = book_it
    world.agent.read()


def entered_and_cancelled_between_two_looks(world: World) -> None:
    begin(world, ("p1", 0), ("p1", 1))
    world.agent.read()
    world.desk.cancel(0)
    world.desk.cancel(0)


def older_book_and_a_new_agent(world: World) -> None:
    begin(world, ("p1", 0))
    world.save_book()
    world.restore_book()
    world.activate_another()


def older_book_and_an_older_portal(world: World) -> None:
    begin(world, ("p1", 0))
    world.save_book()
    world.agent.work()
    world.save_portal()
    world.desk.enter("p2", 0)
    world.agent.work()
    world.restore_book()
    world.restore_portal()


def moved_on_the_portal_and_back_at_the_desk(world: World) -> None:
    begin(world, ("p1", 2))
    world.agent.work()
    world.patients.move(0, world.desk.at(0))
    world.agent.read()
    world.desk.move(0, "p1", 2)


def marked_before_an_older_portal(world: World) -> None:
    begin(world, ("p1", 0))
    world.agent.work()
    world.save_portal()
    world.desk.mark(0, "arrived")
    world.agent.work()
    world.restore_portal()


def test_histories_that_were_found_end_in_agreement(world: World) -> None:
    for history in (
        lost_booking_is_moved,
        marked_booking_is_lost,
        time_left_on_the_portal_is_taken_at_the_desk,
        time_left_is_taken_and_the_agent_killed,
        moved_to_a_taken_time_and_the_old_one_booked,
        old_time_booked_after_the_refused_move_was_read,
        entered_and_cancelled_between_two_looks,
        moved_on_the_portal_and_back_at_the_desk,
        marked_before_an_older_portal,
        older_book_and_a_new_agent,
        older_book_and_an_older_portal,
    ):
        history(world)
        world.settle()
        assert not (found := world.disagreements()), (history.__name__, found)


def send_catalogue_with(world: World, name: str) -> None:
    with writing(world.book.engine) as connection:
        connection.execute(
            update(tables.practitioners).where(tables.practitioners.c.id == "p1").values(name=name)
        )
    world.agent.pushed_version = ""
    world.agent.attempt(world.agent.push)


def test_catalogue_that_the_network_held_up_undoes_no_newer_one(world: World) -> None:
    begin(world)
    world.line.faults = [Fault.LATE]
    send_catalogue_with(world, "Old")
    assert [request.url.path for request in world.line.late] == ["/sync/v1/catalogue"]
    send_catalogue_with(world, "New")

    world.line.deliver_late()
    world.settle()

    assert Practitioner.across.get(external_id="p1").name == "New"
    assert not world.disagreements()
