"""Several people move rows at the same moment: each row has a place of its own, and no move is undone."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from clinics import ordering
from clinics.models import Organisation, Practitioner
from clinics.ordering import stand_before
from clinics.scope import organisation_scope
from tests.factories import PractitionerFactory, make_organisation
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

MOVERS = 4


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation("demoklinikka")


@pytest.fixture
def people(organisation: Organisation) -> list[Practitioner]:
    return [PractitionerFactory(organisation=organisation, position=number) for number in range(MOVERS + 2)]


def to_the_end(organisation: Organisation, person: Practitioner) -> Callable[[], None]:
    def move() -> None:
        with organisation_scope(organisation.pk):
            stand_before(organisation=organisation, row=person, other=None)

    return move


def numbers_of(organisation: Organisation) -> dict[int, int]:
    rows = Practitioner.across.filter(organisation=organisation)
    return dict(rows.values_list("pk", "position"))


def test_moves_at_once_are_all_kept(organisation: Organisation, people: list[Practitioner]) -> None:
    moved, left = people[:MOVERS], people[MOVERS:]

    assert set(at_once(None, *(to_the_end(organisation, person) for person in moved))) == {"done"}

    numbers = numbers_of(organisation)
    assert sorted(numbers.values()) == list(range(len(people)))
    assert [numbers[person.pk] for person in left] == [0, 1]


def test_without_the_lock_moves_are_lost(
    organisation: Organisation, people: list[Practitioner], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: everybody reads the order before anybody writes it."""
    everybody = threading.Barrier(MOVERS)

    def read_together(organisation: Organisation, row: Practitioner) -> list[Any]:
        found = list(Practitioner.objects.filter(organisation=organisation).order_by("position"))
        everybody.wait(timeout=60)
        return found

    monkeypatch.setattr(ordering, "locked", read_together)
    outcomes = at_once(None, *(to_the_end(organisation, person) for person in people[:MOVERS]))

    numbers = numbers_of(organisation)
    assert set(outcomes) != {"done"} or [numbers[person.pk] for person in people[MOVERS:]] != [0, 1]
