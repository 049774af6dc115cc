"""What the API answers when it cannot do what was asked: problem documents (RFC 9457)."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse

URN = "urn:portal:"
MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 50

PathParts = Iterable[str | int]


class Problem(Exception):
    """An answer that says what is wrong. Subclasses give it the stable type that programs can rely on."""

    kind = ""
    status: int = HTTPStatus.INTERNAL_SERVER_ERROR
    title = ""

    def __init__(
        self,
        detail: str,
        *,
        errors: Iterable[tuple[PathParts, str]] = (),
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = [{"pointer": pointer(path), "detail": text} for path, text in errors][:MOST_ERRORS]
        self.members = dict(members or {})
        self.headers = dict(headers or {})


class InvalidBody(Problem):
    kind, status, title = "invalid-body", 422, "The request is not valid"


class UnknownId(Problem):
    kind, status, title = "unknown-id", 422, "An id is not known"


class TooLarge(Problem):
    kind, status, title = "too-large", 413, "The request is too large"


class StaleSequence(Problem):
    kind, status, title = "stale-sequence", 409, "A newer push has been taken already"


class AlreadyAcknowledged(Problem):
    kind, status, title = "already-acknowledged", 409, "The event has been answered otherwise already"


class AgentSuperseded(Problem):
    kind, status, title = "agent-superseded", 409, "Another agent has been activated in this one's place"


class AccountSuspended(Problem):
    kind, status, title = "account-suspended", 403, "The account is suspended"


class TokenInvalid(Problem):
    kind, status, title = "token-invalid", 401, "The access token is not valid"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


class RateLimited(Problem):
    kind, status, title = "rate-limited", 429, "Too many requests"

    def __init__(self, detail: str, *, seconds: int) -> None:
        super().__init__(detail, headers={"Retry-After": str(seconds)})


class InvalidAccountKey(Problem):
    kind, status, title = "account-key-invalid", 401, "The account key is not valid"

    def __init__(self) -> None:
        super().__init__(
            "The account key is unknown, used up or revoked.", headers={"WWW-Authenticate": "AccountKey"}
        )


class Unacceptable(Problem):
    """A request that HTTP itself has a status for, and no type of our own."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail, headers=headers)
        self.status = status
        self.title = HTTPStatus(status).phrase


def pointer(path: PathParts) -> str:
    """The JSON pointer (RFC 6901 §3) to a place in the body; empty for all of it."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def document_of(problem: Problem) -> dict[str, Any]:
    return {
        "type": URN + problem.kind if problem.kind else "about:blank",
        "title": problem.title,
        "status": int(problem.status),
        "detail": problem.detail,
        "errors": problem.errors,
        **problem.members,
    }


def problem_response(problem: Problem) -> HttpResponse:
    """The problem as it goes over the line."""
    return HttpResponse(
        orjson.dumps(document_of(problem)),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )
