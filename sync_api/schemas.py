"""What goes over the line, as pydantic models: bodies are checked by them, and OpenAPI is made of them."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo

BIGGEST_NUMBER = 2**53 - 1
"""The biggest whole number that every JSON library reads exactly (RFC 8259 §6)."""


class Received(BaseModel):
    """A body: types are exact, members that are not known are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")


def text(longest: int, *, least: int = 0) -> Any:
    return StringConstraints(min_length=least, max_length=longest)


@cache
def time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_time_zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError("This is not the name of a time zone, such as Europe/Helsinki")
    return name


def email_or_nothing(address: str) -> str:
    try:
        if address:
            validate_email(address)
    except ValidationError as error:
        raise ValueError("This is not an e-mail address") from error
    return address


def phone_or_nothing(number: str, info: ValidationInfo) -> str:
    """A telephone number in the organisation's country, or in international form."""
    country = (info.context or {}).get("country")
    try:
        if number and not phonenumbers.is_possible_number(phonenumbers.parse(number, country)):
            raise ValueError("This is not a telephone number")
    except phonenumbers.NumberParseException as error:
        raise ValueError("This is not a telephone number") from error
    return number


Id = Annotated[str, text(64, least=1), Field(description="An id of the agent's own, opaque to the portal.")]
Name = Annotated[str, text(200, least=1)]
TimeZone = Annotated[
    str,
    text(64),
    AfterValidator(known_time_zone),
    Field(examples=["Europe/Helsinki"], description="IANA name."),
]
Email = Annotated[str, text(254), AfterValidator(email_or_nothing)]
Phone = Annotated[str, text(40), AfterValidator(phone_or_nothing)]
Words = Annotated[str, text(2000)]
Instant = Annotated[
    str, Field(json_schema_extra={"format": "date-time"}, description="RFC 3339, with an offset.")
]


# Getting in


class Machine(Received):
    name: Annotated[str, text(200)]
    agent_version: Annotated[str, text(100)]


class PublicKey(Received):
    """A public JWK (RFC 7517): Ed25519 (kty OKP, x) or P-256 (kty EC, x and y)."""

    model_config = ConfigDict(strict=True, extra="allow")

    kty: Literal["OKP", "EC"]
    crv: Literal["Ed25519", "P-256"]
    x: Annotated[str, text(100)]
    y: Annotated[str, text(100)] | None = None


class Activation(Received):
    account_key: Annotated[str, text(200, least=1)]
    public_key: PublicKey
    machine: Machine


class OrganisationOut(BaseModel):
    name: str
    subdomain: str
    time_zone: str


class Activated(BaseModel):
    agent_id: str
    generation: int
    organisation: OrganisationOut


class TokenForm(BaseModel):
    grant_type: Literal["client_credentials"]
    client_assertion_type: Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    client_assertion: Annotated[
        str,
        Field(
            description="A JWT signed with the agent's key: iss and sub are the agent id, aud is this"
            " endpoint's URL, exp lies at most 5 minutes ahead, and jti is used once."
        ),
    ]


class Token(BaseModel):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class TokenError(BaseModel):
    """RFC 6749 §5.2."""

    error: Literal["invalid_request", "invalid_client", "unsupported_grant_type"]
    error_description: str


# Status


class PortalOut(BaseModel):
    url: str
    state: Literal["open", "maintenance", "unpublished"]


class StatusOut(BaseModel):
    time: datetime
    organisation: OrganisationOut
    portal: PortalOut
    last_push: datetime | None
    sequence: int
    pending_events: int


# Catalogue


class ClinicIn(Received):
    id: Id
    name: Name
    address: Annotated[str, text(300)] = ""
    phone: Phone = ""
    email: Email = ""
    time_zone: TimeZone


class PractitionerIn(Received):
    id: Id
    name: Name
    title: Annotated[str, text(200)] = ""
    clinics: list[Id]


class CategoryIn(Received):
    id: Id
    name: Name


class ResourceIn(Received):
    id: Id
    clinic: Id
    name: Name


class TreatmentIn(Received):
    id: Id
    name: Name
    minutes: Annotated[int, Field(ge=1, le=1440)]
    category: Id
    appointment_text: Annotated[str, text(2000)] = ""
    move_allowed: bool = True
    cancel_allowed: bool = True
    move_within_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    resources: list[Id] = []
    clinics: list[Id] | None = None
    practitioners: list[Id] | None = None


class CatalogueIn(Received):
    """The whole catalogue: what is no longer named is retired."""

    sequence: Annotated[
        int | None,
        Field(
            ge=0,
            le=BIGGEST_NUMBER,
            description="Counted together with that of pushes. Without it, a catalogue that comes late undoes"
            " a newer one.",
        ),
    ] = None
    clinics: list[ClinicIn]
    practitioners: list[PractitionerIn]
    categories: list[CategoryIn]
    resources: list[ResourceIn] = []
    treatments: list[TreatmentIn]


class CatalogueTaken(BaseModel):
    """``sequence`` where the catalogue had one, and ``replayed`` where that had been taken before."""

    created: int
    updated: int
    retired: int
    sequence: int | None = None
    replayed: Literal[True] | None = None


# Slots: checked by windows.py, for speed; these models only document them


class SlotIn(BaseModel):
    """A free interval. It names the categories it accepts, or those it does not; neither means all."""

    start: Instant
    end: Instant
    categories: list[Id] | None = None
    categories_except: list[Id] | None = None


class WindowIn(BaseModel):
    """All the free slots of one practitioner at one clinic between two instants."""

    practitioner: Id
    clinic: Id
    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    slots: list[SlotIn]


class SlotsIn(BaseModel):
    sequence: Annotated[int, Field(ge=1, le=BIGGEST_NUMBER)]
    windows: list[WindowIn]


class SlotsTaken(BaseModel):
    """``slots`` and ``changed_days`` after a push, ``replayed`` where it had been taken before."""

    sequence: int
    slots: int | None = None
    changed_days: int | None = None
    replayed: Literal[True] | None = None


# Events


class BookerOut(BaseModel):
    first_name: str
    last_name: str


class PatientOut(BaseModel):
    first_name: str
    last_name: str
    national_id: str | None
    email: str | None
    mobile: str | None
    address_1: str
    address_2: str
    postcode: str
    language: str
    booked_by: BookerOut | None
    """Who booked for the patient, if somebody did: ``email`` and ``mobile`` are theirs."""


class PlaceOut(BaseModel):
    start: str
    end: str
    practitioner: str
    clinic: str


class EventOut(BaseModel):
    id: int
    event: int
    """The same number, under the name by which it is acknowledged."""
    type: Literal[
        "booking.created",
        "booking.moved",
        "booking.cancelled",
        "patient.lookup",
        "appointment.move",
        "appointment.cancel",
    ]
    created: datetime
    data: dict[str, Any]


class Events(BaseModel):
    events: list[EventOut]
    cursor: int


class ResultIn(Received):
    event: Annotated[int, Field(ge=1, le=BIGGEST_NUMBER)]
    outcome: Literal["accepted", "refused"]
    appointment: Id | None = None
    reason: Literal["taken", "unknown-patient", "not-allowed", "other"] | None = None
    detail: Annotated[str, text(2000)] | None = None


class AcknowledgementIn(Received):
    results: Annotated[list[ResultIn], Field(max_length=1000)]


class Acknowledged(BaseModel):
    acknowledged: int


# Lookups


class LookupPatientIn(Received):
    """Who was found. More may be sent; this is all that is kept."""

    first_name: Annotated[str, text(100)] = ""
    last_name: Annotated[str, text(100)] = ""
    email: Annotated[str, text(254)] | None = None
    mobile: Annotated[str, text(40)] | None = None


class AppointmentIn(Received):
    """A coming appointment of the patient. ``booking``: the portal's, where it was made there."""

    id: Id
    booking: Id | None = None
    clinic: Id
    practitioner: Id
    treatment: Id | None = None
    start: Instant
    end: Instant
    text: Words = ""
    move_allowed: bool = True
    cancel_allowed: bool = True


class LookupIn(Received):
    """``found`` false: the book knows nobody by that number, or cannot tell who of several it is."""

    found: bool
    patient: LookupPatientIn | None = None
    appointments: Annotated[list[AppointmentIn], Field(max_length=500)] = []


class LookupTaken(BaseModel):
    appointments: int


# Errors


class FaultOut(BaseModel):
    pointer: Annotated[str, Field(description="RFC 6901, into the body; empty for all of it.")]
    detail: str


class ProblemOut(BaseModel):
    """RFC 9457."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    errors: list[FaultOut]
