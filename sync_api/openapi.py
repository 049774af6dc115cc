"""What django-ninja cannot work out for the OpenAPI document: bodies read by hand, and every error."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sync_api.booking_schemas import BookingIn
from sync_api.problems import (
    MEDIA_TYPE,
    URN,
    AccountSuspended,
    AgentSuperseded,
    AlreadyAcknowledged,
    InvalidAccountKey,
    InvalidBody,
    Problem,
    RateLimited,
    StaleSequence,
    TokenInvalid,
    TooLarge,
    UnknownId,
)
from sync_api.sandbox_schemas import TrialIn
from sync_api.schemas import (
    AcknowledgementIn,
    Activation,
    CatalogueIn,
    LookupIn,
    ProblemOut,
    SlotsIn,
    TokenError,
    TokenForm,
)

DESCRIBED: tuple[type[BaseModel], ...] = (
    AcknowledgementIn,
    Activation,
    BookingIn,
    CatalogueIn,
    LookupIn,
    ProblemOut,
    SlotsIn,
    TokenError,
    TokenForm,
    TrialIn,
)
_REF = "#/components/schemas/{model}"

# What stands between every agent and its answer.
GATE = (TokenInvalid, AccountSuspended, AgentSuperseded, RateLimited)
BODY = (InvalidBody, TooLarge)

_EXTRA_STATUSES = {
    404: "There is nothing at this address.",
    415: "The body is of another media type or packing than this address reads.",
    503: "The service is not available just now; try again.",
}
_HEADERS = {
    401: ("WWW-Authenticate", "Which kind of proof is asked for."),
    429: ("Retry-After", "Seconds to wait."),
}


class SyncAPI(NinjaAPI):
    """An API whose OpenAPI document also has the models that only hand-read bodies use."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        _, described = models_json_schema([(model, "validation") for model in DESCRIBED], ref_template=_REF)
        document["components"]["schemas"].update(described["$defs"])
        return document


def describing(
    *,
    body: type[BaseModel] | None = None,
    media_type: str = "application/json",
    problems: Iterable[type[Problem]],
    others: Iterable[int] = (503,),
) -> dict[str, Any]:
    """What an operation adds to its entry: its body and the problems it answers with."""
    responses = {status: problem_answer(status, kinds) for status, kinds in by_status(problems).items()}
    for status in (*others, *((415,) if body and media_type == "application/json" else ())):
        responses[status] = problem_answer(status, [])
    extra: dict[str, Any] = {"responses": responses}
    if body:
        schema = {"$ref": _REF.format(model=body.__name__)}
        extra["requestBody"] = {"content": {media_type: {"schema": schema}}, "required": True}
    return extra


def by_status(problems: Iterable[type[Problem]]) -> dict[int, list[type[Problem]]]:
    found: dict[int, list[type[Problem]]] = {}
    for problem in problems:
        found.setdefault(int(problem.status), []).append(problem)
    return found


def problem_answer(status: int, kinds: Iterable[type[Problem]]) -> dict[str, Any]:
    told = "; ".join(f"`{URN}{kind.kind}`: {kind.title}" for kind in kinds)
    answer: dict[str, Any] = {
        "description": told or _EXTRA_STATUSES.get(status, HTTPStatus(status).phrase),
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="ProblemOut")}}},
    }
    if status in _HEADERS:
        name, meaning = _HEADERS[status]
        answer["headers"] = {name: {"description": meaning, "schema": {"type": "string"}}}
    return answer


ACTIVATE = describing(body=Activation, problems=(*BODY, InvalidAccountKey, AccountSuspended, RateLimited))
STATUS = describing(problems=GATE)
CATALOGUE = describing(body=CatalogueIn, problems=(*GATE, *BODY, UnknownId, StaleSequence))
SLOTS = describing(body=SlotsIn, problems=(*GATE, *BODY, UnknownId, StaleSequence))
EVENTS = describing(problems=(*GATE, InvalidBody))
ACKNOWLEDGE = describing(body=AcknowledgementIn, problems=(*GATE, *BODY, UnknownId, AlreadyAcknowledged))
LOOKUP = describing(body=LookupIn, problems=(*GATE, *BODY, UnknownId), others=(404, 503))
STANDING_BOOKINGS = describing(problems=(*GATE, InvalidBody))
BOOKING = describing(body=BookingIn, problems=(*GATE, *BODY, UnknownId), others=(404, 503))
SANDBOX = describing(problems=(InvalidAccountKey, AccountSuspended, RateLimited))
SANDBOX_TRIAL = describing(body=TrialIn, problems=(*BODY, InvalidAccountKey, AccountSuspended, RateLimited))
SANDBOX_BOOKING = describing(problems=(InvalidAccountKey, AccountSuspended, RateLimited), others=(409, 503))


def token_description() -> dict[str, Any]:
    """The token endpoint's own errors are those of RFC 6749 §5.2."""
    extra = describing(
        body=TokenForm,
        media_type="application/x-www-form-urlencoded",
        problems=(AccountSuspended, AgentSuperseded, TooLarge, InvalidBody, RateLimited),
        others=(415, 503),
    )
    error = {"application/json": {"schema": {"$ref": _REF.format(model="TokenError")}}}
    extra["responses"][400] = {"description": "RFC 6749 §5.2", "content": error}
    extra["responses"][401] = {"description": "RFC 6749 §5.2, `invalid_client`", "content": error}
    return extra


TOKEN = token_description()
