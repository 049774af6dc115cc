"""Whether a patient may move or cancel an appointment, and if not, which rule forbids it. Pure.

The gravest rule is named: one that no waiting and no other time would help against comes first.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Change(StrEnum):
    MOVE = "move"
    CANCEL = "cancel"


class Refusal(StrEnum):
    """The rule that forbids a change."""

    NOT_STANDING = "not_standing"
    """Cancelled, refused by the clinic, or over."""
    ORGANISATION = "organisation"
    TREATMENT = "treatment"
    WITHOUT_TREATMENT = "without_treatment"
    APPOINTMENT = "appointment"
    """The clinic's book forbids it for just this one."""
    DEADLINE = "deadline"
    TOO_FAR = "too_far"


@dataclass(frozen=True, slots=True)
class OrganisationRules:
    """What the organisation has chosen for all its appointments."""

    move_allowed: bool
    cancel_allowed: bool
    move_without_treatment: bool
    cancel_without_treatment: bool
    deadline_hours: int

    def allow(self, change: Change) -> bool:
        return self.move_allowed if change is Change.MOVE else self.cancel_allowed

    def allow_without_treatment(self, change: Change) -> bool:
        return self.move_without_treatment if change is Change.MOVE else self.cancel_without_treatment


@dataclass(frozen=True, slots=True)
class TreatmentRules:
    """What the treatment adds."""

    move_allowed: bool
    cancel_allowed: bool
    move_within_days: int | None
    """Most days that a move may go, either way; None: as many as there are times."""

    def allow(self, change: Change) -> bool:
        return self.move_allowed if change is Change.MOVE else self.cancel_allowed


@dataclass(frozen=True, slots=True)
class Appointment:
    """What is to be changed. ``starts_at`` is by the clinic's clock."""

    starts_at: datetime
    stands: bool
    treatment: TreatmentRules | None
    forbidden: frozenset[Change] = field(default_factory=frozenset)
    """What the clinic's book forbids for this one, whatever its treatment allows."""


def why_not(
    change: Change, *, rules: OrganisationRules, appointment: Appointment, now: datetime
) -> Refusal | None:
    """The rule that forbids the change, or None. The deadline itself is still in time."""
    if not appointment.stands or appointment.starts_at <= now:
        return Refusal.NOT_STANDING
    if not rules.allow(change):
        return Refusal.ORGANISATION
    if appointment.treatment is None and not rules.allow_without_treatment(change):
        return Refusal.WITHOUT_TREATMENT
    if appointment.treatment is not None and not appointment.treatment.allow(change):
        return Refusal.TREATMENT
    if change in appointment.forbidden:
        return Refusal.APPOINTMENT
    if now > appointment.starts_at - timedelta(hours=rules.deadline_hours):
        return Refusal.DEADLINE
    return None


def why_not_to(appointment: Appointment, to: datetime) -> Refusal | None:
    """The rule that forbids moving to just this time, by the clinic's clock. Days are the calendar's."""
    most = appointment.treatment.move_within_days if appointment.treatment else None
    if most is not None and abs((to.date() - appointment.starts_at.date()).days) > most:
        return Refusal.TOO_FAR
    return None
