"""The token endpoint: who an agent is, proved by a signed assertion (RFC 7523)."""

import hashlib
import json
import math
import time
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from sync_api.keys import BadSignature, claims_signed_with
from sync_api.models import Agent, UsedAssertion
from sync_api.sandbox_faults import meet_at_token
from sync_api.tokens import require_in_service

GRANT_TYPE = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_SECONDS = 300
SKEW_SECONDS = 60
LONGEST_JTI = 256
_FAR_FUTURE = 253_402_300_799  # the last second of the year 9999


class TokenRefused(Exception):
    """An error of RFC 6749 §5.2: ``error`` for programs, the text for people."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description

    @property
    def status(self) -> int:
        return 401 if self.error == "invalid_client" else 400


def agent_by_assertion(fields: Sequence[tuple[str, str]]) -> Agent:
    """The agent that signed the assertion in a token request's form.

    Raises TokenRefused; AgentSuperseded and AccountSuspended once the signature has proved who it is.
    """
    assertion = assertion_in(fields)
    agent = named_agent(assertion)
    try:
        claims = claims_signed_with(agent.public_key, assertion)
    except BadSignature as error:
        raise TokenRefused("invalid_client", str(error)) from error
    require_meant_for_us(claims)
    expires_at = require_fresh(claims)
    require_not_locked_out(agent)
    require_in_service(agent)
    use_up(agent, jti_of(claims), expires_at)
    if played := meet_at_token(agent):
        raise TokenRefused("invalid_client", played)
    return agent


def require_not_locked_out(agent: Agent) -> None:
    if agent.revoked_at is not None and agent.superseded_at is None:
        raise TokenRefused("invalid_client", "This agent has been locked out; activate the account anew.")


def assertion_in(fields: Sequence[tuple[str, str]]) -> str:
    form = dict(fields)
    if len(form) != len(fields):
        raise TokenRefused("invalid_request", "A parameter is there more than once.")
    if not form.get("grant_type"):
        raise TokenRefused("invalid_request", "The parameter grant_type is missing.")
    if form["grant_type"] != GRANT_TYPE:
        raise TokenRefused("unsupported_grant_type", f"The grant_type must be {GRANT_TYPE}.")
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise TokenRefused("invalid_request", f"The client_assertion_type must be {ASSERTION_TYPE}.")
    if not form.get("client_assertion"):
        raise TokenRefused("invalid_request", "The parameter client_assertion is missing.")
    return form["client_assertion"]


def named_agent(assertion: str) -> Agent:
    """The agent that the assertion says it is from: nothing is proved yet."""
    claims = unproved_claims(assertion)
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not isinstance(issuer, str) or issuer != subject:
        raise TokenRefused("invalid_client", "In the assertion, iss and sub must both be the agent's id.")
    try:
        public_id = UUID(issuer)
    except ValueError as error:
        raise unknown_agent() from error
    agent = Agent.across.select_related("organisation__sandbox").filter(public_id=public_id).first()
    if agent is None:
        raise unknown_agent()
    found: Agent = agent
    return found


def unknown_agent() -> TokenRefused:
    return TokenRefused("invalid_client", "No agent has this id.")


def unproved_claims(assertion: str) -> dict[str, Any]:
    try:
        _header, payload, _signature = assertion.split(".")
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError) as error:
        raise TokenRefused("invalid_client", "The assertion is not a signed JWT.") from error
    if not isinstance(claims, dict):
        raise TokenRefused("invalid_client", "The assertion is not a signed JWT.")
    return claims


def token_url() -> str:
    """This endpoint's address: what an assertion must be meant for."""
    return str(settings.API_URL).rstrip("/") + "/token"


def require_meant_for_us(claims: dict[str, Any]) -> None:
    audience = claims.get("aud")
    if audience not in (token_url(), [token_url()]):
        raise TokenRefused("invalid_client", f"In the assertion, aud must be {token_url()}.")


def require_fresh(claims: dict[str, Any]) -> datetime:
    """When the assertion expires. Raises TokenRefused unless it is valid now, and for minutes only."""
    now = time.time()
    expires = moment_in(claims, "exp")
    if expires is None:
        raise TokenRefused("invalid_client", "The assertion lacks exp.")
    if expires < now - SKEW_SECONDS:
        raise out_of_time(f"The assertion expired at {written(expires)}", now)
    if expires > now + LONGEST_SECONDS + SKEW_SECONDS:
        raise out_of_time(f"The assertion expires at {written(expires)}, more than 5 minutes ahead", now)
    for claim in ("nbf", "iat"):
        begins = moment_in(claims, claim)
        if begins is not None and begins > now + SKEW_SECONDS:
            raise out_of_time(f"The assertion is from {written(begins)}, which is still to come", now)
    return datetime.fromtimestamp(expires, UTC)


def moment_in(claims: dict[str, Any], name: str) -> float | None:
    """A NumericDate (RFC 7519 §2), or None where the claim is not there."""
    value = claims.get(name)
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0 <= value <= _FAR_FUTURE:
        raise TokenRefused("invalid_client", f"In the assertion, {name} must be in seconds since 1970.")
    return float(value)


def out_of_time(what: str, now: float) -> TokenRefused:
    return TokenRefused("invalid_client", f"{what}; this server's clock reads {written(now)}.")


def written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def jti_of(claims: dict[str, Any]) -> str:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise TokenRefused(
            "invalid_client", f"The assertion lacks jti, a text of 1 to {LONGEST_JTI} characters."
        )
    return jti


def use_up(agent: Agent, jti: str, expires_at: datetime) -> None:
    """Remembers the assertion. Raises TokenRefused if it has been used before; the database decides races."""
    UsedAssertion.across.filter(agent=agent, expires_at__lt=timezone.now()).delete()
    _row, is_new = UsedAssertion.across.get_or_create(
        agent=agent,
        jti_hash=hashlib.sha256(jti.encode(errors="surrogatepass")).hexdigest(),
        defaults={
            "organisation_id": agent.organisation_id,
            "expires_at": expires_at + timedelta(seconds=SKEW_SECONDS),
        },
    )
    if not is_new:
        raise TokenRefused("invalid_client", "The assertion has been used already: sign a new one each time.")
