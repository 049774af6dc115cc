"""Sandboxes: organisations in which somebody who writes an agent tries it out. No patient ever sees one.

Whoever has the sandbox's account key asks for faults, has bookings made, and reads how the agent met them.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from clinics.accounts import open_account
from clinics.models import Clinic, Organisation, Practitioner
from scheduling.bookings import PatientDetails, book, store_patient
from scheduling.errors import TimeNotOffered, TimeTaken
from scheduling.holds import hold_time
from scheduling.models import Booking, Slot, Treatment
from sync_api.activation import organisation_with_key
from sync_api.models import Sandbox, SandboxTrial
from sync_api.problems import InvalidAccountKey, Unacceptable
from sync_api.sandbox_faults import PLAYS, Fault, judged_superseded

MOST_TRIED = 200
VISITOR = "sandbox"
NOBODY = PatientDetails(first_name="Sandi", last_name="Sandbox", language="en", message="Made by the sandbox")
"""Without an address to which anything could be sent."""


def open_sandbox(*, name: str, subdomain: str) -> tuple[Organisation, str]:
    """A sandbox and its account key, which is never shown again. Raises SubdomainTaken."""
    with transaction.atomic():
        organisation, key = open_account(name=name, subdomain=subdomain, language="en", country="FI")
        Sandbox.objects.create(organisation=organisation)
    return organisation, key


class SandboxKey(HttpBearer):
    """The sandbox's account key in the Authorization header; ``request.auth`` is its organisation."""

    openapi_description = "The account key of a sandbox."

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        organisation = organisation_with_key(token)
        if not Sandbox.objects.filter(organisation=organisation).exists():
            raise InvalidAccountKey
        return organisation


def ask_for_fault(*, organisation: Organisation, fault: Fault) -> None:
    """It is played once those that were asked for before are over."""
    SandboxTrial.objects.create(organisation=organisation, fault=fault)


def report(*, organisation: Organisation) -> dict[str, Any]:
    """The faults that there are, and how the agent met those that were asked for."""
    trials = SandboxTrial.objects.filter(organisation=organisation)
    for trial in trials.filter(ended_at=None, fault=Fault.SUPERSEDED, begun_at__isnull=False):
        judged_superseded(trial)
    return {
        "faults": [{"fault": fault.value, "what": play.what} for fault, play in PLAYS.items()],
        "trials": [
            {"fault": trial.fault, "asked": trial.asked_at, "state": state_of(trial), "found": trial.found}
            for trial in trials
        ],
    }


def state_of(trial: SandboxTrial) -> str:
    if trial.ended_at is not None:
        return "handled" if trial.is_handled else "not-handled"
    return "playing" if trial.begun_at is not None else "waiting"


def book_something(*, organisation: Organisation) -> Booking:
    """Books the first free time there is, for nobody. Raises Unacceptable where there is none."""
    with transaction.atomic():
        hold = hold_anything(organisation)
        if hold is None:
            raise Unacceptable(409, "There is no free time to book: send a catalogue and slots first.")
        store_patient(organisation, hold, NOBODY)
        book(organisation, hold, Booking.Confirmation.SKIPPED)
    return hold


def hold_anything(organisation: Organisation) -> Booking | None:
    slots = Slot.objects.filter(organisation=organisation, starts_at__gt=timezone.now()).order_by("starts_at")
    treatments = list(
        Treatment.objects.filter(organisation=organisation, retired_at=None).order_by("minutes")
    )
    clinics = {row.pk: row for row in Clinic.objects.filter(organisation=organisation)}
    practitioners = {row.pk: row for row in Practitioner.objects.filter(organisation=organisation)}
    for slot in slots[:MOST_TRIED]:
        for treatment in treatments:
            starts_at, length = slot.starts_at, timedelta(minutes=treatment.minutes)
            while starts_at + length <= slot.ends_at:
                try:
                    return hold_time(
                        organisation=organisation,
                        treatment=treatment,
                        practitioner=practitioners[slot.practitioner_id],
                        clinic=clinics[slot.clinic_id],
                        starts_at=starts_at,
                        visitor=VISITOR,
                    )
                except (TimeTaken, TimeNotOffered):
                    starts_at += length
    return None
