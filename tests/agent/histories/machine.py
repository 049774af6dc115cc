"""What may happen in a history, in any order."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.agent.histories.clinic import PEOPLE, Agent
from tests.agent.histories.line import Fault
from tests.agent.histories.world import MOST_ROUNDS, World

people = st.sampled_from([PEOPLE[0], *PEOPLE])
moments = st.integers(0, 2)
numbers = st.integers(0, 2)
faults = st.lists(st.sampled_from([None, *Fault]), max_size=3)


class Histories(RuleBasedStateMachine):
    """A clinic, its portal and everything between them. ``world`` is set by who runs it."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.world.begin()

    @initialize(booked=st.lists(st.tuples(people, moments), min_size=1, max_size=3))
    def something_is_published_and_booked(self, booked: list[tuple[str, int]]) -> None:
        for who in PEOPLE:
            self.world.desk.publish(who, 0, 4)
        self.world.agent.attempt(self.world.agent.push)
        for who, at in booked:
            self.patient_books(who=who, at=at)

    # The desk

    @rule(who=people, at=moments)
    def desk_enters(self, who: str, at: int) -> None:
        self.world.desk.enter(who, at)

    @rule(number=numbers)
    def desk_cancels(self, number: int) -> None:
        self.world.desk.cancel(number)

    @rule(number=numbers, who=people, at=moments)
    def desk_moves(self, number: int, who: str, at: int) -> None:
        self.world.desk.move(number, who, at)

    @rule(number=numbers, state=st.sampled_from(["booked", "arrived", "no_show"]))
    def desk_marks(self, number: int, state: str) -> None:
        self.world.desk.mark(number, state)

    @rule(who=people, first=numbers, length=st.integers(1, 3))
    def desk_publishes(self, who: str, first: int, length: int) -> None:
        self.world.desk.publish(who, first, first + length)

    @rule(number=numbers)
    def desk_unpublishes(self, number: int) -> None:
        self.world.desk.unpublish(number)

    # Patients

    @rule(who=people, at=moments, treatment=st.sampled_from(["t1", "t2"]))
    def patient_holds(self, who: str, at: int, treatment: str) -> None:
        self.world.patients.hold(who, self.world.desk.at(at), treatment)

    @precondition(lambda self: self.world.patients.holds)
    @rule(number=numbers)
    def patient_confirms(self, number: int) -> None:
        self.world.patients.confirm(number)

    @rule(who=people, at=moments)
    def patient_books(self, who: str, at: int) -> None:
        self.world.patients.hold(who, self.world.desk.at(at))
        if self.world.patients.holds:
            self.world.patients.confirm(-1)

    @precondition(lambda self: self.world.patients.made)
    @rule(number=numbers, at=moments)
    def patient_moves(self, number: int, at: int) -> None:
        self.world.patients.move(number, self.world.desk.at(at))

    @precondition(lambda self: self.world.patients.made)
    @rule(number=numbers)
    def patient_cancels(self, number: int) -> None:
        self.world.patients.cancel(number)

    @precondition(lambda self: self.world.patients.made)
    @rule(number=numbers)
    def patient_undoes(self, number: int) -> None:
        self.world.patients.undo(number)

    # The agent, and what goes wrong

    @rule(going_wrong=faults)
    def agent_works(self, going_wrong: list[Fault | None]) -> None:
        self.under(going_wrong, Agent.work)

    @rule(going_wrong=faults)
    def agent_reads(self, going_wrong: list[Fault | None]) -> None:
        self.under(going_wrong, lambda agent: agent.attempt(agent.read))

    @rule(going_wrong=faults)
    def agent_pushes(self, going_wrong: list[Fault | None]) -> None:
        self.under(going_wrong, lambda agent: agent.attempt(agent.push))

    def under(self, going_wrong: list[Fault | None], step: Any) -> None:
        self.world.line.faults = list(going_wrong)
        self.world.let_work(step)
        self.world.line.faults = []

    @rule()
    def power_is_cut_while_the_book_is_written(self) -> None:
        self.world.book.cut_power_at_commit = True
        self.world.let_work(Agent.work)
        self.world.book.cut_power_at_commit = False

    @rule(who=people, at=moments, by_desk=st.booleans())
    def something_happens_meanwhile(self, who: str, at: int, by_desk: bool) -> None:
        """Between what the agent was told or has read, and what it does then."""
        happens = self.desk_enters if by_desk else self.patient_books
        self.world.line.meanwhile = lambda: happens(who=who, at=at)
        self.world.let_work(Agent.work)
        self.world.line.meanwhile = None

    @rule()
    def late_requests_arrive(self) -> None:
        self.world.line.deliver_late()

    @precondition(lambda self: len(self.world.agents) < 2)
    @rule()
    def another_agent_is_activated(self) -> None:
        self.world.activate_another()

    @precondition(lambda self: len(self.world.agents) > 1)
    @rule(going_wrong=faults)
    def earlier_agent_works(self, going_wrong: list[Fault | None]) -> None:
        self.world.line.faults = list(going_wrong)
        self.world.let_work(Agent.work, 0)
        self.world.line.faults = []

    @rule()
    def book_is_copied(self) -> None:
        self.world.save_book()

    @precondition(lambda self: self.world.has_older_book)
    @rule()
    def book_is_set_back(self) -> None:
        self.world.restore_book()

    @rule()
    def portal_is_copied(self) -> None:
        self.world.save_portal()

    @precondition(lambda self: self.world.has_older_portal)
    @rule()
    def portal_is_set_back(self) -> None:
        self.world.restore_portal()

    def teardown(self) -> None:
        self.world.happened["histories"] += 1
        rounds = self.world.settle()
        assert rounds < MOST_ROUNDS, "the agent never comes to rest"
        assert not (found := self.world.disagreements()), found


def machine_in(world: World) -> type[Histories]:
    return type("HistoriesInOneWorld", (Histories,), {"world": world})
