"""What a SQL book publishes, put together from the answers of its queries."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from agent.book import (
    Catalogue,
    Category,
    Clinic,
    Diary,
    Place,
    PortalBooking,
    Practitioner,
    Resource,
    Treatment,
)
from agent.books.sql.queries import Queries
from agent.free_slots import Accepts, Preblock, WorkHours
from agent.intervals import Interval
from agent.preblocks import expiry

WATCHED = (
    "clinics",
    "practitioners",
    "practitioner_clinics",
    "treatments",
    "hours",
    "preblocks",
    "preblock_categories",
    "appointments",
)

Desk = tuple[str, str]  # practitioner and clinic
T = TypeVar("T", Clinic, Practitioner, Category, Resource, Treatment)


def read_version(queries: Queries, connection: Connection, during: Interval) -> str:
    """The answer of the query ``version``, or else a digest of everything that free time comes from."""
    names = ["version"] if queries.has("version") else [name for name in WATCHED if queries.has(name)]
    digest = hashlib.sha256()
    for name in names:
        for row in queries[name].rows(connection, begins=during.start, ends=during.end):
            digest.update(row.encode())
    return digest.hexdigest()


def read_catalogue(queries: Queries, connection: Connection) -> Catalogue:
    """Everything published, in the order of the ids."""
    clinics = _ordered(
        Clinic(one["id"], one["name"], one["address"], one["phone"], one["email"], one["time_zone"])
        for one in queries.records("clinics", connection)
    )
    practitioners = read_practitioners(queries, connection, {clinic.id for clinic in clinics})
    resources = _ordered(
        Resource(one["id"], one["clinic"], one["name"])
        for one in queries.records("resources", connection)
        if one["clinic"] in {clinic.id for clinic in clinics}
    )
    categories = queries.records("categories", connection)
    return Catalogue(
        clinics=clinics,
        practitioners=practitioners,
        categories=_ordered(Category(one["id"], one["name"]) for one in categories),
        resources=resources,
        treatments=_treatments(queries, connection, clinics, practitioners, resources),
    )


def read_practitioners(queries: Queries, connection: Connection, clinics: set[str]) -> list[Practitioner]:
    """Those who work at a published clinic."""
    works_at = _grouped(queries, connection, "practitioner_clinics", "practitioner", "clinic")
    everybody = _ordered(
        Practitioner(
            one["id"], one["name"], one["title"], [at for at in works_at.get(one["id"], []) if at in clinics]
        )
        for one in queries.records("practitioners", connection)
    )
    return [one for one in everybody if one.clinics]


def read_diaries(queries: Queries, connection: Connection, during: Interval) -> list[Diary]:
    """The time of everybody who publishes, at each of their clinics."""
    hours = _hours(queries, connection)
    preblocks = _preblocks(queries, connection, during)
    busy: dict[str, list[Interval]] = defaultdict(list)
    for one in queries.records("appointments", connection, begins=during.start, ends=during.end):
        busy[one["practitioner"]].append(Interval(one["begins"], one["ends"]))
    clinics = {one["id"] for one in queries.records("clinics", connection)}
    return [
        Diary(
            practitioner=practitioner.id,
            clinic=clinic,
            hours=hours.get((practitioner.id, clinic), []),
            preblocks=preblocks.get((practitioner.id, clinic), []),
            busy=busy.get(practitioner.id, []),
        )
        for practitioner in read_practitioners(queries, connection, clinics)
        for clinic in practitioner.clinics
    ]


def read_portal_bookings(
    queries: Queries, connection: Connection, ended_after: datetime
) -> list[PortalBooking]:
    """How the portal's bookings stand; none where the file has no query for them."""
    return [
        PortalBooking(
            booking=one["booking"],
            state=one["state"],
            place=Place(one["clinic"], one["practitioner"], Interval(one["begins"], one["ends"])),
            tells_patient=one["tells_patient"],
        )
        for one in queries.records("portal_bookings", connection, ended_after=ended_after)
    ]


def _ordered(members: Iterable[T]) -> list[T]:
    return sorted(members, key=lambda one: one.id)


def _grouped(
    queries: Queries, connection: Connection, name: str, owner: str, member: str
) -> Mapping[str, list[str]]:
    """The members of a linking query by their owner, in order."""
    groups: dict[str, set[str]] = defaultdict(set)
    for one in queries.records(name, connection):
        groups[one[owner]].add(one[member])
    return {key: sorted(members) for key, members in groups.items()}


def _treatments(
    queries: Queries,
    connection: Connection,
    clinics: Sequence[Clinic],
    practitioners: Sequence[Practitioner],
    resources: Sequence[Resource],
) -> list[Treatment]:
    at = _grouped(queries, connection, "treatment_clinics", "treatment", "clinic")
    by = _grouped(queries, connection, "treatment_practitioners", "treatment", "practitioner")
    needs = _grouped(queries, connection, "treatment_resources", "treatment", "resource")
    published = {resource.id for resource in resources}
    treatments = _ordered(
        Treatment(
            id=one["id"],
            name=one["name"],
            minutes=one["minutes"],
            category=one["category"],
            appointment_text=one["appointment_text"],
            move_allowed=one["move_allowed"],
            cancel_allowed=one["cancel_allowed"],
            move_within_days=one["move_within_days"],
            resources=[needed for needed in needs.get(one["id"], []) if needed in published],
            clinics=_limited(at.get(one["id"]), [clinic.id for clinic in clinics]),
            practitioners=_limited(by.get(one["id"]), [person.id for person in practitioners]),
        )
        for one in queries.records("treatments", connection)
    )
    return [one for one in treatments if [] not in (one.clinics, one.practitioners)]


def _limited(named: Sequence[str] | None, published: Sequence[str]) -> list[str] | None:
    return None if named is None else [one for one in published if one in named]


def _hours(queries: Queries, connection: Connection) -> Mapping[Desk, list[WorkHours]]:
    hours: dict[Desk, list[WorkHours]] = defaultdict(list)
    for one in queries.records("hours", connection):
        hours[one["practitioner"], one["clinic"]].append(
            WorkHours(
                one["weekday"],
                one["begins"],
                one["ends"],
                one["valid_from"],
                one["valid_until"],
                one["every_weeks"],
            )
        )
    return hours


def _preblocks(queries: Queries, connection: Connection, during: Interval) -> Mapping[Desk, list[Preblock]]:
    named = _grouped(queries, connection, "preblock_categories", "preblock", "category")
    found: dict[Desk, list[Preblock]] = defaultdict(list)
    for one in queries.records("preblocks", connection, begins=during.start, ends=during.end):
        accepts = Accepts(frozenset(named.get(one["preblock"], ())), one["categories_excluded"])
        placed = Preblock(
            Interval(one["begins"], one["ends"]), accepts, expiry(one["expires_days"], one["expires_hours"])
        )
        found[one["practitioner"], one["clinic"]].append(placed)
    return found
