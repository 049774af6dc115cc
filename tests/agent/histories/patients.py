"""The portal's side: what its patients do, by the functions behind the pages, and what it then holds."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db import connection, transaction

from clinics.models import Clinic, Organisation, Practitioner
from clinics.scope import organisation_scope
from scheduling.bookings import PatientDetails, give_details
from scheduling.cancellations import cancel_booking, undo_cancellation
from scheduling.changes import hold_new_time, move_booking
from scheduling.errors import (
    ChangeRefused,
    HoldExpired,
    NotUndoable,
    TimeNotOffered,
    TimeTaken,
    TooManyHolds,
)
from scheduling.holds import hold_time
from scheduling.models import AgentEvent, Booking, Slot, Treatment
from tests.agent.histories.clinic import quarters

REFUSALS = (
    Booking.DoesNotExist,
    ChangeRefused,
    HoldExpired,
    NotUndoable,
    TimeNotOffered,
    TimeTaken,
    TooManyHolds,
)
EMPTY = """
    SET portal.audit_retention = on;
    DELETE FROM sync_api_mismatch; DELETE FROM scheduling_agentevent; DELETE FROM scheduling_bookingresource;
    DELETE FROM scheduling_bookingpatient; DELETE FROM scheduling_reminderplan;
    DELETE FROM scheduling_booking; DELETE FROM scheduling_slot; DELETE FROM scheduling_freeweek;
    DELETE FROM scheduling_deskact; DELETE FROM notifications_message; DELETE FROM sync_api_activationcount;
    UPDATE scheduling_agentlink SET last_event = 0;
    UPDATE sync_api_agent SET last_sequence = %s, last_push_digest = %s;
"""
TABLES = (
    "scheduling_booking",
    "scheduling_bookingpatient",
    "scheduling_bookingresource",
    "scheduling_slot",
    "scheduling_freeweek",
    "scheduling_agentevent",
    "scheduling_agentlink",
    "sync_api_agent",
    "sync_api_mismatch",
)
"""What a copy of the portal's database has of all this."""
NAMED: tuple[Any, ...] = (Clinic, Practitioner, Treatment)


@dataclass
class Patients:
    """Everybody who books here; a patient to each booking."""

    organisation: Organisation
    day: datetime
    holds: list[Booking] = field(default_factory=list)
    made: list[Booking] = field(default_factory=list)
    number: int = 0

    @contextmanager
    def trying(self) -> Iterator[None]:
        """What the portal refuses with a page of its own is no fault."""
        with organisation_scope(self.organisation.pk), suppress(*REFUSALS):
            yield

    def hold(self, who: str, starts_at: datetime, treatment: str = "t1") -> None:
        with self.trying():
            self.number += 1
            found = hold_time(
                organisation=self.organisation,
                treatment=self.named[treatment],
                practitioner=self.named[who],
                clinic=self.named["c1"],
                starts_at=starts_at,
                visitor=f"visitor {self.number}",
            )
            self.holds.append(found)

    @cached_property
    def named(self) -> dict[str, Any]:
        """What the catalogue has named, by the book's ids."""
        rows = (model.objects.filter(organisation=self.organisation) for model in NAMED)
        return {row.external_id: row for found in rows for row in found}

    def confirm(self, number: int) -> None:
        held = self.holds.pop(number % len(self.holds))
        details = PatientDetails(first_name="Patient", last_name=str(self.number), language="fi")
        with self.trying():
            if give_details(organisation=self.organisation, booking=held, details=details):
                self.made.append(held)

    def move(self, number: int, starts_at: datetime) -> None:
        with self.trying():
            booking = self.fresh(number)
            held = hold_new_time(organisation=self.organisation, booking=booking, starts_at=starts_at)
            move_booking(organisation=self.organisation, booking=booking, new_time=held.public_id)

    def cancel(self, number: int) -> None:
        with self.trying():
            cancel_booking(organisation=self.organisation, booking=self.fresh(number))

    def undo(self, number: int) -> None:
        with self.trying():
            again = undo_cancellation(organisation=self.organisation, booking=self.fresh(number))
            if again.pk not in {booking.pk for booking in self.made}:
                self.made.append(again)

    def fresh(self, number: int) -> Booking:
        found: Booking = Booking.objects.select_related("clinic", "practitioner", "treatment", "patient").get(
            pk=self.made[number % len(self.made)].pk
        )
        return found

    # What the portal holds

    def bookings(self) -> list[Booking]:
        return list(
            Booking.across.select_related("practitioner")
            .filter(organisation=self.organisation)
            .exclude(state__in=[Booking.State.HELD, Booking.State.EXPIRED])
        )

    def events(self) -> list[AgentEvent]:
        return list(AgentEvent.across.filter(organisation=self.organisation))

    def published(self) -> dict[str, set[datetime]]:
        """Who is said to be free in which quarters of the hour."""
        found: dict[str, set[datetime]] = {"p1": set(), "p2": set()}
        for slot in Slot.across.select_related("practitioner").filter(organisation=self.organisation):
            times = quarters(slot.starts_at.astimezone(UTC), slot.ends_at.astimezone(UTC))
            found[slot.practitioner.external_id].update(times)
        return found


def execute(statements: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statements, values)
        return cursor.fetchall() if cursor.description else []


def save_portal() -> None:
    """A copy of the portal's database, as of now."""
    for table in TABLES:
        execute(f"CREATE TABLE IF NOT EXISTS older_{table} (LIKE {table}); DELETE FROM older_{table}")  # noqa: S608
        execute(f"INSERT INTO older_{table} SELECT * FROM {table}")  # noqa: S608


def restore_portal() -> None:
    """All that the portal has is as it was when the copy was made."""
    with transaction.atomic():
        for table in reversed(TABLES):
            if table != "sync_api_agent":
                execute(f"DELETE FROM {table}")  # noqa: S608
        execute(
            "UPDATE sync_api_agent now"
            " SET last_sequence = older.last_sequence, last_push_digest = older.last_push_digest"
            " FROM older_sync_api_agent older WHERE older.id = now.id"
        )
        for table in TABLES:
            if table != "sync_api_agent":
                execute(f"INSERT INTO {table} SELECT * FROM older_{table}")  # noqa: S608
