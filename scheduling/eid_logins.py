"""Logging in by electronic identity: begun in one browser, finished once, in the same, within ten minutes."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from clinics.models import Organisation
from scheduling.eid import CountryEid, eid_of
from scheduling.eid_keys import KeyUnusable, client_key
from scheduling.eid_provider import Provider, authorization_url, known_provider, redeemed, user_info
from scheduling.eid_tokens import Expected, opened, verified_claims
from scheduling.errors import EidAttemptGone, EidAway, EidRefused
from scheduling.logins import start_login
from scheduling.models import EidAttempt, Login
from scheduling.national_ids import NationalIdInvalid, clean_national_id

log = logging.getLogger(__name__)

OPEN_FOR = timedelta(minutes=10)
KEEP = timedelta(hours=1)
"""So long after its end an attempt still leads back to its organisation, which then says that it is over."""
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Who it is, as the provider says; never written down by accident."""

    national_id: str
    first_name: str
    last_name: str


def begin_eid_login(*, organisation: Organisation, next_path: str, language: str) -> tuple[str, str]:
    """Where to send the patient, and the binding for the browser's cookie. Raises EidAway."""
    provider = known_provider(settings.EID_ISSUER).itself()
    state, nonce, binding = (secrets.token_urlsafe(32) for _ in range(3))
    code_verifier, now = secrets.token_urlsafe(48), timezone.now()
    EidAttempt.objects.create(
        organisation=organisation,
        state_digest=digest_of(state),
        binding_digest=digest_of(binding),
        nonce=nonce,
        code_verifier=code_verifier,
        next_path=next_path,
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    url = authorization_url(
        provider,
        eid=eid_of(organisation),
        state=state,
        nonce=nonce,
        code_verifier=code_verifier,
        language=language,
    )
    return url, binding


def organisation_of(state: str) -> Organisation | None:
    """At whose host the attempt was begun. Reads only: whoever has the address has nothing by it."""
    attempt: EidAttempt | None = (
        EidAttempt.across.select_related("organisation")
        .filter(state_digest=digest_of(state), organisation__is_suspended=False)
        .first()
    )
    return attempt.organisation if attempt else None


def finish_eid_login(
    *, organisation: Organisation, state: str, code: str, binding: str
) -> tuple[Login, str, str]:
    """The login, the key for its cookie, and where to go on.

    The attempt is used up first, so that of two that come with the same code at most one is let in. Raises
    EidAttemptGone, EidRefused and EidAway; after any of them the patient has to begin again.
    """
    attempt = used_up(organisation, state, binding)
    who = identity(eid_of(organisation), attempt, code)
    login, key = start_login(
        organisation=organisation,
        method=Login.Method.EID,
        national_id=who.national_id,
        first_name=who.first_name,
        last_name=who.last_name,
    )
    return login, key, attempt.next_path


def used_up(organisation: Organisation, state: str, binding: str) -> EidAttempt:
    """The attempt, if it was begun at this organisation in this browser and nobody has finished it."""
    now = timezone.now()
    own = EidAttempt.objects.filter(
        organisation=organisation, state_digest=digest_of(state), binding_digest=digest_of(binding)
    )
    if not own.filter(used_at__isnull=True, expires_at__gt=now).update(used_at=now):
        raise EidAttemptGone
    attempt: EidAttempt = own.get()
    return attempt


def identity(eid: CountryEid, attempt: EidAttempt, code: str) -> Identity:
    """Asks the provider who it was. Raises EidRefused and EidAway, and writes down which, not who."""
    try:
        return identity_in(eid, said_by_provider(eid, attempt, code))
    except EidRefused as refused:
        log.warning("a login by electronic identity was refused: %s", refused.reason)
        raise


def said_by_provider(eid: CountryEid, attempt: EidAttempt, code: str) -> dict[str, Any]:
    """The ID token's claims; where the national id is not among them, with what the provider says besides."""
    known = known_provider(settings.EID_ISSUER)
    provider = known.itself()
    tokens = redeemed(provider, code=code, code_verifier=attempt.code_verifier)
    claims = verified_claims(
        opened(tokens.id_token, own_key()),
        expected=expected_of(provider, eid, attempt, tokens.access_token),
        find_key=known.key,
    )
    if eid.national_id_claim in claims:
        return claims
    return {**user_info(provider, tokens.access_token, claims["sub"]), **claims}


def own_key() -> Any:
    try:
        return client_key()
    except KeyUnusable:
        raise EidAway from None


def expected_of(provider: Provider, eid: CountryEid, attempt: EidAttempt, access_token: str) -> Expected:
    return Expected(provider.issuer, settings.EID_CLIENT_ID, attempt.nonce, eid.acr_values, access_token)


def identity_in(eid: CountryEid, claims: dict[str, Any]) -> Identity:
    try:
        national_id = clean_national_id(eid.country, words_in(claims, eid.national_id_claim))
    except NationalIdInvalid:
        raise EidRefused("national id") from None
    return Identity(national_id, words_in(claims, "given_name"), words_in(claims, "family_name"))


def words_in(claims: dict[str, Any], name: str) -> str:
    """The claim as far as it can be stored: one line of text, of a name's length."""
    value = claims.get(name)
    if not isinstance(value, str):
        return ""
    return "".join(filter(str.isprintable, value)).strip()[:LONGEST_NAME]


def forget_attempts() -> int:
    """Deletes every organisation's attempts that have been over for a while; how many."""
    deleted, _ = EidAttempt.across.filter(expires_at__lte=timezone.now() - KEEP).delete()
    return deleted


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
