"""The sync API, version 1: what an on-premise agent can ask. See docs/sync.md."""

import logging
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Status
from ninja.errors import AuthenticationError, ValidationError

from clinics.models import Organisation
from clinics.scope import organisation_scope
from scheduling.events import count_waiting_events
from sync_api import openapi
from sync_api.acknowledgements import acknowledge_events
from sync_api.activation import activate_agent, organisation_with_key, usable_key
from sync_api.assertions import TokenRefused, agent_by_assertion
from sync_api.bodies import form_fields, json_object, validated
from sync_api.booking_schemas import BookingIn, BookingTaken, StandingBookings
from sync_api.bookings import take_booking
from sync_api.catalogue import take_catalogue
from sync_api.events import events_for_agent
from sync_api.limits import address_of, count_activation, count_request
from sync_api.long_poll import wait_for_events
from sync_api.lookups import take_lookup
from sync_api.models import Agent
from sync_api.problems import InvalidBody, Problem, TokenInvalid, Unacceptable, problem_response
from sync_api.pushes import take_push
from sync_api.sandbox_api import router as sandbox_router
from sync_api.schemas import (
    BIGGEST_NUMBER,
    Acknowledged,
    AcknowledgementIn,
    Activated,
    Activation,
    CatalogueIn,
    CatalogueTaken,
    Events,
    LookupIn,
    LookupTaken,
    SlotsTaken,
    StatusOut,
    Token,
)
from sync_api.standing_bookings import standing_bookings
from sync_api.tokens import TOKEN_SECONDS, AgentToken, issue_token

log = logging.getLogger(__name__)

Answer = dict[str, Any]

_address = urlsplit(settings.API_URL)

api = openapi.SyncAPI(
    title="Sync API",
    version="1",
    description="How a clinic's on-premise agent talks to the portal: facts out of the practice-management"
    " system go up, what happens on the portal comes down. The prose is in docs/sync.md.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="sync",
    servers=[{"url": f"{_address.scheme}://{_address.netloc}"}],
)


def agent_of(request: HttpRequest) -> Agent:
    """Whose access token came with the request; AgentToken has put it there."""
    agent: Agent = request.auth  # type: ignore[attr-defined]
    return agent


@api.post("/activate", response={201: Activated}, openapi_extra=openapi.ACTIVATE, summary="Activate an agent")
def activate(request: HttpRequest) -> Status[Answer]:
    """An account key and a public key make this the account's only agent. Any earlier one is superseded."""
    count_activation(address_of(request))
    body = validated(Activation, json_object(request))
    key = usable_key(body.public_key.model_dump(exclude_none=True))
    organisation = organisation_with_key(body.account_key)
    agent = activate_agent(
        organisation=organisation,
        key=key,
        machine_name=body.machine.name,
        agent_version=body.machine.agent_version,
    )
    answer = {
        "agent_id": str(agent.public_id),
        "generation": agent.generation,
        "organisation": organisation_document(organisation),
    }
    return Status(201, answer)


@api.post("/token", response=Token, openapi_extra=openapi.TOKEN, summary="Get an access token")
def token(request: HttpRequest) -> Answer:
    """OAuth 2.0 client credentials with a signed assertion (RFC 7523). Each assertion buys one token."""
    count_request(address_of(request))
    try:
        fields = form_fields(request)
    except ValueError as error:
        raise TokenRefused("invalid_request", "The body is not a form in UTF-8.") from error
    agent = agent_by_assertion(fields)
    return {"access_token": issue_token(agent), "token_type": "Bearer", "expires_in": TOKEN_SECONDS}


@api.get(
    "/status",
    auth=AgentToken(),
    response=StatusOut,
    openapi_extra=openapi.STATUS,
    summary="Where things stand",
)
def status(request: HttpRequest) -> Answer:
    """What an agent shows as its three green lights: account, connection, portal."""
    agent = agent_of(request)
    organisation = agent.organisation
    link = getattr(organisation, "agent_link", None)
    with organisation_scope(organisation.pk):
        pending = count_waiting_events(organisation=organisation)
    return {
        "time": timezone.now(),
        "organisation": organisation_document(organisation),
        "portal": {"url": organisation.portal_url, "state": portal_state_word(organisation)},
        "last_push": link.last_push_at if link else None,
        "sequence": agent.last_sequence,
        "pending_events": pending,
    }


@api.put(
    "/catalogue",
    auth=AgentToken(),
    response=CatalogueTaken,
    exclude_none=True,
    openapi_extra=openapi.CATALOGUE,
    summary="Send the whole catalogue",
)
def catalogue(request: HttpRequest) -> Answer:
    """All of it, every time. What is no longer named is retired, and comes back when it is named again."""
    agent = agent_of(request)
    organisation = agent.organisation
    body = validated(CatalogueIn, json_object(request), {"country": organisation.country})
    with organisation_scope(organisation.pk):
        return take_catalogue(organisation=organisation, agent=agent, catalogue=body)


