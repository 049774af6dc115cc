"""What the author of an agent asks of a sandbox, with the sandbox's account key."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from clinics.models import Organisation
from clinics.scope import organisation_scope
from sync_api import openapi
from sync_api.bodies import json_object, validated
from sync_api.sandbox import SandboxKey, ask_for_fault, book_something, report
from sync_api.sandbox_faults import Fault
from sync_api.sandbox_schemas import SandboxBooking, SandboxOut, TrialIn

router = Router(auth=SandboxKey(), tags=["sandbox"])


def sandbox_of(request: HttpRequest) -> Organisation:
    organisation: Organisation = request.auth  # type: ignore[attr-defined]
    return organisation


@router.get("", response=SandboxOut, openapi_extra=openapi.SANDBOX, summary="Read how the agent did")
def read_report(request: HttpRequest) -> dict[str, Any]:
    """Which faults there are, and how the agent met those that were asked for. Sandboxes only."""
    organisation = sandbox_of(request)
    with organisation_scope(organisation.pk):
        return report(organisation=organisation)


@router.post(
    "/faults", response={201: SandboxOut}, openapi_extra=openapi.SANDBOX_TRIAL, summary="Ask for a fault"
)
def ask(request: HttpRequest) -> Status[dict[str, Any]]:
    """It is played to the agent's next requests, after those that were asked for before."""
    organisation = sandbox_of(request)
    body = validated(TrialIn, json_object(request))
    with organisation_scope(organisation.pk):
        ask_for_fault(organisation=organisation, fault=Fault(body.fault))
        return Status(201, report(organisation=organisation))


@router.post(
    "/bookings",
    response={201: SandboxBooking},
    openapi_extra=openapi.SANDBOX_BOOKING,
    summary="Have a booking made",
)
def make_booking(request: HttpRequest) -> Status[dict[str, str]]:
    """The first free time that the agent has sent, for an invented patient whom nobody writes to."""
    organisation = sandbox_of(request)
    with organisation_scope(organisation.pk):
        return Status(201, {"booking": str(book_something(organisation=organisation).public_id)})
