"""The clinic admin's order of clinics, of their groups and of practitioners: one row moved at a time.

A move is told as a step, or as the row to stand before, never as a whole order: so of two people who
move at once neither undoes the other. The rows are locked by their ids, then written in one statement.
"""

from typing import Any, NamedTuple

from django.db import transaction

from clinics.models import Clinic, ClinicGroup, Organisation, Practitioner

Ordered = Clinic | ClinicGroup | Practitioner


class Place(NamedTuple):
    """Where a row stands in its list, counted from one."""

    number: int
    of: int


@transaction.atomic
def step(*, organisation: Organisation, row: Ordered, by: int) -> Place:
    """Moves the row past its neighbour before it (-1) or after it (1), where there is one."""
    every = locked(organisation, row)
    beside = those_beside(row, every)
    place = beside.index(row) + by
    if 0 <= place < len(beside):
        neighbour = beside[place]
        every.remove(row)
        every.insert(every.index(neighbour) + max(by, 0), row)
        renumber(every)
    return place_of(row, every)


@transaction.atomic
def stand_before(*, organisation: Organisation, row: Ordered, other: Ordered | None) -> Place:
    """Moves the row to just before another of its list; without one, to the list's end."""
    every = locked(organisation, row)
    beside = [each for each in those_beside(row, every) if each != row]
    if beside and other != row:
        every.remove(row)
        place = every.index(other) if other in beside else every.index(beside[-1]) + 1
        every.insert(place, row)
        renumber(every)
    return place_of(row, every)


@transaction.atomic
def stand_at(*, organisation: Organisation, row: Ordered, position: int) -> None:
    """Moves the row to this place among all there are, counted from nought; past the end means last."""
    every = locked(organisation, row)
    own = next(each for each in every if each == row)
    every.remove(own)
    every.insert(position, own)
    renumber(every)


def locked(organisation: Organisation, row: Ordered) -> list[Any]:
    """All rows of the kind in their order, locked in the order of their ids."""
    model = type(row)
    rows = model.objects.filter(organisation=organisation).order_by("pk").select_for_update(of=("self",))
    if model is not Clinic:
        return sorted(rows, key=lambda each: (each.position, each.name))
    return sorted(rows.select_related("group"), key=place_among_clinics)


def place_among_clinics(clinic: Clinic) -> tuple[Any, ...]:
    """As patients see them: by group, and those without one at the end."""
    heading = (0, clinic.group.position, clinic.group.name) if clinic.group else (1, 0, "")
    return (*heading, clinic.position, clinic.name)


def those_beside(row: Ordered, every: list[Any]) -> list[Any]:
    """The rows of the same list, the row itself among them: a clinic's group, or all there are."""
    group = next((group_of(each) for each in every if each == row), None)
    return [
        each
        for each in every
        if each == row or (group_of(each) == group and getattr(each, "retired_at", None) is None)
    ]


def group_of(row: Ordered) -> int | None:
    return row.group_id if isinstance(row, Clinic) else None


def renumber(every: list[Any]) -> None:
    """One UPDATE of the rows whose number is another now."""
    moved = []
    for number, row in enumerate(every):
        if row.position != number:
            row.position = number
            moved.append(row)
    if moved:
        type(moved[0]).objects.bulk_update(moved, ["position"])


def place_of(row: Ordered, every: list[Any]) -> Place:
    beside = those_beside(row, every)
    return Place(beside.index(row) + 1, len(beside))