@api.put(
    "/slots",
    auth=AgentToken(),
    response=SlotsTaken,
    exclude_none=True,
    openapi_extra=openapi.SLOTS,
    summary="Send free time, by window",
)
def slots(request: HttpRequest) -> Answer:
    """Each window says which slots one practitioner has at one clinic in it, and replaces what was there."""
    agent = agent_of(request)
    with organisation_scope(agent.organisation_id):
        return take_push(organisation=agent.organisation, agent=agent, body=json_object(request))


@api.get(
    "/events",
    auth=AgentToken(),
    response=Events,
    openapi_extra=openapi.EVENTS,
    summary="Ask what happened, and wait for it",
)
def events(
    request: HttpRequest,
    after: Annotated[int | None, Query(ge=0, le=BIGGEST_NUMBER)] = None,
    wait: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Answer:
    """In order, at least once: an event comes again until it is acknowledged.

    With nothing to tell it waits for ``wait`` seconds, 30 at most, and answers when something happens.
    """
    agent = agent_of(request)
    organisation = agent.organisation
    with organisation_scope(organisation.pk):
        answer = events_for_agent(organisation=organisation, after=after, limit=limit)
    if wait and not answer["events"]:
        wait_for_events(request, organisation_id=organisation.pk, seconds=wait)
    return answer


@api.post(
    "/events/ack",
    auth=AgentToken(),
    response=Acknowledged,
    openapi_extra=openapi.ACKNOWLEDGE,
    summary="Answer events",
)
def acknowledge(request: HttpRequest) -> Answer:
    """Each event is accepted or refused, once; the same result again is harmless."""
    agent = agent_of(request)
    organisation = agent.organisation
    body = validated(AcknowledgementIn, json_object(request))
    with organisation_scope(organisation.pk):
        return {"acknowledged": acknowledge_events(organisation=organisation, results=body.results)}


@api.put(
    "/lookups/{lookup}",
    auth=AgentToken(),
    response=LookupTaken,
    openapi_extra=openapi.LOOKUP,
    summary="Answer which appointments a patient has",
)
def lookup(request: HttpRequest, lookup: UUID) -> Answer:
    """The answer to `patient.lookup`, kept encrypted and only as long as the login lasts."""
    agent = agent_of(request)
    organisation = agent.organisation
    body = validated(LookupIn, json_object(request))
    with organisation_scope(organisation.pk):
        taken = take_lookup(organisation=organisation, public_id=lookup, answer=body)
    return {"appointments": taken}


@api.get(
    "/bookings",
    auth=AgentToken(),
    response=StandingBookings,
    openapi_extra=openapi.STANDING_BOOKINGS,
    summary="Ask which bookings the book should have",
)
def bookings(
    request: HttpRequest,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> Answer:
    """Those that an agent has accepted and that have not ended, but for what an event still waits for."""
    agent = agent_of(request)
    with organisation_scope(agent.organisation_id):
        return standing_bookings(organisation=agent.organisation, after=after, limit=limit)


@api.put(
    "/bookings/{booking}",
    auth=AgentToken(),
    response=BookingTaken,
    openapi_extra=openapi.BOOKING,
    summary="Say how a booking stands in the book",
)
def booking(request: HttpRequest, booking: str) -> Answer:
    """What the clinic's people did in their book to a booking of the portal. The book is the master."""
    agent = agent_of(request)
    body = validated(BookingIn, json_object(request))
    with organisation_scope(agent.organisation_id):
        return take_booking(organisation=agent.organisation, agent=agent, booking=booking, body=body)


def organisation_document(organisation: Organisation) -> Answer:
    return {
        "name": organisation.name,
        "subdomain": organisation.subdomain,
        "time_zone": organisation.time_zone,
    }


def portal_state_word(organisation: Organisation) -> str:
    """What the organisation's own switches make of its portal; that the agent is heard is plain here."""
    if organisation.settings.maintenance_mode:
        return "maintenance"
    return "open" if organisation.settings.publish_on_portal else "unpublished"


api.add_router("/sandbox", sandbox_router)


# The one place where errors become answers


@api.exception_handler(Problem)
def answer_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_response(problem)


@api.exception_handler(AuthenticationError)
def answer_no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem_response(TokenInvalid("An access token must be sent in the header Authorization."))


@api.exception_handler(ValidationError)
def answer_invalid_query(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter of the address; the body has no place to point to."""
    told = [f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors]
    detail = f"A parameter of the address is not valid: {told[0]}."
    return problem_response(InvalidBody(detail, errors=[((), text) for text in told]))


@api.exception_handler(TokenRefused)
def answer_token_refused(request: HttpRequest, refused: TokenRefused) -> HttpResponse:
    body = {"error": refused.error, "error_description": refused.description}
    response = api.create_response(request, body, status=refused.status)
    if refused.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def answer_unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("The database cannot be used.", exc_info=error)
    detail = "The service is not available just now; try again in a few seconds."
    return problem_response(Unacceptable(503, detail, headers={"Retry-After": "5"}))
