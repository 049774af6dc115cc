"""The sample book by its own code and by its file of queries: the same history has the same end in both."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from agent.book import BookError, Booking, Person, Place, Reference, Sought
from agent.books.engine import writing
from agent.books.sample import tables
from agent.books.sample.book import SampleBook
from agent.books.sql.book import SqlBook
from agent.books.sql.queries import load_queries
from agent.intervals import Interval
from tests.agent.small_book import at, fill_small_book

EXAMPLE = Path(__file__).parents[2] / "agent" / "examples" / "sample-book.toml"
DAY = Interval(at(0), at(23))
PEOPLE = (
    Person("Elsa", "Äyräpää", national_id="131052-308T", mobile="+358401234567"),
    Person("elsa", "äyräpää", mobile="+358401234567", address_1="Testikatu 2", city="Espoo"),
    Person("Emil", "Äyräpää", mobile="+358401234567"),
    Person("Otso", "Keksitty"),
)

WRITTEN = (tables.appointment_resources, tables.journal, tables.appointments, tables.patients)

Pair = tuple[SampleBook, SqlBook, SampleBook]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """One that is ours, one by queries, and the second one's desk."""
    folder = tmp_path_factory.mktemp("books")
    ours, desk = (SampleBook(f"sqlite:///{folder / name}") for name in ("ours.db", "theirs.db"))
    fill_small_book(ours)
    fill_small_book(desk)
    queries = folder / "sample-book.toml"
    queries.write_text(EXAMPLE.read_text(encoding="utf-8").replace(" FOR UPDATE", ""), encoding="utf-8")
    theirs = SqlBook(desk.engine.url.render_as_string(), load_queries(queries))
    yield ours, theirs, desk
    for book in (ours, theirs, desk):
        book.close()


def empty(book: SampleBook, *, move_allowed: bool) -> None:
    with writing(book.engine) as connection:
        for table in WRITTEN:
            connection.execute(delete(table))
        templates = tables.booking_templates
        connection.execute(update(templates).where(templates.c.id == "t1").values(move_allowed=move_allowed))


class Step:
    """Something that the portal or the desk does, the same in both books."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.booking = f"b-{chance.randint(1, 3)}"
        self.to, self.seen_at = self._place(), chance.choice([None, None, None, self._place()])
        self.journal = chance.random() < 0.5
        self.person = chance.choice(PEOPLE)
        self.treatment = chance.choice(["t1", "t1", "t2", "t2", "t2", "t9", None])
        self.address = chance.choice(["none", "ask", "apply"])
        self.which = Reference(
            chance.choice([None, "1", "2", "nonsense"]), chance.choice([None, self.booking, self.booking])
        )
        self.kind = chance.choice(["enter", "enter", "move", "move", "cancel", "desk"])

    def _place(self) -> Place:
        start = at(8 + self._chance.randint(0, 3), self._chance.choice([0, 15, 30]))
        who = self._chance.choice(["p1"] * 5 + ["p2"] * 4 + ["p9"])
        return Place(
            self._chance.choice(["c1"] * 8 + ["c2", "c9"]),
            who,
            Interval(start, start + (at(1) - at(0)) / 2),
        )

    def _enter_at_desk(self, desk: SampleBook) -> str:
        """Of a kind that has a template, which may keep patients from changing it."""
        appointment = desk.enter_at_desk(self.to, text="", entered_by="DESK")
        rows = tables.appointments
        with writing(desk.engine) as connection:
            connection.execute(update(rows).where(rows.c.id == int(appointment)).values(template_id="t1"))
        return appointment

    def take(self, book: SampleBook | SqlBook, desk: SampleBook) -> object:
        steps: dict[str, Callable[[], Any]] = {
            "enter": lambda: book.enter(
                Booking(self.booking, self.to, self.treatment, "text", self.person, self.address, "Aino")
            ),
            "move": lambda: book.move(self.which, self.to, self.seen_at, journal=self.journal),
            "cancel": lambda: book.cancel(self.which, journal=self.journal),
            "desk": lambda: self._enter_at_desk(desk),
        }
        try:
            return steps[self.kind]()
        except BookError as refusal:
            return type(refusal)


def state_of(book: SampleBook | SqlBook, desk: SampleBook) -> dict[str, object]:
    """All that is written and all that is told, but for the times of change."""
    written = {}
    with desk.engine.begin() as connection:
        for table in WRITTEN:
            columns = [column for column in table.c if column.name not in ("changed_at", "written_at")]
            written[table.name] = connection.execute(select(*columns).order_by(*table.primary_key)).all()
    return {
        **written,
        "diaries": book.diaries(DAY),
        "catalogue": book.catalogue(),
        "by id": book.look_up(Sought("131052-308T", "")),
        "by mobile": book.look_up(Sought("", "+358401234567")),
    }


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**64))
def test_same_history_has_the_same_end(books: Pair, seed: int) -> None:
    ours, theirs, desk = books
    chance = Random(seed)
    move_allowed = chance.random() < 0.8
    for book in (ours, desk):
        empty(book, move_allowed=move_allowed)

    for step in [Step(chance) for _ in range(chance.randint(10, 20))]:
        assert step.take(ours, ours) == step.take(theirs, desk)

    assert state_of(ours, ours) == state_of(theirs, desk)
